"""The visit's life at the desk: arrived, in room, done, no-show, and back (R3, E58, E73)."""

from dataclasses import replace
from datetime import datetime, timedelta

from booking.access.roles import PRACTITIONER
from booking.actions import closed_over
from booking.actions.cancel import get_current
from booking.actions.recording import record
from booking.actions.values import Actor, Staff
from booking.records import appointments, audit, clinic_row, database
from booking.records.audit import Recorded
from booking.records.transaction import Connection, transaction
from booking.scheduling import zone
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, NotFound, NotOffered, Stale
from booking.scheduling.lifecycle import may_become

UNKNOWN = "There is no visit with this reference."
AT_THE_DESK = ("booked", "arrived", "in_room", "fulfilled", "noshow")


def change_status(clinic: Clinic, visit: Visit, status: str, by: Actor, now: datetime) -> Visit:
    """Note where a visit stands and return it as it then is.

    Args:
        clinic: the clinic.
        visit: as it was seen; its version must still be the stored one.
        status: one of ``AT_THE_DESK``; any of them may follow any other, so that a slip can be undone.
        by: who says so.
        now: the present instant.

    Raises:
        Invalid: no such status.
        NotOffered: cancelled, or a no-show before its minutes have passed (E58).
        Stale: somebody changed the visit in between (E28).
    """
    if status not in AT_THE_DESK:
        raise Invalid({"status": "Choose one of: " + ", ".join(AT_THE_DESK) + "."})

    def work(conn: Connection) -> Visit:
        current = get_current(conn, clinic, visit)
        if current.status == status:
            return current
        _check(clinic, current, status, now)
        if not appointments.change(conn, current, {"status": status}):
            raise Stale("This visit was changed a moment ago. Please look at it again.")
        after = replace(current, status=status, version=current.version + 1)
        clinic_row.count_change(conn, clinic.id)
        closed_over.follow(conn, clinic, current, after, now, is_undo=status == "booked")
        record(conn, clinic, status, by, now, current, after)
        return after

    return transaction(clinic.id, now, work)


def noshow_from(clinic: Clinic, visit: Visit) -> datetime:
    """Return the wall time from which a visit may be called a no-show."""
    return visit.starts + timedelta(minutes=clinic.policy.no_show_after_minutes)


def get_for(clinic: Clinic, reference: str, staff: Staff) -> Visit:
    """Return the visit with a public reference, to a practitioner their own only (A6).

    Raises:
        NotFound: there is none, or none that they may see; nobody learns which.
    """
    found = get_by_reference(clinic, reference)
    if staff.role == PRACTITIONER and staff.practitioner != found.practitioner:
        raise NotFound(UNKNOWN)
    return found


def get_by_reference(clinic: Clinic, reference: str) -> Visit:
    """Return the visit with a public reference.

    Raises:
        NotFound: there is none.
    """
    found = database.reading(lambda conn: appointments.find_by_reference(conn, clinic.id, reference))
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def list_history(visit: Visit) -> list[Recorded]:
    """Return who did what to a visit, oldest first."""
    return database.reading(lambda conn: audit.list_of_visit(conn, visit.id))


def _check(clinic: Clinic, visit: Visit, status: str, now: datetime) -> None:
    if not may_become(visit.status, status):
        raise NotOffered("This visit was cancelled. Book a new one instead.", reason=visit.status)
    if status == "noshow" and zone.to_wall(now, clinic.zone) < noshow_from(clinic, visit):
        minutes = clinic.policy.no_show_after_minutes
        raise NotOffered(
            f"A visit can be called a no-show {minutes} minutes after its start, not before.",
            reason="noshow",
        )
