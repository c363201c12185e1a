"""Visits that new hours, closures or shifts leave standing in closed time (T11): called, never cancelled."""

from datetime import datetime

from booking.actions.offer import ask_for_move
from booking.actions.values import UNDO
from booking.records import appointments, audit, call_tasks
from booking.records.call_tasks import Call
from booking.records.database import reading
from booking.records.transaction import Connection
from booking.scheduling import zone
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.rules import HOURS, STAFF
from booking.scheduling.slots import refusal

CLOSED = "closed"


def list_for_reception(conn: Connection, before: Clinic, after: Clinic, now: datetime) -> None:
    """Open a call for each visit to come that was within the hours and is not any more; close the reverse.

    What staff had booked outside the hours, for a reason, is nothing new and is left alone.

    Args:
        conn: the transaction that changes the set-up.
        before: the clinic as it was.
        after: the clinic as it is now; every visit's practitioner and kind are still there (E16).
        now: the present instant.
    """
    calls = []
    coming = appointments.list_coming(conn, after.id, zone.to_wall(now, after.zone))
    for visit in (one for one in coming if one.status == "booked"):  # who has come is here already
        was_outside, is_outside = _is_outside(before, visit), _is_outside(after, visit)
        if is_outside and not was_outside:
            calls.append(Call(after.id, visit.patient.id, visit.id, CLOSED, now))
        elif was_outside and not is_outside:
            call_tasks.close(conn, visit.id, [CLOSED], now)
    call_tasks.add_all(conn, calls)


def follow(
    conn: Connection, clinic: Clinic, before: Visit, after: Visit, now: datetime, *, is_undo: bool
) -> None:
    """Let the call for a visit in closed time follow it, in the transaction that changes the visit.

    Gone, come, or within the hours again: no call is needed. Put there anew by staff, for a reason:
    theirs to know. Put back by Undo: the call comes back with it.

    Args:
        conn: the transaction's connection.
        clinic: the clinic.
        before: the visit as it was.
        after: the visit as it is.
        now: the present instant.
        is_undo: whether the change takes another one back.
    """
    if after.status != "booked" or not _is_outside(clinic, after):
        call_tasks.close(conn, after.id, [CLOSED], now)
    elif is_undo:
        if not call_tasks.reopen(conn, after.id, CLOSED) and not _was_on_purpose(conn, after):
            call_tasks.add(conn, clinic.id, after.patient.id, after.id, CLOSED, now)
    elif (before.starts, before.practitioner) != (after.starts, after.practitioner):
        call_tasks.close(conn, after.id, [CLOSED], now)


def _was_on_purpose(conn: Connection, visit: Visit) -> bool:
    """Say whether staff had set the hours aside for it before."""
    told = (one.after or {} for one in audit.list_of_visit(conn, visit.id) if one.action in ("book", "move"))
    return any(after.get("override") in HOURS and after.get("reason") != UNDO for after in told)


def count_closed_over(clinic: Clinic) -> int:
    """Return how many such calls are to be made."""
    return reading(lambda conn: call_tasks.count_open(conn, clinic.id, CLOSED))


def _is_outside(clinic: Clinic, visit: Visit) -> bool:
    found = refusal(clinic, ask_for_move(clinic, visit, visit.practitioner), visit.starts, STAFF)
    return found is not None and found.reason in HOURS
