"""The program's state as numbers, in the text format that Prometheus reads; nothing personal."""

from datetime import datetime

from booking.actions.health import checks
from booking.records import health, metrics
from booking.scheduling.errors import Busy

KIND = "text/plain; version=0.0.4; charset=utf-8"


def exposition(now: datetime) -> str:
    """Return every number. What the database does not answer is left out; then its check is 0."""
    lines: list[str] = []
    try:
        lines += _of_database(now)
    except Busy:
        lines.clear()
    _add(
        lines,
        "clinic_check_ok",
        "gauge",
        "1 where a check of /readyz holds, 0 where it does not.",
        {f'check="{check.name}"': int(check.ok) for check in checks(now)},
    )
    return "\n".join(lines) + "\n"


def _of_database(now: datetime) -> list[str]:
    found, since = metrics.count(now), health.oldest_waiting()
    waited = max(0.0, (now - since).total_seconds()) if since else 0.0
    lines: list[str] = []
    states = {f'state="{state}"': count for state, count in found.messages.items()}
    _add(lines, "clinic_messages", "gauge", "Messages that are not sent, by state.", states)
    _add(lines, "clinic_oldest_due_message_seconds", "gauge", "Age of the oldest due message.", waited)
    _add(lines, "clinic_changes_total", "counter", "Changes of visits, holds and blocks.", found.changes)
    _add(lines, "clinic_holds", "gauge", "Times that are kept for somebody right now.", found.holds)
    _add(lines, "clinic_open_calls", "gauge", "Phone calls that reception has yet to make.", found.calls)
    return lines


def _add(lines: list[str], name: str, kind: str, help_text: str, value: float | dict[str, int]) -> None:
    lines += [f"# HELP {name} {help_text}", f"# TYPE {name} {kind}"]
    if isinstance(value, dict):
        lines += [f"{name}{{{label}}} {number}" for label, number in value.items()]
    else:
        lines.append(f"{name} {value}")
