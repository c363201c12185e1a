"""Note who looks at whose data: every look of staff at something personal is one row (P6, L06)."""

from datetime import datetime

from booking.actions.recording import actor_name
from booking.actions.values import Actor
from booking.records import looks
from booking.records.looks import Look
from booking.records.transaction import Connection, light_transaction
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic


def note_look(
    clinic: Clinic,
    what: str,
    by: Actor,
    now: datetime,
    *,
    visit: Visit | None = None,
    patient_id: int | None = None,
) -> None:
    """Write down that somebody looked.

    Args:
        clinic: whose data.
        what: the page, at most 24 characters: day, visit, patient, search, sheet, export, calls, ...
        by: who looks.
        now: the present instant.
        visit: the visit that was opened, if one was; its patient counts.
        patient_id: the patient that was opened, if no visit was.

    Raises:
        Busy: it cannot be written down, so it must not be shown.
    """
    seen = Look(now, actor_name(by), what)
    about = visit.patient.id if visit else patient_id

    def work(conn: Connection) -> None:
        looks.add(conn, clinic.id, seen, patient_id=about, appointment_id=visit.id if visit else None)

    light_transaction(work)
