"""Decide with whom, where and with what a visit takes place, inside a transaction.

Booking, holding and moving all come through here, and ask the same function that
decided what was offered (D11).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from booking.actions.values import Actor
from booking.records import claims, days, holds
from booking.records.transaction import Connection, has_setup
from booking.scheduling import assign, rules, slots, zone
from booking.scheduling.assign import Placement
from booking.scheduling.clinic import Clinic, Practitioner, Room
from booking.scheduling.errors import Busy as Unavailable
from booking.scheduling.errors import NotOffered, SlotTaken
from booking.scheduling.hours import shifts
from booking.scheduling.reasons import SENTENCES, limit_reason
from booking.scheduling.rules import Limits
from booking.scheduling.slots import Ask, Busy
from booking.scheduling.timeline import Window, minute_of

# It does not say whether there is a visit: anybody can type a known name and address (E51).
TWO_PLACES = (
    "We cannot offer you this time. If you have a visit around then, choose another time;"
    " otherwise please call us."
)
TWO_PLACES_AT_DESK = "This patient has another visit at that time. Choose another time or move that one."
LONGEST_REASON = 200
Bounds = tuple[Limits, dict[str, str] | None]  # what binds a start, and what staff set aside there
ClaimRow = tuple[int, int, int]  # resource id, starts, ends (minutes since 2000)


@dataclass(frozen=True)
class Placed:
    """Where a visit will take place and what it will claim."""

    practitioner: Practitioner
    room: Room
    claims: list[ClaimRow]


def place(
    conn: Connection,
    clinic: Clinic,
    ask: Ask,
    start: datetime,
    limits: Limits,
    now: datetime,
    *,
    through_holds: bool = False,
) -> Placed:
    """Choose practitioner, room and units for a start, re-colouring pools where needed.

    Args:
        conn: the transaction's connection.
        clinic: the clinic.
        ask: kind, shape, companion and the practitioners that may be chosen.
        start: clinic wall time.
        limits: lead time, horizon and grid; staff have none.
        now: the present instant.
        through_holds: holds give way where nothing is free beside them (E24).

    Raises:
        NotOffered: a rule refuses the start, whatever is booked.
        SlotTaken: only other claims refuse it; ``reason`` names what is short.
        Busy: the clinic's set-up was loaded anew since ``clinic`` was read.
    """
    _check(conn, clinic, start, limits)
    busy = _busy(conn, clinic, ask, start, now, through_holds=False)
    able = _able(clinic, ask, busy, limits, minute_of(start))
    takes_holds = through_holds and not able
    if takes_holds:
        busy = _busy(conn, clinic, ask, start, now, through_holds=True)
        able = _able(clinic, ask, busy, limits, minute_of(start))
    if not able:
        raise _refusal(clinic, ask, start, busy, limits)
    placement = _choose(clinic, ask, start, busy, limits, able)
    rows = _rows_of(conn, clinic, placement, takes_holds=takes_holds)
    return Placed(clinic.practitioner[placement.practitioner], clinic.room[placement.room], rows)


def _check(conn: Connection, clinic: Clinic, start: datetime, limits: Limits) -> None:
    if not has_setup(conn, clinic.setup):
        raise Unavailable("The clinic's plan has just changed. Please try again.", reason="setup")
    limited = limit_reason(clinic, start, limits)
    if limited is not None:
        raise NotOffered(SENTENCES[limited], reason=limited)


def _choose(
    clinic: Clinic, ask: Ask, start: datetime, busy: Busy, limits: Limits, able: list[str]
) -> Placement:
    """Choose among the able; where hours are set aside, who is in that day goes before who is not."""
    if not limits.hours_bind:
        able = [code for code in able if shifts(clinic.practitioner[code], start.date())] or able
    chosen = assign.choose(clinic, ask, minute_of(start), busy, able)
    return assign.place(clinic, ask, chosen, minute_of(start), busy)


def limits_for(clinic: Clinic, by: Actor, now: datetime) -> Limits:
    """Return the lead time, horizon and grid that bind who asks; none bind staff."""
    if by.is_staff:
        return rules.STAFF
    return rules.online_limits(clinic, zone.to_wall(now, clinic.zone))


def bounds_of(
    clinic: Clinic, ask: Ask, start: datetime, by: Actor, now: datetime, override: str | None
) -> Bounds:
    """Return what binds who asks at a start, and what is kept of the policy that staff set aside (D11).

    Hours, shifts and breaks are set aside only for a stated reason; lead time, horizon and grid
    do not bind staff, but that they were passed over is kept too.

    Args: ``override`` is the reason in their words, None where none was given.
    """
    limits = limits_for(clinic, by, now)
    if not by.is_staff:
        return limits, None
    reason = (override or "").strip()[:LONGEST_REASON]
    refused = slots.refusal(clinic, ask, start, limits)
    if refused is not None and refused.reason in rules.HOURS and reason:
        return rules.OVERRIDE, {"override": refused.reason, "reason": reason}
    passed = limit_reason(clinic, start, rules.online_limits(clinic, zone.to_wall(now, clinic.zone)))
    return limits, {"override": passed} if passed else None


def _refusal(clinic: Clinic, ask: Ask, start: datetime, busy: Busy, limits: Limits) -> NotOffered | SlotTaken:
    """Say whether a rule refuses the start, or only what is booked."""
    refused = slots.refusal(clinic, ask, start, limits)
    if refused is not None:
        return NotOffered(refused.sentence, reason=refused.reason)
    short = _what_is_short(clinic, ask, busy, limits, minute_of(start))
    return SlotTaken("That time has just been taken.", reason=short)


def _busy(
    conn: Connection, clinic: Clinic, ask: Ask, start: datetime, now: datetime, *, through_holds: bool
) -> Busy:
    resources, window = slots.resources(clinic, ask), Window(start.date(), 1)
    return days.load_busy(conn, resources, window, now, through_holds=through_holds)


def _able(clinic: Clinic, ask: Ask, busy: Busy, limits: Limits, minute: int) -> list[str]:
    bit = busy.window.cell(minute)
    found = slots.starts(clinic, ask, busy, limits)
    return [code for code, mask in found.items() if mask >> bit & 1]


def what_is_taken(clinic: Clinic, ask: Ask, busy: Busy, limits: Limits, minute: int) -> list[str]:
    """Name each kind of resource whose claims alone refuse the start; none where only several together do."""
    alone = (
        (what, replace(busy, masks={r: m for r, m in busy.masks.items() if r in resources}))
        for what, resources in _groups(clinic)
    )
    return [what for what, only in alone if not _able(clinic, ask, only, limits, minute)]


def _what_is_short(clinic: Clinic, ask: Ask, busy: Busy, limits: Limits, minute: int) -> str:
    """Name the kind of resource without whose claims the start would be free."""
    for what, resources in _groups(clinic):
        without = replace(busy, masks={r: m for r, m in busy.masks.items() if r not in resources})
        if _able(clinic, ask, without, limits, minute):
            return what
    return "several"


def _groups(clinic: Clinic) -> list[tuple[str, set[int]]]:
    people = {p.hands for p in clinic.practitioners} | {s for p in clinic.practitioners for s in p.seats}
    kinds = sorted({device.kind for device in clinic.devices})
    return [
        ("practitioner", people),
        ("room", {room.resource for room in clinic.rooms}),
        *((kind, {u for d in clinic.devices if d.kind == kind for u in d.units}) for kind in kinds),
    ]


def _rows_of(conn: Connection, clinic: Clinic, placement: Placement, *, takes_holds: bool) -> list[ClaimRow]:
    """Return what is to be claimed, once holds and pools have made room for it."""
    rows = list(placement.claims)
    if takes_holds:
        wanted = [(unit, pool.starts, pool.ends) for pool in placement.pools for unit in pool.units]
        _remove_holds_in_the_way(conn, clinic, [*rows, *wanted])
    for pool in placement.pools:
        units = claims.recolour(conn, clinic.id, pool.units, pool.need, pool.starts, pool.ends)
        rows += [(unit, pool.starts, pool.ends) for unit in units]
    return rows


def _remove_holds_in_the_way(conn: Connection, clinic: Clinic, rows: list[ClaimRow]) -> None:
    for hold_id in holds.list_in_the_way(conn, rows):
        claims.delete(conn, clinic.id, ("hold_id", hold_id))
        holds.remove(conn, hold_id)


def two_places(*, is_staff: bool) -> NotOffered:
    """Return the refusal of a second visit of one person at one time; staff may know of the first (E47)."""
    return NotOffered(TWO_PLACES_AT_DESK if is_staff else TWO_PLACES, reason="two_places")
