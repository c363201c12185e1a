"""Ask reception to call, from the patient's own page."""

from datetime import datetime

from booking.actions.look_up import get_visit
from booking.records import call_tasks
from booking.records.database import reading
from booking.records.transaction import Connection, transaction
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic

KIND = "callback"


def ask(clinic: Clinic, token: str, now: datetime) -> None:
    """Open a call task about a link's visit; while one is open another is not needed.

    Raises:
        NotFound: the token opens no appointment.
    """
    visit = get_visit(clinic, token, now)

    def work(conn: Connection) -> None:
        if not call_tasks.is_open(conn, visit.id, KIND):
            call_tasks.add(conn, clinic.id, visit.patient.id, visit.id, KIND, now)

    transaction(clinic.id, now, work)


def is_asked(visit: Visit) -> bool:
    """Say whether reception has yet to make the call that a patient asked for."""
    return reading(lambda conn: call_tasks.is_open(conn, visit.id, KIND))
