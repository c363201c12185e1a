"""Move a visit: the old time is kept until the new one is secured, in one transaction (E26)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from booking.actions import closed_over, messages
from booking.actions.cancel import check_window, free_claims, get_current, keep_back
from booking.actions.in_the_way import tell_staff
from booking.actions.offer import ask_for_move, nearest
from booking.actions.placing import Placed, bounds_of, place, two_places
from booking.actions.recording import record
from booking.actions.sold import given_by, sell_anew, sold_before, was_sold
from booking.actions.values import Actor, Wanted
from booking.records import appointments, claims, holds, patients
from booking.records.transaction import Connection, transaction
from booking.scheduling import rules
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, NotOffered, SlotTaken, Stale
from booking.scheduling.people import identity
from booking.scheduling.timeline import minute_of


def move(
    clinic: Clinic,
    visit: Visit,
    start: datetime,
    practitioner: str | None,
    by: Actor,
    now: datetime,
    *,
    tell: bool = True,
    override: str | None = None,
) -> Visit:
    """Move a visit to another start (and practitioner) and return it as it then is.

    The visit keeps the shape and price it was sold with (E14, E15).

    Args:
        clinic: the clinic.
        visit: as the asker last saw it; its version must still be the stored one.
        start: clinic wall time.
        practitioner: a code; None for anyone.
        by: who asks.
        now: the present instant.
        tell: False where staff have told the patient themselves; reminders follow all the same.
        override: why staff set opening hours, shift or break aside (D11); patients cannot.

    Raises:
        Invalid: no such practitioner.
        TooLate: the patient's window has closed, judged by the original time (E57).
        NotOffered, SlotTaken: the start cannot be had; the old time is untouched.
        Stale: somebody changed the visit in between.
    """
    return rearrange(clinic, visit, Wanted(start, practitioner), by, now, tell=tell, override=override)


def rearrange(
    clinic: Clinic,
    visit: Visit,
    wanted: Wanted,
    by: Actor,
    now: datetime,
    *,
    tell: bool = True,
    override: str | None = None,
) -> Visit:
    """Move a visit, or give it another room or length, and return it as it then is.

    Args and Raises: as for ``move``. Another service of the same kind is sold anew, at its price of
    today, or on Undo given back as it was sold (D12); who keeps time, length and person is not written to.
    """
    becomes = _as_wanted(clinic, visit, wanted)
    ask = ask_for_move(clinic, becomes, wanted.practitioner)
    there = _with_room(clinic, wanted.room)
    limits, passed = bounds_of(there, ask, wanted.start, by, now, override)

    def work(conn: Connection) -> Visit:
        current = get_current(conn, clinic, visit)
        check_window(clinic, current, by, now, rules.may_move, clinic.policy.move_until_hours)
        after = replace(current, service=becomes.service, sold=becomes.sold)
        check_places(conn, clinic, after, wanted.start, by)
        freed = free_claims(conn, clinic, current)
        _take_back(conn, clinic, current, wanted.start)
        placed = place(conn, there, ask, wanted.start, limits, now, through_holds=by.is_staff)
        keep_back(conn, clinic, current, freed, by, now, taken=placed.claims)
        after = settle_at(conn, clinic, after, placed, wanted.start, now, tell=tell, is_undo=wanted.is_undo)
        record(conn, clinic, "move", by, now, current, after, {**(passed or {}), **was_sold(current, after)})
        return after

    try:
        return transaction(clinic.id, now, work)
    except (NotOffered, SlotTaken) as refused:
        refused.nearest = nearest(there, ask, wanted.start, now, limits, visit)
        tell_staff(refused, by, there, ask, wanted.start, visit, limits)
        raise


def _as_wanted(clinic: Clinic, visit: Visit, wanted: Wanted) -> Visit:
    """Return the visit as another service of its kind, where one is wanted."""
    if wanted.service is None or wanted.service == visit.service:
        return visit
    code = wanted.service
    sold = sold_before(visit, code) if wanted.is_undo else sell_anew(clinic, visit, code)
    return replace(visit, service=code, sold=sold)


def _with_room(clinic: Clinic, code: str | None) -> Clinic:
    """Return the clinic as if it had one room only, where a certain one is wanted."""
    if code is None:
        return clinic
    if code not in clinic.room:
        raise Invalid({"room": "There is no such room. Leave it out for any."})
    return replace(clinic, rooms=(clinic.room[code],))


def settle_at(
    conn: Connection,
    clinic: Clinic,
    visit: Visit,
    placed: Placed,
    start: datetime,
    now: datetime,
    *,
    tell: bool,
    is_undo: bool = False,
) -> Visit:
    """Put a visit whose claims are gone where it was placed, and tell of it.

    Raises:
        Stale: somebody changed the visit in between.
    """
    after = claim_again(conn, clinic, visit, placed, start)
    is_news = (after.starts, after.ends, after.practitioner) != (visit.starts, visit.ends, visit.practitioner)
    messages.plan(conn, clinic, after, "moved", now, tell=tell and is_news)
    closed_over.follow(conn, clinic, visit, after, now, is_undo=is_undo)
    return after


def _take_back(conn: Connection, clinic: Clinic, visit: Visit, start: datetime) -> None:
    """Let go of what is kept back of the visit's own earlier times where it goes there again."""
    shape = visit.sold.shape
    end = start + timedelta(minutes=shape.minutes + shape.reset.minutes)
    for hold_id in holds.list_released(conn, visit.id, start, end):
        claims.delete(conn, clinic.id, ("hold_id", hold_id))
        holds.remove(conn, hold_id)


def check_places(conn: Connection, clinic: Clinic, visit: Visit, start: datetime, by: Actor) -> None:
    """Refuse two places at once for one person (E47)."""
    end = start + timedelta(minutes=visit.sold.shape.minutes)
    others = patients.list_upcoming(conn, clinic.id, **identity(visit.patient), after=start)
    if any(i != visit.id and starts < end and ends > start for i, starts, ends in others):
        raise two_places(is_staff=by.is_staff)


def claim_again(
    conn: Connection,
    clinic: Clinic,
    visit: Visit,
    placed: Placed,
    start: datetime,
    more: Mapping[str, object] | None = None,
) -> Visit:
    """Compare and set the appointment, then claim the new time. Args: ``more`` columns to set.

    Raises:
        Stale: somebody changed the visit in between.
    """
    after = replace(
        visit,
        starts=start,
        ends=start + timedelta(minutes=visit.sold.shape.minutes),
        practitioner=placed.practitioner.code,
        room=placed.room.code,
        version=visit.version + 1,
        sold=given_by(visit.sold, placed.practitioner, placed.room),
    )
    service = clinic.service.get(after.service)
    fields = {
        "service_id": service.id if service else appointments.get_service_id(conn, clinic.id, after.service),
        "starts": after.starts,
        "ends": after.ends,
        "practitioner_id": placed.practitioner.id,
        "room_id": placed.room.id,
        "sold_as": after.sold.as_json(),
        **(more or {}),
    }
    if not appointments.change(conn, visit, fields):
        raise Stale("This visit was changed a moment ago. Please look at it again.")
    person = (patients.get_resource(conn, visit.patient.id), minute_of(after.starts), minute_of(after.ends))
    claims.add(conn, clinic.id, ("appointment_id", visit.id), [*placed.claims, person])
    return after
