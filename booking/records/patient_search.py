"""Patients as reception looks for them: by parts of name, address and phone (R1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from booking.records.tables import appointment, patient


@dataclass(frozen=True)
class Found:
    """One record; ``visit`` is the reference of the latest visit, by which the record is named."""

    id: int
    name: str
    phone: str | None
    email: str | None
    visit: str
    starts: datetime


_LATEST = (
    select(appointment.c.id)
    .where(appointment.c.patient_id == patient.c.id)
    .order_by(appointment.c.starts.desc(), appointment.c.id.desc())
    .limit(1)
    .correlate(patient)
    .scalar_subquery()
)
_FOUND = (
    select(
        patient.c.id,
        patient.c.name,
        patient.c.phone,
        patient.c.email,
        appointment.c.reference,
        appointment.c.starts,
    )
    .join(appointment, appointment.c.id == _LATEST)
    .where(patient.c.clinic_id == bindparam("clinic"), patient.c.merged_into_id.is_(None))
    .order_by(patient.c.name_key, patient.c.id)
)


def search(conn: Connection, clinic_id: int, words: Sequence[str], most: int) -> list[Found]:
    """Return the records that hold every one of ``words`` (folded, see ``people.bare``) somewhere."""
    wanted = [patient.c.search.contains(word, autoescape=True) for word in words]
    rows = conn.execute(_FOUND.where(*wanted).limit(most), {"clinic": clinic_id})
    return [Found(*row) for row in rows]
