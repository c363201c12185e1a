"""Lead time, horizon, grid, windows for patients, first visits (E37, E38, E45, E49, E50, T12)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from booking.scheduling import rules, slots
from booking.scheduling.errors import Invalid
from booking.scheduling.rules import STAFF, Limits
from booking.scheduling.slots import Ask, Busy
from booking.scheduling.timeline import Window, minute_of
from booking.scheduling.visit import Shape, Step
from booking.scheduling.zone import to_wall
from tests.scheduling.diary import Diary, at
from tests.scheduling.sample import ask_for, sample
from tests.scheduling.test_hours import with_person

TUESDAY = date(2026, 11, 24)


def offered(now: str, on: str, service: str = "rmt-60", who: str = "tremblay") -> list[str]:
    limits = rules.online_limits(sample(), at(now))
    return Diary(sample()).times(ask_for(sample(), service, who), date.fromisoformat(on), limits)[who]


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ("2026-11-24 13:00", "15:00"),
        ("2026-11-24 12:30:01", "14:45"),
        ("2026-11-24 12:59:59", "15:00"),
        ("2026-11-24 12:31", "14:45"),
        ("2026-11-24 13:15", "16:45"),
        ("2026-11-24 14:59", "17:00"),
        ("2026-11-24 16:00", "18:00"),
        ("2026-11-24 16:00:00.000001", None),
        ("2026-11-23 23:59", "13:00"),
        ("2026-11-24 18:30", None),
    ],
)
def test_e45_t12_the_first_start_is_now_plus_lead_rounded_up(now: str, first: str | None) -> None:
    """E45, T12: exactly now + 2 h is bookable; a second later it is the next quarter of an hour."""
    assert next(iter(offered(now, "2026-11-24")), None) == first


def test_e45_an_hour_later_the_early_starts_are_gone() -> None:
    """E45: what a page showed an hour ago is not offered any more, and nothing lies in the past."""
    before, after = offered("2026-11-24 11:00", "2026-11-24"), offered("2026-11-24 12:00", "2026-11-24")
    assert before[0] == "13:00"
    assert after == [time for time in before if time >= "14:00"]


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2026-11-24 00:00", "2027-02-22"),
        ("2026-11-24 23:59:59", "2027-02-22"),
        ("2026-11-25 00:00", "2027-02-23"),
        ("2027-12-01 12:00", "2028-02-29"),
        ("2027-11-30 12:00", "2028-02-28"),
        ("2026-12-03 12:00", "2027-03-03"),
    ],
)
def test_e38_t12_the_last_day_is_today_plus_horizon_whole(now: str, last: str) -> None:
    """E38, T12: 90 days ahead is the same date whatever the time of day, leap days included."""
    limits = rules.online_limits(sample(), at(now))
    assert limits.last_on == date.fromisoformat(last)


def test_e38_the_last_day_is_offered_to_its_end_and_the_next_not_at_all() -> None:
    """E38: at noon on 24 November, 22 February ends with 18:00, and 23 February has nothing."""
    assert offered("2026-11-24 12:00", "2027-02-22")[-1] == "18:00"
    assert offered("2026-11-24 12:00", "2027-02-23") == []
    assert offered("2026-11-25 00:00", "2027-02-23")[-1] == "18:00"


@pytest.mark.parametrize(("grid", "count"), [(5, 7), (10, 4), (15, 3), (30, 2), (60, 1)])
def test_online_starts_lie_on_the_grid_of_the_day(grid: int, count: int) -> None:
    """T12: between 13:00 and 13:30 there are as many starts as the grid has points; staff have all."""
    clinic = with_person(replace(sample(), grid_minutes=grid), "tremblay", breaks={})
    ask = ask_for(clinic, "rmt-30", "tremblay")
    online = Diary(clinic).times(ask, TUESDAY, Limits(None, None, on_grid=True))["tremblay"]
    assert len([t for t in online if t <= "13:30"]) == count
    assert len([t for t in Diary(clinic).times(ask, TUESDAY, STAFF)["tremblay"] if t <= "13:30"]) == 7


def test_the_lead_is_counted_in_elapsed_hours_over_a_clock_change() -> None:
    """E36, E45: two hours after 1:00, when the clocks skip an hour, it is 4:00."""
    clinic = replace(sample(), zone="America/Los_Angeles")
    limits = rules.online_limits(clinic, at("2025-03-09 01:00"))
    assert limits.earliest == minute_of(at("2025-03-09 04:00"))


def test_e36_a_clinic_in_los_angeles_keeps_its_hours() -> None:
    """E36: hours 9-19 hold on days of 23 and 25 hours, and 2:30 is not offered when it is skipped."""
    always = dict.fromkeys(range(7), ((0, 1440),))
    clinic = replace(sample(), zone="America/Los_Angeles", hours=always)
    clinic = with_person(clinic, "kim", shifts=always, breaks={})
    ask = Ask("massage", Shape((Step(30, hands_on=True),)), practitioners=("kim",))
    short, long, plain = (
        Diary(clinic).times(ask, date.fromisoformat(on))["kim"]
        for on in ("2025-03-09", "2025-11-02", "2025-03-10")
    )
    assert [t for t in short if "01:30" <= t <= "03:00"] == ["01:30", "03:00"]
    assert [t for t in long if "00:30" <= t <= "02:00"] == ["00:30", "02:00"]
    daytime = [t for t in plain if "09:00" <= t < "19:00"]
    assert [t for t in short if "09:00" <= t < "19:00"] == daytime
    assert [t for t in long if "09:00" <= t < "19:00"] == daytime


@pytest.mark.parametrize(
    ("notice", "free"),
    [
        (timedelta(hours=24), True),
        (timedelta(hours=24) - timedelta(seconds=1), False),
        (timedelta(hours=23, minutes=59), False),
        (timedelta(days=3), True),
        (timedelta(hours=-1), False),
    ],
)
def test_e37_exactly_a_day_before_is_in_time(notice: timedelta, free: bool) -> None:
    """E37: 24 h 0 min before is free, 23 h 59 min is late; for cancelling and for moving."""
    now = datetime(2026, 11, 24, 17, tzinfo=UTC) - notice
    assert rules.may_cancel(sample(), at("2026-11-24 10:00"), now) is free
    assert rules.may_move(sample(), at("2026-11-24 10:00"), now) is free
    assert rules.may_move(sample(), at("2026-11-24 10:00"), to_wall(now, sample().zone)) is free


def test_e37_the_day_before_is_24_elapsed_hours_across_a_clock_change() -> None:
    """E37: where the night has 23 hours, the same time the day before is late."""
    clinic = replace(sample(), zone="America/Los_Angeles")
    assert not rules.may_cancel(clinic, at("2025-03-09 10:00"), at("2025-03-08 10:00"))
    assert rules.may_cancel(clinic, at("2025-03-09 10:00"), at("2025-03-08 09:00"))
    assert rules.may_cancel(clinic, at("2025-11-02 10:00"), at("2025-11-01 10:30"))


@pytest.mark.parametrize(
    ("service", "stated", "first"),
    [
        ("needle-initial", None, True),
        ("needle-initial", True, True),
        ("needle-followup", None, False),
        ("needle-followup", False, False),
        ("rmt-30", None, False),
        ("rmt-60", None, False),
        ("rmt-60", True, True),
        ("rmt-90", True, True),
        ("rmt-90", False, False),
        ("laser-initial", True, True),
    ],
)
def test_e49_the_patients_word_is_taken_where_it_fits(service: str, stated: bool | None, first: bool) -> None:
    """E49: unstated, only a service for new patients is a first visit; stated, the word counts."""
    assert rules.resolve_first_visit(sample(), sample().service[service], stated) is first


@pytest.mark.parametrize(
    ("service", "stated", "suggested"),
    [
        ("rmt-30", True, ("rmt-60", "rmt-75", "rmt-90")),
        ("rmt-45", True, ("rmt-60", "rmt-75", "rmt-90")),
        ("needle-followup", True, ("needle-initial",)),
        ("needle-initial", False, ("needle-followup",)),
        ("laser-initial", False, ("laser-45", "laser-30")),
        ("laser-30", True, ("laser-initial",)),
    ],
)
def test_e49_e50_a_word_that_does_not_fit_is_told_what_does(
    service: str, stated: bool, suggested: tuple[str, ...]
) -> None:
    """E49, E50: a new patient for a 30-minute massage is offered 60 and more, of that kind only."""
    with pytest.raises(Invalid) as refused:
        rules.resolve_first_visit(sample(), sample().service[service], stated)
    assert list(refused.value.fields) == ["first_visit"]
    assert refused.value.suggested_services == suggested


def test_e50_the_sentence_says_how_long_a_first_visit_is() -> None:
    """E50: the reason names the 60 minutes."""
    with pytest.raises(Invalid) as refused:
        rules.resolve_first_visit(sample(), sample().service["rmt-30"], True)
    expected = "A first visit takes at least 60 minutes. Please choose one of the longer visits."
    assert refused.value.fields["first_visit"] == expected


def test_e50_a_long_enough_visit_for_all_is_still_too_short_where_policy_says_so() -> None:
    """E50: the minimum is policy: at 75 minutes the 60-minute massage is refused for a first visit."""
    policy = replace(sample().policy, new_patient_min_minutes={"massage": 75})
    clinic = replace(sample(), policy=policy)
    with pytest.raises(Invalid) as refused:
        rules.resolve_first_visit(clinic, clinic.service["rmt-60"], True)
    assert refused.value.suggested_services == ("rmt-75", "rmt-90")


@pytest.mark.parametrize(("upcoming", "may"), [(0, True), (5, True), (6, False), (7, False)])
def test_a_patient_has_six_upcoming_visits_at_most(upcoming: int, may: bool) -> None:
    """The sixth upcoming visit can be booked, the seventh not."""
    assert rules.may_book_another(sample(), upcoming) is may


def test_limits_of_staff_bind_nothing() -> None:
    """D11: staff see starts of yesterday and of next year, on every five minutes."""
    assert Limits(None, None, on_grid=False) == STAFF
    window = Window(date(2020, 11, 24), 1)
    found = slots.starts(sample(), ask_for(sample(), "rmt-60", "kim"), Busy.empty(window), STAFF)
    assert found["kim"].bit_count() == 25 + 16


def test_t12_a_horizon_before_the_window_leaves_nothing() -> None:
    """T12: limits outside the window empty it or leave it whole, without an error."""
    ask, day = ask_for(sample(), "rmt-60", "kim"), minute_of(at("2026-11-24 00:00"))
    whole = Diary(sample()).times(ask, TUESDAY)["kim"]
    for limits, expected in [
        (Limits(None, date(2026, 11, 23), on_grid=False), []),
        (Limits(None, date(2026, 11, 24), on_grid=False), whole),
        (Limits(day - 9999, date(2030, 1, 1), on_grid=False), whole),
        (Limits(day + 1440, None, on_grid=False), []),
        (Limits(day + 9999, None, on_grid=False), []),
    ]:
        assert Diary(sample()).times(ask, TUESDAY, limits)["kim"] == expected
