"""Steps, rooms, seats and resets: which visits fit beside which (E01, E03-E10)."""

from dataclasses import replace
from datetime import date

import pytest

from booking.scheduling import slots
from booking.scheduling.clinic import Clinic, Room
from booking.scheduling.errors import SlotTaken
from booking.scheduling.rules import STAFF, Limits
from booking.scheduling.slots import Ask
from booking.scheduling.visit import Reset, Shape, Step, steps_from_minutes
from tests.scheduling.diary import Diary, at
from tests.scheduling.sample import ask_for, sample, spans
from tests.scheduling.test_hours import with_person

TUESDAY = date(2026, 11, 24)  # Lam 9-17, break 13:00; Kim 9-15, break 12:15; Tremblay 13-19
SUNDAY = date(2026, 11, 29)  # Sandhu 9-15, break 12:00; Ahmadi 9-15, break 12:15
GRID = Limits(None, None, on_grid=True)


def rooms(*codes: str) -> Clinic:
    """Return the sample clinic with only these rooms."""
    return replace(sample(), rooms=tuple(sample().room[code] for code in codes))


def followup(clinic: Clinic) -> Ask:
    return ask_for(clinic, "needle-followup", "lam")


def test_e01_one_acupuncturist_staggers_two_rooms() -> None:
    """E01: follow-ups at 9:00 and 9:15 fit in two rooms; 9:30 is refused for want of a room."""
    clinic = with_person(rooms("n1", "n2"), "lam", seats=(901, 902, 903))
    diary = Diary(clinic)
    assert diary.book(followup(clinic), at("2026-11-24 09:00")).room == "n1"
    assert diary.book(followup(clinic), at("2026-11-24 09:15")).room == "n2"
    with pytest.raises(SlotTaken):
        diary.book(followup(clinic), at("2026-11-24 09:30"))


def test_e01_a_third_room_and_seat_take_a_third_until_the_needles_come_out() -> None:
    """E01: with a third room and three at a time 9:30 fits; 9:45 meets the first's removal."""
    clinic = with_person(rooms("n1", "n2", "l1"), "lam", seats=(901, 902, 903))
    diary = Diary(clinic)
    for time in ("09:00", "09:15", "09:30"):
        diary.book(followup(clinic), at(f"2026-11-24 {time}"))
    with pytest.raises(SlotTaken):
        diary.book(followup(clinic), at("2026-11-24 09:45"))
    hands = [(s % 1440, e % 1440) for _, r, s, e in diary.rows if r == clinic.practitioner["lam"].hands]
    assert sorted(hands) == [(540, 555), (555, 570), (570, 585), (585, 600), (600, 615), (615, 630)]


def test_e01_a_fourth_room_does_not_help_at_9_45() -> None:
    """E01: at 9:45 it is the hands that are missing, not the room."""
    fourth = Room("n4", "", frozenset({"needle"}), 999)
    clinic = rooms("n1", "n2", "l1")
    clinic = with_person(replace(clinic, rooms=(*clinic.rooms, fourth)), "lam", seats=tuple(range(901, 906)))
    diary = Diary(clinic)
    for time in ("09:00", "09:15", "09:30"):
        diary.book(followup(clinic), at(f"2026-11-24 {time}"))
    with pytest.raises(SlotTaken):
        diary.book(followup(clinic), at("2026-11-24 09:45"))


def test_e03_the_next_visit_starts_when_the_reset_ends() -> None:
    """E03: the one room is busy to 10:05; the next visit may start then, not a cell earlier."""
    clinic = rooms("n1")
    diary = Diary(clinic)
    diary.book(followup(clinic), at("2026-11-24 09:00"))
    assert diary.times(followup(clinic), TUESDAY)["lam"][0] == "10:05"


def test_e04_a_reset_of_the_room_leaves_the_practitioner_free() -> None:
    """E04: after needles (room only) the practitioner starts at once in the other room."""
    clinic = rooms("n1", "n2")
    diary = Diary(clinic)
    diary.book(followup(clinic), at("2026-11-24 09:00"))
    found = diary.times(followup(clinic), TUESDAY)["lam"]
    assert "10:00" in found


def test_e04_a_reset_of_the_massage_holds_both() -> None:
    """E04: after a massage with 15 minutes of reset neither Kim nor the room is free before 10:15."""
    clinic = rooms("m1", "m2")
    diary = Diary(clinic)
    diary.book(ask_for(clinic, "rmt-60", "kim"), at("2026-11-24 09:00"))
    assert diary.times(ask_for(clinic, "rmt-30", "kim"), TUESDAY)["kim"][0] == "10:15"
    one_room = Diary(rooms("m1"))
    one_room.book(ask_for(clinic, "rmt-60", "kim"), at("2026-11-24 13:00"))
    assert one_room.times(ask_for(clinic, "rmt-30", "tremblay"), TUESDAY)["tremblay"][0] == "14:15"


