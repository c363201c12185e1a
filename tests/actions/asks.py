"""Short ways to ask for things in tests: every default is a request that can be booked."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from booking.access.vault import Vault
from booking.actions import book as booking
from booking.actions.look_up import get_visit
from booking.actions.retries import Booked
from booking.actions.values import Actor, BookRequest, HoldRequest
from booking.records.database import reading
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from tests.databases import MORNING, SECRET_KEY

VAULT = Vault(SECRET_KEY)
PATIENT = Actor("patient", "patient")
STAFF = Actor("staff", "reception@synergy.example")
TUESDAY = datetime(2026, 11, 24, 9, 0)  # lam 9-17, break 13-13:30; kim 9-15; tremblay 13-19
SATURDAY = datetime(2026, 11, 28, 10, 0)


def ask(**changes: Any) -> BookRequest:
    """Return a request for a follow-up on Tuesday at 9:00 with anyone."""
    fields: dict[str, Any] = {
        "service": "needle-followup",
        "start": TUESDAY,
        "practitioner": None,
        "name": "Ada Example",
        "email": "ada@example.com",
        "phone": None,
        "language": None,
        "first_visit": None,
        "companion": False,
        "safety": None,
        "consent": True,
    }
    return BookRequest(**{**fields, **changes})


def book(clinic: Clinic, by: Actor = PATIENT, now: datetime = MORNING, **changes: Any) -> Booked:
    """Book ``ask(**changes)``."""
    return booking.book(clinic, ask(**changes), by, now, VAULT)


def book_visit(clinic: Clinic, now: datetime = MORNING, **changes: Any) -> Visit:
    """Book and return the appointment as stored."""
    return get_visit(clinic, book(clinic, now=now, **changes).token, now)


def hold_request(**changes: Any) -> HoldRequest:
    """Return a wish to keep Tuesday 9:00 for a follow-up."""
    fields: dict[str, Any] = {
        "service": "needle-followup",
        "start": TUESDAY,
        "practitioner": None,
        "companion": False,
        "visitor": "visitor-1",
        "origin": None,
    }
    return HoldRequest(**{**fields, **changes})


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a wall time in November 2026."""
    return datetime(2026, 11, day, hour, minute)


def instant(day: int, hour: int, minute: int = 0) -> datetime:
    """Return the instant of a wall time in November 2026 in Vancouver (UTC-7)."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) + timedelta(hours=7)


def rows(query: str, **given: Any) -> list[Any]:
    """Return the rows of a raw query."""
    return list(reading(lambda conn: conn.execute(text(query), given).all()))


def count(table: str) -> int:
    """Return how many rows a table has."""
    found: int = rows(f"SELECT count(*) FROM {table}")[0][0]
    return found


TABLES = ("patient", "appointment", "claim", "link", "message", "audit", "idempotency", "hold", "call_task")


def counts() -> dict[str, int]:
    """Return the number of rows of every table that a booking writes to."""
    return {table: count(table) for table in TABLES}
