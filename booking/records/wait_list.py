"""The wait list as stored: who waits, for what, since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from booking.records.tables import patient, practitioner, service
from booking.records.wait_tables import wait_entry
from booking.scheduling.appointment import Patient
from booking.scheduling.wait_wish import Wish

MOST_LISTED = 200

_LIST = (
    select(
        wait_entry.c.id,
        wait_entry.c.weekdays,
        wait_entry.c.part,
        wait_entry.c.until,
        wait_entry.c.created_at,
        wait_entry.c.closed_at,
        service.c.code.label("service"),
        practitioner.c.code.label("practitioner"),
        patient.c.id.label("patient_id"),
        patient.c.name,
        patient.c.email,
        patient.c.phone,
        patient.c.language,
        patient.c.email_failed_at,
        patient.c.under_19,
    )
    .join(patient, patient.c.id == wait_entry.c.patient_id)
    .join(service, service.c.id == wait_entry.c.service_id)
    .outerjoin(practitioner, practitioner.c.id == wait_entry.c.practitioner_id)
    .where(wait_entry.c.clinic_id == bindparam("clinic"))
)
_OPEN = (
    _LIST.where(wait_entry.c.closed_at.is_(None), wait_entry.c.until >= bindparam("today"))
    .order_by(wait_entry.c.id)
    .limit(MOST_LISTED)
)
_BY_ID = _LIST.where(wait_entry.c.id == bindparam("entry"))


@dataclass(frozen=True)
class Entry:
    """One wish of one person, from an instant on; ``is_open`` until it is booked or taken off."""

    id: int
    patient: Patient
    wish: Wish
    created_at: datetime
    is_open: bool


def add(
    conn: Connection,
    clinic_id: int,
    patient_id: int,
    wish: Wish,
    ids: tuple[int, int | None],
    now: datetime,
) -> int:
    """Store a wish and return its id. Args: ``ids`` of its service and practitioner."""
    row = {
        "clinic_id": clinic_id,
        "patient_id": patient_id,
        "service_id": ids[0],
        "practitioner_id": ids[1],
        "weekdays": wish.weekdays,
        "part": wish.part,
        "until": wish.until,
        "created_at": now,
    }
    added: int = conn.execute(insert(wait_entry).values(row).returning(wait_entry.c.id)).scalar_one()
    return added


def list_open(conn: Connection, clinic_id: int, today: date) -> Sequence[Entry]:
    """Return who waits, whoever asked first in front; a wish ends with its last day."""
    return [_entry(row) for row in conn.execute(_OPEN, {"clinic": clinic_id, "today": today})]


def find(conn: Connection, clinic_id: int, entry_id: int) -> Entry | None:
    """Return one entry, open or not."""
    row = conn.execute(_BY_ID, {"clinic": clinic_id, "entry": entry_id}).one_or_none()
    return _entry(row) if row else None


def is_open(conn: Connection, clinic_id: int, entry_id: int) -> bool:
    """Say whether an entry still waits."""
    found = find(conn, clinic_id, entry_id)
    return found is not None and found.is_open


def close(
    conn: Connection, clinic_id: int, entry_id: int, now: datetime, appointment_id: int | None = None
) -> bool:
    """Close an open entry; False where somebody else has closed it."""
    mine = (
        wait_entry.c.id == entry_id,
        wait_entry.c.clinic_id == clinic_id,
        wait_entry.c.closed_at.is_(None),
    )
    fields: dict[str, Any] = {"closed_at": now, "appointment_id": appointment_id}
    return conn.execute(update(wait_entry).where(*mine).values(fields)).rowcount == 1


def reopen(conn: Connection, clinic_id: int, entry_id: int) -> bool:
    """Open an entry that was taken off the list; False where it was booked, or is open."""
    taken_off = (wait_entry.c.closed_at.is_not(None), wait_entry.c.appointment_id.is_(None))
    mine = (wait_entry.c.id == entry_id, wait_entry.c.clinic_id == clinic_id, *taken_off)
    return conn.execute(update(wait_entry).where(*mine).values(closed_at=None)).rowcount == 1


def _entry(row: Any) -> Entry:
    return Entry(
        row.id,
        Patient(
            row.patient_id,
            row.name,
            row.email,
            row.phone,
            row.language,
            row.email_failed_at is not None,
            row.under_19,
        ),
        Wish(row.service, row.practitioner, row.weekdays, row.part, row.until),
        row.created_at,
        row.closed_at is None,
    )
