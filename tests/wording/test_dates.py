"""Dates, times, hours and money as patients read them."""

from datetime import date, datetime, time

import pytest

from booking.wording.dates import (
    clock_words,
    day_words,
    full_day_words,
    money,
    near_words,
    spans_words,
    time_words,
    week_hours,
    week_words,
    when_words,
)

DAY = ((9 * 60, 19 * 60),)
SUNDAY = ((9 * 60, 15 * 60),)


@pytest.mark.parametrize(
    ("wall", "words"),
    [
        (time(0, 0), "12:00 a.m."),
        (time(9, 5), "9:05 a.m."),
        (time(11, 59), "11:59 a.m."),
        (time(12, 0), "12:00 p.m."),
        (time(19, 30), "7:30 p.m."),
    ],
)
def test_times_are_said_in_twelve_hours(wall: time, words: str) -> None:
    """Midnight and noon included."""
    assert time_words(wall) == words


def test_a_chip_leaves_out_the_half_of_the_day() -> None:
    """Where "Morning" stands above it."""
    assert clock_words(time(13, 15)) == "1:15"


def test_a_moment_is_time_then_day() -> None:
    """Look.md: "10:00 a.m., Tuesday 24 November"."""
    assert when_words(datetime(2026, 11, 24, 10)) == "10:00 a.m., Tuesday 24 November"
    assert day_words(date(2028, 2, 29)) == "Tuesday 29 February"
    assert full_day_words(date(2027, 1, 12)) == "Tuesday 12 January 2027"


def test_a_time_near_another_names_its_day_only_where_it_differs() -> None:
    """Close by means 9:45 on the same day, with the day on another."""
    asked = datetime(2026, 11, 24, 10)
    assert near_words(datetime(2026, 11, 24, 9, 45), asked) == "9:45 a.m."
    assert near_words(datetime(2026, 11, 25, 9, 45), asked) == "9:45 a.m., Wednesday 25 November"


def test_a_week_names_its_months_once() -> None:
    """One month, two months, two years."""
    assert week_words(date(2026, 11, 22), date(2026, 11, 28)) == "22 to 28 November"
    assert week_words(date(2026, 11, 29), date(2026, 12, 5)) == "29 November to 5 December"
    assert week_words(date(2026, 12, 28), date(2027, 1, 3)) == "28 December to 3 January"


def test_opening_hours_join_neighbouring_days() -> None:
    """The sample's week in two lines; a lunch break and closed days are said."""
    week = dict.fromkeys(range(6), DAY) | {6: SUNDAY}
    assert week_hours(week) == (
        ("Monday to Saturday", "9:00 a.m. to 7:00 p.m."),
        ("Sunday", "9:00 a.m. to 3:00 p.m."),
    )
    assert week_hours(dict.fromkeys(range(5), DAY)) == (
        ("Monday to Friday", "9:00 a.m. to 7:00 p.m."),
        ("Saturday and Sunday", "closed"),
    )
    assert spans_words(((540, 720), (780, 1440))) == "9:00 a.m. to 12:00 p.m. and 1:00 p.m. to 12:00 a.m."


@pytest.mark.parametrize(
    ("cents", "words"), [(0, "$0.00"), (5, "$0.05"), (13650, "$136.50"), (104895, "$1,048.95")]
)
def test_money_has_two_decimals(cents: int, words: str) -> None:
    """Totals with tax, in dollars."""
    assert money(cents) == words