@pytest.mark.parametrize(("minutes", "offered"), [(25, True), (30, False)])
def test_e05_a_visit_fits_into_a_rest_with_all_its_hands_on_minutes(minutes: int, offered: bool) -> None:
    """E05: in a rest of 30 minutes a laser visit of 25 with 5 of reset fits, one of 30 does not."""
    clinic = sample()
    laser = clinic.service["laser-30"].shape
    ask = Ask("laser", replace(laser, steps=(Step(minutes, hands_on=True),)), practitioners=("lam",))
    diary = Diary(clinic)
    diary.book(followup(clinic), at("2026-11-24 09:00"))
    assert ("09:15" in diary.times(ask, TUESDAY)["lam"]) is offered


def test_e06_rest_needs_the_practitioner_in_the_house() -> None:
    """E06: an on-site admin block (hands) fits into the rest, an off-site one (seats too) does not."""
    clinic, nine = sample(), "09:00"
    lam = clinic.practitioner["lam"]
    on_site, off_site = Diary(clinic), Diary(clinic)
    stretch = at("2026-11-24 09:15"), at("2026-11-24 09:45")
    on_site.block((lam.hands,), *stretch)
    off_site.block((lam.hands, *lam.seats), *stretch)
    assert nine in on_site.times(followup(clinic), TUESDAY)["lam"]
    assert off_site.times(followup(clinic), TUESDAY)["lam"][0] == "09:45"


def test_e06_the_shift_binds_the_rest_too() -> None:
    """E06: the last follow-up of a shift that ends at 17:00 starts at 16:00."""
    assert Diary(sample()).times(followup(sample()), TUESDAY)["lam"][-1] == "16:00"


def test_e07_no_third_patient_at_once() -> None:
    """E07: with two seats a third overlapping visit is refused though a third room is free."""
    clinic = rooms("n1", "n2", "l1")
    diary = Diary(clinic)
    diary.book(followup(clinic), at("2026-11-24 09:00"))
    diary.book(followup(clinic), at("2026-11-24 09:15"))
    with pytest.raises(SlotTaken):
        diary.book(followup(clinic), at("2026-11-24 09:30"))
    assert diary.times(followup(clinic), TUESDAY)["lam"][0] == "10:15"


def test_e08_the_reset_may_run_past_closing_by_policy() -> None:
    """E08: the last 60-minute massage ends at closing, or 15 minutes before where the reset may not."""
    clinic = sample()
    strict = replace(clinic, policy=replace(clinic.policy, reset_may_run_past_closing=False))
    ask = ask_for(clinic, "rmt-60", "tremblay")
    assert Diary(clinic).times(ask, TUESDAY, GRID)["tremblay"][-1] == "18:00"
    assert Diary(strict).times(ask, TUESDAY, GRID)["tremblay"][-1] == "17:45"


def test_e08_without_the_policy_the_reset_lies_within_the_shift_too() -> None:
    """E08: Kim's shift ends at 15:00, hours before closing; her reset must end by then."""
    strict = replace(sample(), policy=replace(sample().policy, reset_may_run_past_closing=False))
    assert Diary(sample()).times(ask_for(sample(), "rmt-60", "kim"), TUESDAY, GRID)["kim"][-1] == "14:00"
    assert Diary(strict).times(ask_for(strict, "rmt-60", "kim"), TUESDAY, GRID)["kim"][-1] == "13:45"


def test_e08_a_reset_of_the_practitioner_never_meets_a_break() -> None:
    """E08: before the 12:15 break the 60-minute massage starts at 11:00 at the latest."""
    found = Diary(sample()).times(ask_for(sample(), "rmt-60", "kim"), TUESDAY)["kim"]
    assert [t for t in found if t < "12:45"][-1] == "11:00"


def test_e08_a_reset_of_the_room_alone_may_meet_the_break() -> None:
    """E08: a follow-up with needles ends as Lam's 13:00 break begins; the room's reset runs into it."""
    found = Diary(sample()).times(followup(sample()), TUESDAY)["lam"]
    assert [t for t in found if t < "13:30"][-1] == "12:00"


def test_e08_a_reset_of_the_practitioner_never_meets_a_block() -> None:
    """E08: before an admin block at 10:15 the 60-minute massage starts at 9:00 at the latest."""
    diary = Diary(sample())
    kim = sample().practitioner["kim"]
    diary.block((kim.hands,), at("2026-11-24 10:15"), at("2026-11-24 10:30"))
    found = diary.times(ask_for(sample(), "rmt-60", "kim"), TUESDAY)["kim"]
    assert [t for t in found if t < "10:30"] == ["09:00"]


def test_e09_sunday_closes_at_three() -> None:
    """E09: on Sunday a 60-minute visit starts at 14:00 at the latest, 14:15 is refused."""
    found = Diary(sample()).times(ask_for(sample(), "rmt-60", "ahmadi"), SUNDAY, GRID)["ahmadi"]
    assert found[-1] == "14:00"


