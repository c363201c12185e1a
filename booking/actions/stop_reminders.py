"""Stop reminder e-mails to an address, without login and at once (L21)."""

from datetime import datetime, timedelta

from booking.access.vault import digest
from booking.actions import messages as planning
from booking.actions.calls import calls_instead
from booking.actions.messages import STOPPED
from booking.records import appointments, call_tasks, messages, reminder_stops
from booking.records.database import reading
from booking.records.transaction import Connection, transaction
from booking.scheduling import people, zone
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import NotFound

CALLS = ("reminder", "reminders_stopped")  # in a reminder's place
WORKS_FOR = timedelta(days=90)  # after the visit; the law asks for 60 days after the message


def stop(clinic: Clinic, token: str, now: datetime) -> None:
    """Send no more reminders to the address of a link's visit; once more changes nothing.

    Reminders that have not left become calls of reception. Confirmations, moves and
    cancellations are sent as before.

    Raises:
        NotFound: the token opens nothing, or its visit ended 90 days ago.
    """
    email = get_visit(clinic, token, now).patient.email
    if email is None:
        return
    key = people.email_key(email)

    def work(conn: Connection) -> None:
        reminder_stops.add(conn, clinic.id, key, now)
        withdrawn = messages.withdraw_reminders_to(conn, clinic.id, key, STOPPED)
        call_tasks.add_all(conn, calls_instead(clinic, "reminders_stopped", withdrawn, now))

    transaction(clinic.id, now, work)


def resume(clinic: Clinic, token: str, now: datetime) -> None:
    """Send reminders to the address of a link's visit again; the calls in their place are closed.

    Raises:
        NotFound: the token opens nothing, or its visit ended 90 days ago.
    """
    email = get_visit(clinic, token, now).patient.email
    if email is None:
        return
    key = people.email_key(email)

    def work(conn: Connection) -> None:
        if not reminder_stops.remove(conn, clinic.id, key):
            return
        for visit in appointments.list_coming_by_email(conn, clinic.id, key, zone.to_wall(now, clinic.zone)):
            call_tasks.close(conn, visit.id, CALLS, now)
            planning.plan_reminders(conn, clinic, visit, now)

    transaction(clinic.id, now, work)


def is_stopped(clinic: Clinic, visit: Visit) -> bool:
    """Say whether the visit's address wants no reminders."""
    email = visit.patient.email
    if email is None:
        return False
    return reading(lambda conn: reminder_stops.is_stopped(conn, clinic.id, people.email_key(email)))


def get_visit(clinic: Clinic, token: str, now: datetime) -> Visit:
    """Return the visit whose link stops reminders; it does so for longer than it shows the visit.

    Raises:
        NotFound: the token opens nothing, or its visit ended 90 days ago.
    """
    visit = reading(lambda conn: appointments.find_by_digest(conn, clinic.id, digest(token)))
    if visit is None or zone.to_wall(now, clinic.zone) > visit.ends + WORKS_FOR:
        raise NotFound("This link does not open an appointment. It may be too old, or cut short.")
    return visit
