"""The end of the day: no visit is left that says neither that it took place nor that it did not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from booking.actions import closed_over
from booking.actions.recording import record
from booking.actions.values import Actor
from booking.records import appointments, audit, clinic_row, open_visits
from booking.records.database import reading
from booking.records.transaction import Connection, transaction
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, NotFound, Stale
from booking.scheduling.lifecycle import LIVE
from booking.scheduling.zone import to_wall

LOOKS_BACK = timedelta(days=31)
ENDINGS = {"fulfilled": "Done", "noshow": "Did not come"}
CHANGED = "This visit was changed a moment ago. The list shows how it stands now."


def list_open(clinic: Clinic, now: datetime) -> Sequence[Visit]:
    """Return the visits of the last month that are over and still open, the oldest first; one statement."""
    wall = to_wall(now, clinic.zone)
    return reading(lambda conn: open_visits.list_open(conn, clinic.id, wall - LOOKS_BACK, wall))


def finish(clinic: Clinic, reference: str, version: int, status: str, by: Actor, now: datetime) -> Visit:
    """Say how a visit that is over has ended, and return it as it then is.

    Args:
        clinic: The clinic.
        reference: The visit's.
        version: As it was seen.
        status: One of ``ENDINGS``.
        by: Who says so.
        now: The present instant.

    Raises:
        Invalid: another status, or the visit is not over.
        NotFound: no such visit.
        Stale: it was changed in between, or is not open any more.
    """
    if status not in ENDINGS:
        raise Invalid({"status": "Choose how the visit ended."})

    def work(conn: Connection) -> Visit:
        visit = _get(conn, clinic, reference, version)
        if visit.status not in LIVE:
            raise Stale(CHANGED)
        if visit.ends > to_wall(now, clinic.zone):
            raise Invalid({"status": "This visit is not over yet."})
        return _set(conn, clinic, visit, status, by, now)

    return transaction(clinic.id, now, work)


def open_again(clinic: Clinic, reference: str, version: int, by: Actor, now: datetime) -> Visit:
    """Take back how a visit has ended: it stands as before, and on the list again (E73).

    Raises:
        NotFound, Stale: as for ``finish``.
    """

    def work(conn: Connection) -> Visit:
        visit = _get(conn, clinic, reference, version)
        if visit.status not in ENDINGS:
            raise Stale(CHANGED)
        return _set(conn, clinic, visit, _stood_as(conn, visit), by, now)

    return transaction(clinic.id, now, work)


def _stood_as(conn: Connection, visit: Visit) -> str:
    """Return the status that a visit had before it ended, by the trail."""
    ended = [one for one in audit.list_of_visit(conn, visit.id) if one.action == f"status:{visit.status}"]
    before = ended[-1].before if ended else None
    was = str(before["status"]) if before else "booked"
    return was if was in LIVE else "booked"


def _get(conn: Connection, clinic: Clinic, reference: str, version: int) -> Visit:
    visit = open_visits.find_by_reference(conn, clinic.id, reference)
    if visit is None:
        raise NotFound("There is no such visit.")
    if visit.version != version:
        raise Stale(CHANGED)
    return visit


def _set(conn: Connection, clinic: Clinic, visit: Visit, status: str, by: Actor, now: datetime) -> Visit:
    if not appointments.change(conn, visit, {"status": status}):
        raise Stale(CHANGED)
    after = replace(visit, status=status, version=visit.version + 1)
    clinic_row.count_change(conn, clinic.id)
    closed_over.follow(conn, clinic, visit, after, now, is_undo=status == "booked")
    record(conn, clinic, f"status:{status}", by, now, visit, after)
    return after