def test_e09_no_visit_spans_midnight() -> None:
    """E09: a clinic that never closes still offers 23:00 as the last 60-minute start of a day."""
    always = dict.fromkeys(range(7), ((0, 1440),))
    clinic = with_person(replace(sample(), hours=always), "kim", shifts=always, breaks={})
    found = Diary(clinic).times(ask_for(clinic, "rmt-60", "kim"), TUESDAY)["kim"]
    assert (found[0], found[-1]) == ("00:00", "23:00")


def test_e09_a_reset_may_run_past_midnight_and_meets_what_is_there() -> None:
    """E03, E09: a reset over midnight is refused where the next day's first claim begins."""
    always = dict.fromkeys(range(7), ((0, 1440),))
    clinic = with_person(replace(sample(), hours=always), "kim", shifts=always, breaks={})
    ask, diary = ask_for(clinic, "rmt-60", "kim"), Diary(clinic)
    diary.block((clinic.practitioner["kim"].hands,), at("2026-11-25 00:05"), at("2026-11-25 01:00"))
    assert diary.times(ask, TUESDAY)["kim"][-1] == "22:50"
    early = with_person(clinic, "kim", breaks={2: spans("00:10-00:30")})
    assert Diary(early).times(ask, TUESDAY)["kim"][-1] == "22:55"


def test_e09_a_reset_longer_than_two_hours_ends_two_hours_after_midnight() -> None:
    """E09: nobody looks further than 2:00 of the next day, for one day as for a week."""
    always = dict.fromkeys(range(7), ((0, 1440),))
    clinic = with_person(replace(sample(), hours=always), "kim", shifts=always, breaks={})
    ask = Ask("massage", Shape((Step(60, hands_on=True),), Reset(180, frozenset({"room"}))))
    assert Diary(clinic).times(ask, TUESDAY)["kim"][-1] == "22:00"
    busy = Diary(clinic).busy(TUESDAY, 3)
    week = slots.starts(clinic, ask, busy, STAFF)["kim"]
    assert [(week & busy.window.day_mask(i)).bit_length() - 1 for i in range(3)] == [264, 552, 840]


@pytest.mark.parametrize("missing", ["practitioner", "room", "laser", "eyewear"])
def test_e10_a_laser_visit_needs_everything_at_once(missing: str) -> None:
    """E10: take away the licensed person, the room, the laser or the eyewear: no start is left."""
    clinic = sample()
    ask = ask_for(clinic, "laser-45")
    assert Diary(clinic).times(ask, TUESDAY, GRID)["lam"][0] == "09:00"
    laser, eyewear = clinic.devices
    without = {
        "practitioner": with_person(clinic, "lam", kinds=frozenset({"needle"})),
        "room": rooms("n1", "n2", "m1", "m2"),
        "laser": replace(clinic, devices=(eyewear,)),
        "eyewear": replace(clinic, devices=(laser, replace(eyewear, units=eyewear.units[:1]))),
    }[missing]
    assert not any(Diary(without).times(ask, TUESDAY).values())


def test_e10_a_tied_laser_serves_only_in_its_room() -> None:
    """E10: a second laser room without a laser of its own takes no laser visit."""
    clinic = rooms("l1")
    bare = Room("l0", "", frozenset({"laser"}), 998)
    clinic = replace(clinic, rooms=(bare, *clinic.rooms))
    assert Diary(clinic).book(ask_for(clinic, "laser-45"), at("2026-11-24 10:00")).room == "l1"


def test_a_visit_claims_what_its_shape_says() -> None:
    """D3: hands for the hands-on steps and the reset, a seat without it, the room and devices with it."""
    clinic = sample()
    placed = Diary(clinic).book(ask_for(clinic, "laser-45", companion=True), at("2026-11-24 10:00"))
    lam, ten = clinic.practitioner["lam"], 14_147_160
    laser, eyewear = clinic.devices
    assert placed.room == "l1"
    assert set(placed.claims) == {
        (lam.hands, ten, ten + 50),
        (lam.seats[0], ten, ten + 45),
        (clinic.room["l1"].resource, ten, ten + 50),
        (laser.units[0], ten, ten + 50),
        *((unit, ten, ten + 50) for unit in eyewear.units),
    }


def test_steps_are_hands_on_and_rest_by_turns() -> None:
    """Minutes of the set-up alternate; a zero leaves its step out and keeps the turn."""
    assert steps_from_minutes((15, 30, 15)) == (Step(15, True), Step(30, False), Step(15, True))
    assert steps_from_minutes((0, 20, 10)) == (Step(20, False), Step(10, True))
    shape = Shape(steps_from_minutes((30, 0, 15)), Reset(5, frozenset({"practitioner"})))
    assert shape.hands == ((0, 50),)
