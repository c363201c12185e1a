"""Interchangeable units: counted when offered, shifted when needed (D3, E11)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.scheduling.assign import recolour
from booking.scheduling.clinic import Clinic, Device, Room
from booking.scheduling.errors import SlotTaken
from booking.scheduling.slots import Ask
from booking.scheduling.visit import Shape, Step
from tests.scheduling.diary import Diary, at
from tests.scheduling.sample import ask_for, sample
from tests.scheduling.test_hours import with_person

Held = tuple[int, int, int, int]
TUESDAY = date(2026, 11, 24)


def two_laser_rooms() -> Clinic:
    """Return a clinic with two laser rooms, a laser tied to each, and three sets of eyewear."""
    clinic = sample()
    second = Room("l2", "", frozenset({"laser"}), 997)
    laser = Device("laser-2", "", "laser", (996,), "l2")
    sandhu = clinic.practitioner["sandhu"]
    always = dict.fromkeys(range(7), ((540, 1140),))
    clinic = replace(clinic, rooms=(*clinic.rooms, second), devices=(*clinic.devices, laser))
    return with_person(clinic, sandhu.code, shifts=always)


def test_e11_two_laser_visits_at_once_run_out_of_eyewear() -> None:
    """E11: with three sets of eyewear the second laser visit of two each is refused."""
    clinic = two_laser_rooms()
    diary = Diary(clinic)
    diary.book(ask_for(clinic, "laser-45", "lam"), at("2026-11-24 10:00"))
    second = ask_for(clinic, "laser-45", "sandhu")
    with pytest.raises(SlotTaken):
        diary.book(second, at("2026-11-24 10:00"))
    assert diary.book(second, at("2026-11-24 10:50")).practitioner == "sandhu"


@pytest.mark.parametrize(("sets", "companion", "fits"), [(4, False, True), (4, True, False), (6, True, True)])
def test_e11_a_companion_takes_a_set(sets: int, companion: bool, fits: bool) -> None:
    """E11: two visits need four sets of eyewear, with companions six."""
    clinic = two_laser_rooms()
    devices = tuple(
        replace(d, units=tuple(range(800, 800 + sets))) if d.kind == "eyewear" else d for d in clinic.devices
    )
    clinic = replace(clinic, devices=devices)
    diary = Diary(clinic)
    diary.book(ask_for(clinic, "laser-45", "lam", companion=companion), at("2026-11-24 10:00"))
    second = ask_for(clinic, "laser-45", "sandhu", companion=companion)
    assert ("10:00" in diary.times(second, TUESDAY)["sandhu"]) is fits


def test_e11_a_companion_means_nothing_where_no_eyewear_is_worn() -> None:
    """E11: a companion at a massage claims nothing."""
    shape = sample().service["rmt-60"].shape
    assert shape.units("eyewear", companion=True) == 0
    assert sample().service["laser-30"].shape.units("eyewear", companion=True) == 3


def test_a_start_is_offered_by_count_and_units_are_shifted() -> None:
    """D3: with one unit free before 10 and another after, a visit over 10 is offered and placed."""
    clinic = replace(sample(), devices=(Device("stim", "", "stim", (701, 702), None),))
    ask = Ask("massage", Shape((Step(60, True),), needs={"stim": 1}), practitioners=("kim",))
    diary = Diary(clinic)
    diary.block((701,), at("2026-11-24 09:00"), at("2026-11-24 10:00"))
    diary.block((702,), at("2026-11-24 10:00"), at("2026-11-24 11:00"))
    assert "09:30" in diary.times(ask, TUESDAY)["kim"]
    placed = diary.book(ask, at("2026-11-24 09:30"))
    assert [(pool.units, pool.need) for pool in placed.pools] == [((701, 702), 1)]
    assert diary.overlaps() == []


def test_tied_units_are_used_first_and_the_pool_fills_up() -> None:
    """D3: of two units wanted in a room one is tied to it and one comes from the pool."""
    tied, pool = Device("a", "", "stim", (701,), "m1"), Device("b", "", "stim", (702, 703), None)
    clinic = replace(sample(), devices=(pool, tied))
    ask = Ask("massage", Shape((Step(60, True),), needs={"stim": 2}), practitioners=("kim",))
    diary = Diary(clinic)
    diary.block((703,), at("2026-11-24 09:00"), at("2026-11-24 15:00"))
    placed = diary.book(ask, at("2026-11-24 09:00"))
    assert placed.room == "m1"
    assert {resource for resource, _, _ in placed.claims} >= {701, 702}


def test_seats_are_shifted_too() -> None:
    """D3: two visits on different seats leave room for a third that overlaps both in turn."""
    clinic = sample()
    lam = clinic.practitioner["lam"]
    diary = Diary(clinic)
    diary.block((lam.seats[0],), at("2026-11-24 09:00"), at("2026-11-24 09:30"))
    diary.block((lam.seats[1],), at("2026-11-24 09:30"), at("2026-11-24 10:00"))
    diary.book(ask_for(clinic, "needle-followup", "lam"), at("2026-11-24 09:00"))
    assert diary.overlaps() == []


def test_nothing_moves_without_need() -> None:
    """Where a unit is free throughout, the lowest one is taken and no claim is touched."""
    held: list[Held] = [(1, 701, 0, 60), (2, 702, 60, 120), (3, 701, 300, 360)]
    assert recolour(held, (701, 702, 703), 1, 30, 90) == ({}, (703,))
    assert recolour(held, (701, 702), 2, 120, 180) == ({}, (701, 702))


def test_only_what_hangs_together_moves() -> None:
    """A claim that does not touch the wanted time, nor one that does, keeps its unit."""
    held: list[Held] = [(1, 701, 0, 60), (2, 702, 60, 120), (3, 702, 300, 360)]
    changes, chosen = recolour(held, (701, 702), 1, 30, 90)
    assert (changes, chosen) == ({2: 701}, (702,))


def test_too_few_units_are_refused() -> None:
    """Where some minute has too few units free, nothing is moved and SlotTaken is raised."""
    held: list[Held] = [(1, 701, 0, 60), (2, 702, 30, 60)]
    with pytest.raises(SlotTaken):
        recolour(held, (701, 702), 1, 0, 60)


def filled(rng: Random, units: list[int]) -> Iterator[Held]:
    """Yield claims that fill each unit for itself, without overlaps."""
    claim = 0
    for unit in units:
        at_minute = rng.randrange(0, 60, 5)
        while at_minute < 400:
            length = rng.choice((5, 15, 30, 45, 60))
            claim += 1
            yield claim, unit, at_minute, at_minute + length
            at_minute += length + rng.choice((0, 0, 5, 15, 30, 60))


def free_everywhere(held: list[Held], units: list[int], need: int, starts: int, ends: int) -> bool:
    taken = [sum(s <= m < e for _, _, s, e in held) for m in range(starts, ends, 5)]
    return all(len(units) - n >= need for n in taken)


@settings(deadline=None, max_examples=400)
@given(st.randoms(use_true_random=False), st.integers(1, 4), st.integers(1, 3))
def test_recolouring_succeeds_exactly_where_the_count_says_so(rng: Random, size: int, need: int) -> None:
    """D3: enough units free in every minute is enough; each owner keeps units of its own."""
    units = list(range(1, size + 1))
    held = list(filled(rng, units))
    starts = rng.randrange(0, 400, 5)
    ends = starts + rng.choice((5, 30, 60, 90))
    if not free_everywhere(held, units, need, starts, ends):
        with pytest.raises(SlotTaken):
            recolour(held, units, need, starts, ends)
        return
    changes, chosen = recolour(held, units, need, starts, ends)
    after = [(changes.get(claim, unit), s, e) for claim, unit, s, e in held]
    after += [(unit, starts, ends) for unit in chosen]
    assert len(set(chosen)) == need
    assert set(units) >= {unit for unit, _, _ in after}
    for unit in units:
        mine = sorted((s, e) for u, s, e in after if u == unit)
        assert all(a[1] <= b[0] for a, b in zip(mine, mine[1:], strict=False))
