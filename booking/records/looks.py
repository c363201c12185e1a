"""Who looked at whose data (P6, L06): append only, written outside any clinic's lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from booking.records.desk_tables import look

MOST_SHOWN = 200

_ADD = insert(look)
_OF_PATIENT = (
    select(look.c.at, look.c.actor, look.c.what)
    .where(look.c.patient_id == bindparam("patient"))
    .order_by(look.c.id.desc())
    .limit(MOST_SHOWN)
)


@dataclass(frozen=True)
class Look:
    """One look at one patient's data."""

    at: datetime
    actor: str
    what: str


def add(
    conn: Connection,
    clinic_id: int,
    given: Look,
    *,
    patient_id: int | None = None,
    appointment_id: int | None = None,
) -> None:
    """Append one look."""
    row = {"clinic_id": clinic_id, "patient_id": patient_id, "appointment_id": appointment_id}
    conn.execute(_ADD, row | vars(given))


def list_of_patient(conn: Connection, patient_id: int) -> Sequence[Look]:
    """Return who looked at a patient's data, newest first, at most 200."""
    return [Look(*row) for row in conn.execute(_OF_PATIENT, {"patient": patient_id})]
