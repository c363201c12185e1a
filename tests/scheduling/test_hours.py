"""Opening hours, holidays, closures, shifts and breaks (E39-E41, E44, T4, T10, T11)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from booking.scheduling import hours, slots
from booking.scheduling.clinic import Clinic, Closure, Practitioner, Spans
from booking.scheduling.rules import STAFF, Limits
from booking.scheduling.slots import Ask, Busy
from booking.scheduling.timeline import Window, minute_of
from booking.scheduling.visit import Reset, Shape, Step
from tests.scheduling.calendar_fixture import DAYS, HOLIDAYS
from tests.scheduling.diary import Diary
from tests.scheduling.sample import ask_for, sample, spans

DST_2025 = ((3, 8), (3, 9), (11, 2))
HOUR = Ask("massage", Shape((Step(60, hands_on=True),)))


def with_person(clinic: Clinic, code: str, **changes: object) -> Clinic:
    """Return the clinic with one practitioner changed."""
    changed = replace(clinic.practitioner[code], **changes)
    return replace(
        clinic, practitioners=tuple(changed if p.code == code else p for p in clinic.practitioners)
    )


def alone(clinic: Clinic, code: str = "kim") -> Clinic:
    """Return the clinic with one practitioner, who is there whenever it may be open."""
    person = clinic.practitioner[code]
    always = dict.fromkeys(range(7), ((0, 1440),))
    return replace(clinic, practitioners=(replace(person, shifts=always, breaks={}),))


def times(clinic: Clinic, service: str, who: str, on: str) -> list[str]:
    return Diary(clinic).times(ask_for(clinic, service, who), date.fromisoformat(on))[who]


@pytest.mark.parametrize("year", [2026, 2027, 2028, 2029, 2030])
def test_e39_the_eleven_statutory_days(year: int) -> None:
    """E39: the eleven days of each year are those of the calendar, on the day itself."""
    expected = {on: name for on, name in HOLIDAYS.items() if on.year == year}
    assert hours.bc_statutory_holidays(year) == expected
    assert len(expected) == len(DAYS[year].split()) == 11


@pytest.mark.parametrize("on", sorted(HOLIDAYS))
def test_e39_the_clinic_is_closed_on_a_statutory_day(on: date) -> None:
    """E39: nothing is open and no start exists on any of them."""
    clinic = alone(sample())
    assert hours.opening(clinic, on) == ()
    assert Diary(clinic).times(HOUR, on) == {"kim": []}
    assert hours.holiday(clinic, on) == HOLIDAYS[on]


@pytest.mark.parametrize(
    ("on", "first"),
    [("2027-12-26", 540), ("2028-12-26", 540), ("2026-04-06", 540), ("2028-04-17", 540), ("2027-12-27", 540)],
)
def test_e39_e40_days_that_are_not_statutory_are_open(on: str, first: int) -> None:
    """E39, E40: Boxing Day, Easter Monday and Monday 27 December 2027 are open unless listed."""
    assert hours.opening(sample(), date.fromisoformat(on))[0][0] == first


def test_e40_christmas_on_a_saturday_has_no_second_day() -> None:
    """E40: Christmas 2027, a Saturday, is closed; the Monday after is open 9 to 19."""
    assert hours.opening(sample(), date(2027, 12, 25)) == ()
    assert hours.opening(sample(), date(2027, 12, 27)) == ((540, 1140),)


def test_e39_listed_closures_close() -> None:
    """E39: Boxing Day 2026 and Easter Monday 2027 are closed because they are listed."""
    assert hours.opening(sample(), date(2026, 12, 26)) == ()
    assert hours.opening(sample(), date(2027, 3, 29)) == ()
    assert hours.opening(sample(), date(2026, 12, 24)) == ((540, 900),)


def test_e41_a_holiday_can_be_opened_with_reduced_hours() -> None:
    """E41: a closure entry with hours opens Canada Day from 10 to 13 and no longer."""
    canada_day = date(2027, 7, 1)
    clinic = alone(sample())
    clinic = replace(clinic, closures={canada_day: Closure(spans("10:00-13:00"), "Open day")})
    assert hours.holiday(clinic, canada_day) is None
    found = Diary(clinic).times(HOUR, canada_day, Limits(None, None, on_grid=True))["kim"]
    assert (found[0], found[-1], len(found)) == ("10:00", "12:00", 9)


def test_holidays_can_be_worked_by_policy() -> None:
    """E39: a clinic that does not close on statutory days is open on them."""
    clinic = replace(sample(), closed_on_bc_statutory=False)
    assert hours.opening(clinic, date(2026, 12, 25)) == ((540, 1140),)


def test_e44_an_exception_beats_the_week() -> None:
    """E44: Kim works this Thursday only, and her Friday is short."""
    clinic = with_person(
        sample(),
        "kim",
        shift_exceptions={date(2026, 11, 26): spans("10:00-12:00"), date(2026, 11, 27): ()},
    )
    assert times(clinic, "rmt-60", "kim", "2026-11-26") == [
        f"{m // 60}:{m % 60:02}" for m in range(600, 661, 5)
    ]
    assert times(clinic, "rmt-60", "kim", "2026-11-27") == []
    assert times(clinic, "rmt-60", "kim", "2026-12-03") == []
    assert times(clinic, "rmt-60", "kim", "2026-12-04")[0] == "09:00"


def test_e44_a_closure_beats_the_exception() -> None:
    """E44: an exception cannot reach outside the hours of a closed or shortened day."""
    long_day = {date(2026, 12, 26): spans("09:00-17:00"), date(2026, 12, 24): spans("08:00-20:00")}
    clinic = with_person(sample(), "kim", shift_exceptions=long_day, breaks={})
    assert times(clinic, "rmt-60", "kim", "2026-12-26") == []
    found = times(clinic, "rmt-60", "kim", "2026-12-24")
    assert (found[0], found[-1]) == ("09:00", "14:00")


def test_the_week_of_the_sample_in_starts() -> None:
    """E09: the first and last 60-minute massage of each practitioner's Monday to Sunday."""
    ask = ask_for(sample(), "rmt-60")
    monday = date(2026, 11, 23)
    found = {}
    for i in range(7):
        on = monday + timedelta(days=i)
        for code, starts in Diary(sample()).times(ask, on, Limits(None, None, on_grid=True)).items():
            if starts:
                found[f"{on:%a} {code}"] = (starts[0], starts[-1], len(starts))
    morning, afternoon = ("09:00", "14:00", 15), ("13:00", "18:00", 15)
    assert found == {
        **dict.fromkeys(("Mon kim", "Tue kim", "Wed kim", "Fri kim"), morning),
        **dict.fromkeys(("Thu ahmadi", "Sun ahmadi", "Sat tremblay"), morning),
        **dict.fromkeys(("Mon tremblay", "Tue tremblay", "Thu tremblay"), afternoon),
        **dict.fromkeys(("Wed ahmadi", "Fri ahmadi", "Sat ahmadi"), afternoon),
    }


