"""Rooms and units for a start that is possible: nothing overlaps, nothing is missing (D3)."""

from random import Random

import pytest

from booking.scheduling import assign, slots
from booking.scheduling.slots import Ask, Busy
from tests.scheduling import oracle
from tests.scheduling.clinics import Case
from tests.scheduling.test_oracle import SLOW, cases

CLINICS = 3000 if SLOW else 300
Row = tuple[int, int, int]


def overlapping(rows: list[Row]) -> list[tuple[Row, Row]]:
    ordered = sorted(rows)
    pairs = zip(ordered, ordered[1:], strict=False)
    return [(a, b) for a, b in pairs if a[0] == b[0] and b[1] < a[2]]


def minutes_of(rows: list[Row], resources: set[int]) -> list[set[int]]:
    return [set(range(s, e)) for r, s, e in rows if r in resources]


def expected(ask: Ask, start: int) -> dict[str, list[set[int]]]:
    """Return the minutes that a visit must claim: hands joined, and one entry for each unit."""
    at, hands = start, set()
    for step in ask.shape.steps:
        hands |= set(range(at, at + step.minutes)) if step.hands_on else set()
        at += step.minutes
    reset = ask.shape.reset
    held = {
        what: set(range(start, at + reset.minutes * (what in reset.holds))) for what in ("room", "device")
    }
    if "practitioner" in reset.holds:
        hands |= set(range(at, at + reset.minutes))
    found = {"hands": [hands], "seat": [set(range(start, at))], "room": [held["room"]]}
    for kind, need in ask.shape.needs.items():
        units = need + (ask.companion and kind == "eyewear")
        found[kind] = [held["device"]] * units
    return found


def placed(case: Case, code: str, start: int) -> tuple[assign.Placement, list[Row], list[Row]]:
    """Return the placement, all of the visit's claims, and the others' after re-colouring."""
    busy = Busy.from_rows(case.window, case.rows)
    placement = assign.place(case.clinic, case.ask, code, start, busy)
    others, mine = [row[:3] for row in case.rows], list(placement.claims)
    for pool in placement.pools:
        held = [(i, *row) for i, row in enumerate(others) if row[0] in pool.units]
        changes, chosen = assign.recolour(held, pool.units, pool.need, pool.starts, pool.ends)
        for i, unit in changes.items():
            others[i] = (unit, *others[i][1:])
        mine += [(unit, pool.starts, pool.ends) for unit in chosen]
    return placement, mine, others


def check(case: Case, code: str, start: int) -> bool:
    """Check one placement; say whether it needed re-colouring."""
    placement, mine, others = placed(case, code, start)
    clinic, ask = case.clinic, case.ask
    assert overlapping(mine + others) == []
    person, wanted = clinic.practitioner[code], expected(ask, start)
    hands = set().union(*minutes_of(mine, {person.hands}))
    assert [hands] == wanted.pop("hands")
    assert minutes_of(mine, set(person.seats)) == wanted.pop("seat")
    assert minutes_of(mine, {clinic.room[placement.room].resource}) == wanted.pop("room")
    for kind, held in wanted.items():
        usable = [d for d in clinic.devices if d.kind == kind and d.tied_to_room in (None, placement.room)]
        assert minutes_of(mine, {u for d in usable for u in d.units}) == held
    return bool(placement.pools)


def rooms_in_order(case: Case, start: int) -> list[str]:
    """Return the rooms that would do, the least specialised first (E12), by the oracle."""
    busy = oracle.busy_minutes(row[:3] for row in case.rows)
    will_do = [
        room
        for room in case.clinic.rooms
        if case.ask.kind in room.kinds and oracle.room_does(case.clinic, case.ask, room, busy, start)
    ]
    return [room.code for room in sorted(will_do, key=lambda room: len(room.kinds))]


@pytest.mark.slow
def test_e02_a_placement_overlaps_nothing_and_lacks_nothing() -> None:
    """E02, E03, E04: what is placed claims its exact minutes, and no claim ever meets another."""
    recoloured = 0
    for seed in range(CLINICS):
        rng = Random(seed)
        for case in cases(rng):
            busy = Busy.from_rows(case.window, case.rows)
            for code, mask in slots.starts(case.clinic, case.ask, busy, case.limits).items():
                every = list(slots.each_start(mask, case.window))
                for start in rng.sample(every, min(3, len(every))):
                    recoloured += check(case, code, start)
    assert recoloured > CLINICS / 60


def test_e12_the_room_is_the_least_specialised_that_will_do() -> None:
    """E12: of the rooms that will do, the one of fewest kinds, then the first of the set-up."""
    seen = 0
    for seed in range(CLINICS // 2):
        for case in cases(Random(seed)):
            busy = Busy.from_rows(case.window, case.rows)
            found = slots.starts(case.clinic, case.ask, busy, case.limits)
            for code, mask in found.items():
                for start in list(slots.each_start(mask, case.window))[:1]:
                    room = assign.place(case.clinic, case.ask, code, start, busy).room
                    assert room == rooms_in_order(case, start)[0]
                    seen += 1
    assert seen > 0
