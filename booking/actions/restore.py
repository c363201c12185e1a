"""Take a cancellation back: the visit stands where it stood, if its time is still free (E63)."""

from dataclasses import replace
from datetime import datetime

from booking.actions import closed_over, messages
from booking.actions.in_the_way import tell_staff
from booking.actions.move import check_places, claim_again
from booking.actions.offer import ask_for_move, nearest
from booking.actions.placing import bounds_of, place
from booking.actions.recording import record
from booking.actions.values import UNDO, Actor
from booking.records import appointments, call_tasks
from booking.records import messages as stored_messages
from booking.records.transaction import Connection, transaction
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import NotOffered, SlotTaken, Stale


def restore(clinic: Clinic, visit: Visit, by: Actor, now: datetime, *, tell: bool = True) -> Visit:
    """Let a cancelled visit stand again with the same person at the same time, and return it.

    A message of the cancellation that has not left is taken back; then nothing is sent.

    Args:
        clinic: the clinic.
        visit: as it was seen, cancelled.
        by: who takes it back; staff only.
        now: the present instant.
        tell: False where staff have told the patient themselves.

    Raises:
        NotOffered, SlotTaken: the time is not to be had any more; it stays cancelled.
        Stale: somebody changed the visit in between, or it is not cancelled.
    """
    ask = ask_for_move(clinic, visit, visit.practitioner)
    limits, passed = bounds_of(clinic, ask, visit.starts, by, now, UNDO)

    def work(conn: Connection) -> Visit:
        current = _get_cancelled(conn, clinic, visit)
        check_places(conn, clinic, current, current.starts, by)
        placed = place(conn, clinic, ask, current.starts, limits, now, through_holds=True)
        standing = replace(current, status="booked", cancelled_by=None)
        anew = {"status": "booked", "cancelled_at": None, "cancelled_by": None, "late": False}
        after = claim_again(conn, clinic, standing, placed, current.starts, anew)
        # Whose confirmation the cancellation took back has heard nothing at all: they hear of it now.
        unheard = stored_messages.was_withdrawn(conn, visit.id, messages.WHY_WITHDRAWN["cancelled"])
        call_tasks.close(conn, visit.id, call_tasks.OF_CANCELLED, now)
        messages.plan(conn, clinic, after, "confirmation", now, tell=tell or unheard)
        closed_over.follow(conn, clinic, current, after, now, is_undo=True)
        record(conn, clinic, "restore", by, now, current, after, passed)
        return after

    try:
        return transaction(clinic.id, now, work)
    except (NotOffered, SlotTaken) as refused:
        refused.nearest = nearest(clinic, ask, visit.starts, now, limits)
        tell_staff(refused, by, clinic, ask, visit.starts, limits=limits)
        raise


def _get_cancelled(conn: Connection, clinic: Clinic, visit: Visit) -> Visit:
    current = appointments.find_visit(conn, clinic.id, visit.id)
    if current is None or (current.status, current.version) != ("cancelled", visit.version):
        raise Stale("This visit was changed a moment ago. Please look at it again.")
    return current