def test_a_break_outside_a_shortened_day_is_ignored() -> None:
    """Contract: where the closure ends at 12:15, the 12:15 break does not bind the reset."""
    closure = {date(2026, 11, 24): Closure(spans("09:00-12:15"), "Half day")}
    clinic = replace(sample(), closures=closure)
    assert times(clinic, "rmt-60", "kim", "2026-11-24")[-1] == "11:15"
    assert times(clinic, "rmt-60", "kim", "2026-11-23")[-1] == "14:00"


def test_a_break_after_an_exceptional_shift_is_ignored() -> None:
    """E44: on the one day that Kim goes home at 12:15, her weekly break does not bind the reset."""
    clinic = with_person(sample(), "kim", shift_exceptions={date(2026, 11, 24): spans("09:00-12:15")})
    assert times(clinic, "rmt-60", "kim", "2026-11-24")[-1] == "11:15"


def test_a_break_between_the_hours_of_a_closure_is_ignored() -> None:
    """Contract: on a day open 9-12 and 13-15 by exception, a break at 12:15 does not bind the reset."""
    closure = {date(2026, 11, 24): Closure(spans(["09:00-12:00", "13:00-15:00"]), "Power cut")}
    clinic = with_person(replace(sample(), closures=closure), "kim", shifts={1: spans("09:00-15:00")})
    assert [t for t in times(clinic, "rmt-60", "kim", "2026-11-24") if t < "12:00"][-1] == "11:00"
    long_reset = Ask(
        "massage", Shape((Step(60, True),), Reset(30, frozenset({"practitioner"}))), False, ("kim",)
    )
    found = Diary(clinic).times(long_reset, date(2026, 11, 24))["kim"]
    assert [t for t in found if t < "12:00"][-1] == "11:00"


def test_cells_of_a_clock_change_are_not_open() -> None:
    """E36: open all day, a clinic has 23 hours of cells where an hour is skipped or comes twice."""
    clinic = replace(sample(), zone="America/Los_Angeles", hours=dict.fromkeys(range(7), ((0, 1440),)))
    found = [hours.open_cells(clinic, date(2025, month, day)).bit_count() for month, day in DST_2025]
    assert found == [288, 276, 276]


