"""Invented messages for tests, and the golden ones: ``python -m tests.mail.letters`` writes them anew."""

import sys
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask

from booking.actions.outbox import Outgoing
from booking.mail.deliver import write
from booking.mail.message import ClinicMessage
from booking.mail.sample import SAMPLE, WRITTEN_AT, sample
from booking.wording.letter import Letter

GOLDEN = Path(__file__).parent / "golden"
LASER = replace(
    SAMPLE,
    service="Needle-free laser acupuncture, 45 min",
    kind="laser",
    practitioner="Grace Lam",
    title="R.TCM.P",
    licence_number="SAMPLE-0001",
    total_cents=9500,
    tax_cents=0,
    ends=datetime(2026, 11, 24, 10, 45),
    first_visit=False,
    companion=True,
    call_me=True,
)
NEEDLE = replace(
    LASER,
    service="Acupuncture, follow-up",
    kind="needle",
    patient="محمد رضایی",
    total_cents=11000,
    starts=datetime(2026, 11, 22, 14, 0),
    ends=datetime(2026, 11, 22, 15, 0),
    companion=False,
    call_me=False,
    cancel_until=None,
    move_until=None,
)
CASES: dict[str, tuple[str, Letter]] = {
    "confirmation": ("confirmation", SAMPLE),
    "confirmation-laser": ("confirmation", LASER),
    "confirmation-soon": ("confirmation", NEEDLE),
    "moved": ("moved", SAMPLE),
    "cancelled": ("cancelled", SAMPLE),
    "reminder-48": ("reminder_48", SAMPLE),
    "reminder-3-laser": ("reminder_3", replace(LASER, cancel_until=None, move_until=None)),
    "reminder-without-calendar": ("reminder_48", replace(SAMPLE, attach_calendar=False)),
    "link": ("link", SAMPLE),
    "staff-link": ("staff_link", SAMPLE),
    "cancelled-as-asked": ("cancelled", replace(LASER, is_patients_wish=True)),
}


def outgoing(app: Flask, kind: str, letter: Letter = SAMPLE, **changes: Any) -> Outgoing:
    """Return an invented message that a worker has in hand."""
    return replace(sample(app.extensions["house"], kind), id=17, letter=letter, **changes)


def written(app: Flask, kind: str, letter: Letter = SAMPLE, **changes: Any) -> ClinicMessage:
    """Return an invented message as it would leave."""
    with app.app_context():
        return write(app.extensions["house"], outgoing(app, kind, letter, **changes))


def golden(app: Flask, name: str) -> dict[str, str]:
    """Return the golden files of one case: file name to text, lines ended by LF."""
    message = written(app, *CASES[name])
    files = {f"{name}.eml": message.as_bytes(), f"{name}.ics": message.content.calendar}
    return {file: content.decode().replace("\r\n", "\n") for file, content in files.items() if content}


def golden_app(folder: Path) -> Flask:
    """Return an application without a database, at the moment of the golden messages."""
    from tests.databases import Clock, make_app, sqlite_url

    return make_app(
        sqlite_url(folder / "none.db"), folder, Clock(WRITTEN_AT), BASE_URL="https://book.example"
    )


def all_golden() -> dict[str, str]:
    """Return every golden file."""
    with tempfile.TemporaryDirectory() as folder:
        app = golden_app(Path(folder))
        return {file: text for name in CASES for file, text in golden(app, name).items()}


if __name__ == "__main__":
    if "--print" in sys.argv:
        for file, text in all_golden().items():
            sys.stdout.write(f"{file}\n{text}")
    else:
        for file, text in all_golden().items():
            (GOLDEN / file).write_text(text, encoding="utf-8", newline="\n")
