"""Every zone of the world, on every day on which its clocks change (T5-T8)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.scheduling import slots
from booking.scheduling.clinic import Clinic
from booking.scheduling.rules import STAFF
from booking.scheduling.slots import Ask, Busy
from booking.scheduling.timeline import Window, wall
from booking.scheduling.visit import Reset, Shape, Step
from booking.scheduling.zone import odd_cells, to_instant, to_wall
from tests.scheduling.sample import sample
from tests.scheduling.test_hours import alone

ZONES = sorted(available_timezones())
MINUTES = 25
ASK = Ask("massage", Shape((Step(MINUTES, hands_on=True),), Reset(10, frozenset({"room"}))))
ALWAYS = replace(
    alone(sample()), hours=dict.fromkeys(range(7), ((0, 1440),)), closed_on_bc_statutory=False, closures={}
)


@cache
def clinic_in(zone: str) -> Clinic:
    """Return a clinic that never closes, somewhere."""
    return replace(ALWAYS, zone=zone)


def starts(zone: str, on: date) -> list[datetime]:
    """Return the offered starts of one day."""
    window = Window(on, 1)
    found = slots.starts(clinic_in(zone), ASK, Busy.empty(window), STAFF)["kim"]
    return [wall(minute) for minute in slots.each_start(found, window)]


def changing_days(zone: str, year: int) -> Iterator[date]:
    """Yield the days of a year that have odd cells."""
    first = date(year, 1, 1)
    days = (first + timedelta(days=i) for i in range(365))
    return (on for on in days if odd_cells(zone, on))


def check(zone: str, on: date) -> None:
    """Assert that what is offered exists once, lasts as long as it says, and ends after it starts."""
    visits = [(start, start + timedelta(minutes=MINUTES)) for start in starts(zone, on)]
    instants = [(to_instant(start, zone), to_instant(end, zone)) for start, end in visits]
    assert all(end - start == timedelta(minutes=MINUTES) for start, end in instants)
    assert [to_wall(start, zone) for start, _ in instants] == [start for start, _ in visits]
    assert [to_wall(start, zone).fold for start, _ in instants] == [0] * len(visits)
    begins = [start for start, _ in instants]
    assert begins == sorted(set(begins))


@pytest.mark.slow
@pytest.mark.parametrize("block", range(4))
def test_t5_t6_t8_every_zone_of_the_world(block: int) -> None:
    """T5-T8: on every changing day of 2025 nothing odd is offered, and lengths are true in UTC."""
    days = 0
    for zone in ZONES[block::4]:
        for on in changing_days(zone, 2025):
            check(zone, on)
            days += 1
    assert len(ZONES) > 400
    assert days > 50


@pytest.mark.parametrize(
    ("zone", "on", "count"),
    [
        ("America/Vancouver", "2025-03-10", 288 - 4),
        ("America/Vancouver", "2027-03-14", 288 - 4),
        ("America/Vancouver", "2026-11-01", 288 - 4),
        ("America/Toronto", "2027-03-14", 288 - 4 - 12 - 6),
        ("Australia/Lord_Howe", "2025-10-05", 288 - 4 - 6 - 6),
        ("America/Havana", "2025-03-09", 288 - 4 - 12),
        ("Pacific/Apia", "2011-12-30", 0),
        ("Pacific/Apia", "2011-12-31", 288 - 4),
    ],
)
def test_t5_t7_how_many_starts_a_changing_day_keeps(zone: str, on: str, count: int) -> None:
    """T5, T7: of 284 starts those go that would touch the change with visit or reset; no day crashes."""
    assert len(starts(zone, date.fromisoformat(on))) == count


def test_t7_the_evening_before_a_skipped_midnight_keeps_its_reset_clear() -> None:
    """T7: in Havana 00:00-01:00 is skipped; the evening before, visit and reset end by midnight."""
    assert starts("America/Havana", date(2025, 3, 8))[-1] == datetime(2025, 3, 8, 23, 25)


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(ZONES), st.dates(date(2026, 1, 1), date(2036, 12, 31)))
def test_t5_any_zone_on_any_day(zone: str, on: date) -> None:
    """T5-T8: the same for any zone and any day to 2036, with the rules as they are known now."""
    check(zone, on)