def test_a_break_between_two_shifts_binds_the_reset() -> None:
    """E08: a lunch break between two shifts is kept free of a reset that holds the practitioner."""
    tuesday: dict[int, Spans] = {1: (*spans("09:00-12:00"), *spans("13:00-17:00"))}
    lunch = {1: spans("12:00-13:00")}
    split = with_person(sample(), "kim", shifts=tuesday, breaks={})
    clinic = with_person(sample(), "kim", shifts=tuesday, breaks=lunch)
    before_one = [t for t in times(split, "rmt-60", "kim", "2026-11-24") if t < "12:30"]
    assert before_one[-1] == "11:00"
    before_one = [t for t in times(clinic, "rmt-60", "kim", "2026-11-24") if t < "12:30"]
    assert before_one[-1] == "10:45"


def test_a_visit_lies_in_one_shift() -> None:
    """A visit does not run from one shift into the next, even where they touch."""
    touching = {1: (*spans("09:00-12:00"), *spans("12:00-15:00"))}
    clinic = with_person(sample(), "kim", shifts=touching, breaks={})
    found = times(clinic, "rmt-60", "kim", "2026-11-24")
    assert "11:00" in found
    assert [t for t in found if "11:00" < t < "12:00"] == []
    assert "12:00" in found


def test_t4_every_day_of_eleven_years() -> None:
    """T4: with holidays and closures off, ten hours Monday to Saturday and six on Sunday, always."""
    clinic = replace(alone(sample()), closed_on_bc_statutory=False, closures={})
    day, last = date(2026, 1, 1), date(2036, 12, 31)
    while day <= last:
        window = Window(day, min(366, (last - day).days + 1))
        busy = Busy.empty(window)
        found = slots.starts(clinic, HOUR, busy, Limits(None, None, on_grid=True))["kim"]
        for i, on in enumerate(window.dates()):
            is_sunday = on.isoweekday() == 7
            assert hours.open_cells(clinic, on).bit_count() * 5 == (360 if is_sunday else 600)
            assert (found & window.day_mask(i)).bit_count() == (21 if is_sunday else 37)
        day += timedelta(days=window.days)


def test_t4_nothing_is_offered_in_the_past() -> None:
    """T4: whatever the minute is now, no earlier start is offered."""
    clinic, window = alone(sample()), Window(date(2026, 11, 24), 1)
    for minute in range(0, 1440, 7):
        now = minute_of(datetime(2026, 11, 24)) + minute
        found = slots.starts(clinic, HOUR, Busy.empty(window), Limits(now, None, on_grid=True))
        assert all(start >= now for start in slots.each_start(found["kim"], window))


@pytest.mark.parametrize(
    ("on", "first", "last", "count"),
    [
        ("2028-02-28", "09:00", "18:00", 37),
        ("2028-02-29", "09:00", "18:00", 37),
        ("2028-03-01", "09:00", "18:00", 37),
        ("2026-12-30", "09:00", "18:00", 37),
        ("2026-12-31", "09:00", "14:00", 21),
        ("2027-01-02", "09:00", "18:00", 37),
        ("2027-01-03", "09:00", "14:00", 21),
    ],
)
def test_t10_leap_day_year_end_and_week_53(on: str, first: str, last: str, count: int) -> None:
    """T10, E38: the leap day is a Tuesday like others; week 53 runs over the year's end."""
    found = Diary(alone(sample())).times(HOUR, date.fromisoformat(on), Limits(None, None, on_grid=True))
    assert (found["kim"][0], found["kim"][-1], len(found["kim"])) == (first, last, count)


def test_t10_a_window_over_the_year_end_is_its_days() -> None:
    """T10: one window from 30 December to 3 January offers what its days offer one by one."""
    clinic, first = alone(sample()), date(2026, 12, 30)
    window = Window(first, 5)
    together = slots.starts(clinic, HOUR, Busy.empty(window), STAFF)["kim"]
    single = [
        minute
        for on in window.dates()
        for minute in slots.each_start(
            slots.starts(clinic, HOUR, Busy.empty(Window(on, 1)), STAFF)["kim"], Window(on, 1)
        )
    ]
    assert list(slots.each_start(together, window)) == single
    assert len(single) == 340


def test_a_person_without_a_shift_has_no_breaks() -> None:
    """A day off has no break that could bind anybody."""
    kim: Practitioner = sample().practitioner["kim"]
    kim = replace(kim, breaks=dict.fromkeys(range(7), spans("12:15-12:45")))
    assert hours.break_cells(sample(), kim, date(2026, 11, 26)) == 0
    assert hours.break_cells(sample(), kim, date(2026, 11, 24)).bit_count() == 6
