"""Count what a call executes: Python's instructions, SQL statements, and SQLite's own instructions (L8).

The same program counts the same on every machine, however busy, as long as Python is the
same. ``.venv/bin/python -m tests.load.instructions`` prints the counts, to be copied into
``instructions.toml`` with the reason for the change.
"""

import io
import json
import sys
import tempfile
from collections.abc import Callable
from contextlib import redirect_stderr
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from booking.records.database import reader, writer
from tests import databases
from tests.databases import BASE_URL

STARTS = ("2026-11-24T11:00", "2026-11-24T14:00", "2026-11-25T11:00", "2026-11-25T14:00")
WARM = ("2026-11-26T11:00", "2026-11-26T14:00")


@dataclass
class Counts:
    """What was executed."""

    python: int = 0
    statements: int = 0
    sqlite: int = 0


def _question(number: int) -> dict[str, Any]:
    path = f"/api/v1/slots?service=rmt-60&from=2026-11-2{4 + number % 5}&to=2026-12-0{1 + number // 5}"
    return {"path": path}


def _page(number: int) -> dict[str, Any]:
    return {"path": f"/book/needle-followup?from=2026-12-0{1 + number}"}


def _booking(start: str) -> dict[str, Any]:
    patient = {"name": "Pat Ng", "email": f"p{start[8:13]}@example.com", "phone": None, "language": "en-CA"}
    wish = {"service": "needle-followup", "start": start, "practitioner": None, "patient": patient}
    said = {"first_visit": False, "companion": False, "safety": None, "consent": True}
    return {"path": "/api/v1/appointments", "method": "POST", "json": wish | said}


CALLS: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {  # to warm up, to be counted
    "slots": ([_question(n) for n in range(3)], [_question(n) for n in range(3, 9)]),
    "page": ([_page(n) for n in range(3)], [_page(n) for n in range(3, 8)]),
    "booking": ([_booking(start) for start in WARM], [_booking(start) for start in STARTS]),
}


def _send(app: Flask, asked: dict[str, Any]) -> Callable[[], None]:
    environ = EnvironBuilder(base_url=BASE_URL, **asked).get_environ()

    def call() -> None:
        body, status, _ = run_wsgi_app(app.wsgi_app, environ, buffered=True)
        if status[:3] not in ("200", "201"):
            raise RuntimeError(f"{asked['path']} answered {status}: {b''.join(body)!r}")

    return call


def _counted(app: Flask, calls: list[Callable[[], None]]) -> Counts:
    """Return what is executed on average."""
    found = Counts()

    def inside(_frame: FrameType, event: str, _arg: object) -> Any:
        found.python += event == "opcode"
        return inside

    def entered(frame: FrameType, _event: str, _arg: object) -> Any:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return inside

    def step() -> None:
        found.sqlite += 1

    def stated(_statement: str) -> None:
        found.statements += 1

    with app.app_context(), writer() as writing:
        drivers = [conn.connection.driver_connection for conn in (reader(), writing)]
    for driver in drivers:
        driver.set_progress_handler(step, 1)
        driver.set_trace_callback(stated)
    for call in calls:
        sys.settrace(entered)
        try:
            call()
        finally:
            sys.settrace(None)
    return Counts(*(round(value / len(calls)) for value in asdict(found).values()))


def counts() -> dict[str, dict[str, int]]:
    """Return what each kind of call executes, in an application of its own on SQLite."""
    with tempfile.TemporaryDirectory() as folder, redirect_stderr(io.StringIO()):
        url = databases.sqlite_url(Path(folder) / "clinic.db")
        databases.migrate_and_load(url, Path(folder))
        with databases.opened(url, Path(folder), databases.Clock()) as app:
            found = {}
            for name, (before, asked) in CALLS.items():
                for one in before:
                    _send(app, one)()
                found[name] = asdict(_counted(app, [_send(app, one) for one in asked]))
            return found


if __name__ == "__main__":
    print(json.dumps(counts()))  # noqa: T201 - what it is for
