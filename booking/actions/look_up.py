"""Find the one appointment that a link opens (D9, L14)."""

from datetime import datetime, timedelta

from booking.access.vault import digest
from booking.records import appointments, database
from booking.scheduling import zone
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import NotFound

LINK_DIES_AFTER = timedelta(days=30)  # after the visit (A3)


def get_visit(clinic: Clinic, token: str, now: datetime) -> Visit:
    """Return the appointment that a token opens.

    Raises:
        NotFound: no such token, another clinic's, revoked, or the visit ended 30 days ago.
    """
    visit = database.reading(lambda conn: appointments.find_by_digest(conn, clinic.id, digest(token)))
    if visit is None or zone.to_wall(now, clinic.zone) > visit.ends + LINK_DIES_AFTER:
        raise NotFound("This link does not open an appointment. It may be too old, or cut short.")
    return visit
