"""The ledger of messages as reception reads it: a day of it, what failed first."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from booking.actions.going_out import why_wrong
from booking.actions.send_again import GONE
from booking.records import ledger
from booking.records.database import reading
from booking.records.ledger import Entry
from booking.records.messages import UNSURE
from booking.scheduling.clinic import Clinic
from booking.scheduling.zone import to_instant, to_wall

ORDER = ("failed", "held", "late", "sending", "planned", "skipped", "sent")
LATE = "late"  # planned, and a try has failed already or its time has passed
LEEWAY = timedelta(minutes=2)  # a worker asks twice a second; a long batch takes a while


@dataclass(frozen=True)
class Line:
    """One message: what, to whom, and what became of it. All times are clinic wall time.

    ``standing`` is the state, or "late" for one that is planned and should have left;
    ``reason`` why it failed, was skipped or is held, or what its last try met;
    ``perhaps_arrived``: an earlier try may have reached the patient all the same;
    ``due_at`` when it is tried next (or was tried last); ``patient``, ``reference`` and
    ``starts`` are None for a message about no visit; ``may_send_again``: ``send_again`` would take it.
    """

    id: int
    kind: str
    state: str
    standing: str
    reason: str | None
    perhaps_arrived: bool
    attempts: int
    recipient: str
    planned_for: datetime
    due_at: datetime
    sent_at: datetime | None
    patient: str | None
    reference: str | None
    starts: datetime | None
    may_send_again: bool


@dataclass(frozen=True)
class Day:
    """The messages that were or are to leave on a date; ``counts`` says how many of each standing."""

    on: date
    lines: tuple[Line, ...]
    counts: Mapping[str, int]


def list_day(clinic: Clinic, on: date, now: datetime) -> Day:
    """Return the messages planned for a date of the clinic: failures first, then by time.

    Args:
        clinic: The clinic.
        on: A date on the clinic's calendar.
        now: The present instant: what should have left before it is late.
    """
    begins = to_instant(datetime.combine(on, time()), clinic.zone)
    ends = to_instant(datetime.combine(on + timedelta(days=1), time()), clinic.zone)
    found = reading(lambda conn: ledger.list_planned(conn, clinic.id, begins, ends))
    lines = sorted((_line(clinic, one, now) for one in found), key=lambda line: ORDER.index(line.standing))
    return Day(on, tuple(lines), Counter(line.standing for line in lines))


def _line(clinic: Clinic, entry: Entry, now: datetime) -> Line:
    reason = entry.reason or ""
    return Line(
        id=entry.id,
        kind=entry.kind,
        state=entry.state,
        standing=_standing(entry, now),
        reason=reason.removeprefix(UNSURE) or None,
        perhaps_arrived=reason.startswith(UNSURE),
        attempts=entry.attempts,
        recipient=entry.recipient,
        planned_for=to_wall(entry.planned_for, clinic.zone),
        due_at=to_wall(entry.due_at, clinic.zone),
        sent_at=to_wall(entry.sent_at, clinic.zone) if entry.sent_at else None,
        patient=entry.patient,
        reference=entry.reference,
        starts=entry.starts,
        may_send_again=entry.state in GONE and _still_holds(clinic, entry, now),
    )


def _standing(entry: Entry, now: datetime) -> str:
    is_late = entry.state == "planned" and (entry.attempts > 0 or entry.planned_for + LEEWAY < now)
    return LATE if is_late else entry.state


def _still_holds(clinic: Clinic, entry: Entry, now: datetime) -> bool:
    """Say whether the message would still be true, were it written now, and could be addressed."""
    if entry.starts is None or entry.ends is None:
        return True
    if not entry.has_address:
        return False
    begins, ends = to_instant(entry.starts, clinic.zone), to_instant(entry.ends, clinic.zone)
    return why_wrong(entry.kind, entry.status, begins, ends, now, entry.is_stopped) is None
