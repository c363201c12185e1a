"""Who and where: fair, deterministic, and never two hands-on steps at once (E02, E12, E17, E18)."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest

from booking.scheduling import assign, slots
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import SlotTaken
from booking.scheduling.rules import STAFF
from booking.scheduling.slots import Ask, Busy
from booking.scheduling.timeline import Window, minute_of
from booking.scheduling.visit import steps_from_minutes
from tests.scheduling.diary import Diary, at
from tests.scheduling.sample import ask_for, sample
from tests.scheduling.test_hours import with_person

TUESDAY = date(2026, 11, 24)
RMTS = ["kim", "tremblay", "ahmadi"]


def chosen(on: datetime, *rows: tuple[int, int, int], among: list[str] | None = None) -> str:
    minute, window = minute_of(on), Window(on.date(), 1)
    busy = Busy.from_rows(window, [(r, minute + s, minute + e, None) for r, s, e in rows])
    return assign.choose(sample(), ask_for(sample(), "rmt-60"), minute, busy, among or RMTS)


def test_e18_anyone_is_who_has_the_least_to_do_that_day() -> None:
    """E18: the fewest claimed hands minutes of the day win, wherever in the day they lie."""
    kim, tremblay, ahmadi = (sample().practitioner[code].hands for code in RMTS)
    nine = at("2026-11-24 09:00")
    assert chosen(nine, (kim, 60, 75), (tremblay, -60, -50), (ahmadi, 300, 320)) == "tremblay"
    assert chosen(nine, (kim, 60, 65), (tremblay, -60, -50), (ahmadi, 300, 320)) == "kim"
    assert chosen(nine, (kim, 60, 65), (tremblay, 1440, 1500), (ahmadi, 300, 320)) == "tremblay"


def test_e18_only_the_day_of_the_visit_counts() -> None:
    """E18: in a window of a week, what is booked on other days does not weigh."""
    kim, tremblay = (sample().practitioner[code].hands for code in RMTS[:2])
    window, day = Window(date(2026, 11, 23), 7), minute_of(at("2026-11-24 00:00"))
    rows = [(kim, day - 900, day - 400, None), (kim, day + 1500, day + 1900, None)]
    busy = Busy.from_rows(window, [*rows, (tremblay, day + 900, day + 905, None)])
    ask = ask_for(sample(), "rmt-60")
    assert assign.choose(sample(), ask, day + 540, busy, ["tremblay", "kim"]) == "kim"


def test_e18_ties_take_turns_by_the_date() -> None:
    """E18: with nothing booked, the three take turns from day to day, and the same day says the same."""
    days = [at("2026-11-24 09:00") + timedelta(days=i) for i in range(6)]
    assert [chosen(day) for day in days] == ["kim", "tremblay", "ahmadi", "kim", "tremblay", "ahmadi"]
    assert chosen(days[0]) == chosen(days[0] + timedelta(hours=5)) == "kim"


def test_e18_the_order_of_the_question_does_not_matter() -> None:
    """E18: set-up order decides, not the order in which names come in; one name is that one."""
    nine = at("2026-11-24 09:00")
    assert chosen(nine, among=["ahmadi", "kim", "tremblay"]) == chosen(nine)
    assert chosen(nine, among=["ahmadi"]) == "ahmadi"


def test_e18_a_week_for_anyone_is_spread() -> None:
    """E18: three visits for anyone on one day go to three different people."""
    always = dict.fromkeys(range(7), ((540, 1140),))
    clinic = sample()
    for code in RMTS:
        clinic = with_person(clinic, code, shifts=always, breaks={})
    diary = Diary(clinic)
    for time in ("09:00", "11:00", "13:00", "15:00", "17:00", "10:15"):
        diary.book(ask_for(clinic, "rmt-60"), at(f"2026-11-24 {time}"))
    shares = Counter(placed.practitioner for _, placed, _ in diary.visits.values())
    assert shares == {"kim": 2, "tremblay": 2, "ahmadi": 2}


def test_e12_the_laser_room_is_the_last_for_needles() -> None:
    """E12: needle visits fill both needle rooms first, then the laser room."""
    clinic = with_person(sample(), "lam", seats=(901, 902, 903))
    diary, ask = Diary(clinic), ask_for(clinic, "needle-followup", "lam")
    taken = [diary.book(ask, at(f"2026-11-24 {time}")).room for time in ("10:00", "10:15", "10:30")]
    assert taken == ["n1", "n2", "l1"]


def test_e12_the_order_of_the_set_up_does_not_make_the_laser_room_first() -> None:
    """E12: listed first, the laser room is still the last choice for needles."""
    clinic = replace(sample(), rooms=tuple(reversed(sample().rooms)))
    placed = Diary(clinic).book(ask_for(clinic, "needle-followup"), at("2026-11-24 10:00"))
    assert placed.room == "n2"


@pytest.mark.parametrize(
    ("service", "codes"),
    [
        ("needle-followup", ["lam", "sandhu"]),
        ("laser-45", ["lam", "sandhu"]),
        ("rmt-60", ["kim", "tremblay", "ahmadi"]),
    ],
)
def test_e17_only_who_is_licensed_is_ever_found(service: str, codes: list[str]) -> None:
    """E17, L30: the engine knows only practitioners of the kind, whatever was asked for."""
    clinic, window = sample(), Window(TUESDAY, 7)
    found = slots.starts(clinic, ask_for(clinic, service), Busy.empty(window), STAFF)
    assert list(found) == codes
    wrong = ask_for(clinic, service, "lam" if "kim" in codes else "kim")
    assert slots.starts(clinic, wrong, Busy.empty(window), STAFF) == {}


@pytest.mark.parametrize(("on", "count"), [("2026-11-24", 61), ("2026-11-25", 0)])
def test_l30_a_licence_ends_with_its_last_day(on: str, count: int) -> None:
    """L30: on the last day of the licence everything is offered, the day after nothing."""
    clinic = with_person(sample(), "kim", breaks={}, licence_valid_until=TUESDAY)
    shortened = Diary(clinic).times(ask_for(clinic, "rmt-60", "kim"), date.fromisoformat(on))
    assert len(shortened["kim"]) == count


def test_what_matters_to_a_visit_is_read_and_nothing_else() -> None:
    """G1: a massage by Kim looks at her hands and seat and the massage rooms alone."""
    clinic = sample()
    kim, lam = clinic.practitioner["kim"], clinic.practitioner["lam"]
    laser, eyewear = clinic.devices
    rooms = {code: clinic.room[code].resource for code in clinic.room}
    assert slots.resources(clinic, ask_for(clinic, "rmt-60", "kim")) == tuple(
        sorted((kim.hands, *kim.seats, rooms["m1"], rooms["m2"]))
    )
    assert slots.resources(clinic, ask_for(clinic, "laser-30", "lam")) == tuple(
        sorted((lam.hands, *lam.seats, rooms["l1"], *laser.units, *eyewear.units))
    )


def test_a_start_that_is_gone_is_not_placed() -> None:
    """A placement without a free room says that the time has just been taken."""
    clinic = sample()
    window = Window(TUESDAY, 1)
    full = Busy(window, {room.resource: window.known for room in clinic.rooms})
    with pytest.raises(SlotTaken):
        assign.place(clinic, ask_for(clinic, "rmt-60"), "kim", minute_of(at("2026-11-24 09:00")), full)


def hands_on(diary: Diary) -> list[tuple[str, int, int]]:
    """Return every hands-on stretch of every visit, from its steps and not from its claims."""
    found = []
    for ask, placed, minute in diary.visits.values():
        at_minute = minute
        for step in ask.shape.steps:
            if step.hands_on:
                found.append((placed.practitioner, at_minute, at_minute + step.minutes))
            at_minute += step.minutes
    return sorted(found)


def longer(ask: Ask) -> Ask:
    """Return the visit with a last hands-on step of five minutes more."""
    extra = (*ask.shape.steps, *steps_from_minutes((5,)))
    return replace(ask, shape=replace(ask.shape, steps=extra))


def change(rng: Random, clinic: Clinic, diary: Diary) -> None:
    """Book, move, extend, swap the practitioner of, or cancel a visit."""
    start = at("2026-11-24 09:00") + timedelta(minutes=5 * rng.randrange(120))
    verb = rng.choice(("book", "book", "move", "extend", "swap", "cancel")) if diary.visits else "book"
    if verb == "book":
        service = rng.choice([s.code for s in clinic.services])
        diary.book(ask_for(clinic, service, companion=rng.random() < 0.3), start)
        return
    owner = rng.choice(sorted(diary.visits))
    ask, placed, minute = diary.visits[owner]
    same = at("2026-11-24 00:00") + timedelta(minutes=minute - minute_of(at("2026-11-24 00:00")))
    if verb == "cancel":
        diary.remove(owner)
    elif verb == "move":
        diary.book(ask, start, replaces=owner)
    elif verb == "extend":
        diary.book(longer(replace(ask, practitioners=(placed.practitioner,))), same, replaces=owner)
    else:
        diary.book(replace(ask, practitioners=(rng.choice(RMTS + ["lam", "sandhu"]),)), same, replaces=owner)


@pytest.mark.parametrize("seed", range(12))
def test_e02_hands_on_steps_never_overlap_whatever_is_done(seed: int) -> None:
    """E02: over random books, moves, extensions, swaps and cancels no practitioner has two at once."""
    always = dict.fromkeys(range(7), ((540, 1140),))
    clinic, rng = sample(), Random(seed)
    for person in clinic.practitioners:
        clinic = with_person(clinic, person.code, shifts=always, breaks={})
    diary, refused = Diary(clinic), 0
    for _ in range(60):
        before = [list(row) for row in diary.rows]
        try:
            change(rng, clinic, diary)
        except SlotTaken:
            refused += 1
            assert diary.rows == before
        stretches = hands_on(diary)
        pairs = zip(stretches, stretches[1:], strict=False)
        assert all(a[0] != b[0] or a[2] <= b[1] for a, b in pairs)
        assert diary.overlaps() == []
    assert 0 < refused < 60
