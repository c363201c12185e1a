"""A practitioner runs late: which later visits clash, and moving those that staff tick (R4, E72)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from booking.actions.cancel import free_claims
from booking.actions.move import check_places, settle_at
from booking.actions.offer import ask_for_move
from booking.actions.placing import bounds_of, place
from booking.actions.recording import record
from booking.actions.values import Actor
from booking.records import appointments, day_list
from booking.records.database import reading
from booking.records.transaction import Connection, transaction
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, NotOffered, SlotTaken, Stale
from booking.scheduling.lateness import later_starts
from booking.scheduling.lifecycle import LIVE
from booking.scheduling.rules import STAFF
from booking.scheduling.slots import refusal
from booking.scheduling.timeline import CELL, minute_of, wall
from booking.scheduling.zone import to_wall

LONGEST = 240
REASON = "running late"
CHANGED = "The day has changed in the meantime. Here it is as it stands now."


@dataclass(frozen=True)
class Delay:
    """A later visit whose hands-on part clashes, and when it can begin instead (wall time).

    ``passes`` is the rule that it would set aside then, such as a break, None for none.
    """

    visit: Visit
    begins: datetime
    passes: str | None


def list_delays(clinic: Clinic, practitioner: str, late: int, now: datetime) -> list[Delay]:
    """Return the visits of today that being ``late`` minutes behind runs into; changes nothing.

    Raises:
        Invalid: no such practitioner, or not so many minutes.
    """
    visits = _today(clinic, practitioner, late, now)
    at = minute_of(to_wall(now, clinic.zone)) // CELL * CELL
    begins = later_starts([(minute_of(v.starts), v.sold.shape) for v in visits], at, late)
    found = zip(visits, (wall(begin) for begin in begins), strict=True)
    return [Delay(v, begin, _passes(clinic, v, begin)) for v, begin in found if begin != v.starts]


def move_delayed(
    clinic: Clinic,
    wanted: Mapping[str, tuple[datetime, int]],
    by: Actor,
    now: datetime,
    *,
    tell: bool = True,
) -> Sequence[Visit]:
    """Move the ticked visits to their later starts with the same practitioner, all or none.

    Args:
        clinic: the clinic.
        wanted: reference -> new start (wall time) and the version that was seen.
        by: who asks.
        now: the present instant.
        tell: whether the patients are told by message.

    Raises:
        Invalid: nothing is ticked, or one cannot begin then: which, and why.
        Stale: a visit was changed in between.
    """
    if not wanted:
        raise Invalid({"late": "Tick the visits that are to begin later."})

    def work(conn: Connection) -> list[Visit]:
        visits = sorted((_current(conn, clinic, *one) for one in wanted.items()), key=lambda v: v.starts)
        for visit in visits:
            free_claims(conn, clinic, visit)
        return [_move(conn, clinic, visit, wanted[visit.reference][0], by, now, tell) for visit in visits]

    return transaction(clinic.id, now, work)


def _passes(clinic: Clinic, visit: Visit, begins: datetime) -> str | None:
    refused = refusal(clinic, ask_for_move(clinic, visit, visit.practitioner), begins, STAFF)
    return refused.sentence if refused else None


def _today(clinic: Clinic, practitioner: str, late: int, now: datetime) -> list[Visit]:
    if practitioner not in clinic.practitioner:
        raise Invalid({"practitioner": "Choose who runs late."})
    if not 0 < late <= LONGEST or late % CELL:
        raise Invalid({"minutes": f"Give the minutes in fives, {LONGEST} at most."})
    first = datetime.combine(to_wall(now, clinic.zone).date(), time())
    who = clinic.practitioner[practitioner].id
    found = reading(
        lambda conn: day_list.list_between(conn, clinic.id, first, first + timedelta(days=1), who)
    )
    return [visit for visit in found if visit.status in LIVE]


def _current(conn: Connection, clinic: Clinic, reference: str, asked: tuple[datetime, int]) -> Visit:
    visit = appointments.find_by_reference(conn, clinic.id, reference)
    if visit is None or visit.version != asked[1] or visit.status != "booked":
        raise Stale(CHANGED)
    return visit


def _move(
    conn: Connection, clinic: Clinic, visit: Visit, start: datetime, by: Actor, now: datetime, tell: bool
) -> Visit:
    ask = ask_for_move(clinic, visit, visit.practitioner)
    limits, passed = bounds_of(clinic, ask, start, by, now, REASON)
    try:
        check_places(conn, clinic, visit, start, by)
        placed = place(conn, clinic, ask, start, limits, now, through_holds=True)
    except (NotOffered, SlotTaken) as refused:
        said = f"The visit {visit.reference} cannot begin at {start:%H:%M}: {refused.message}"
        raise Invalid({"late": f"{said} Nothing was changed."}) from None
    after = settle_at(conn, clinic, visit, placed, start, now, tell=tell)
    record(conn, clinic, "move", by, now, visit, after, {**(passed or {}), "reason": REASON})
    return after
