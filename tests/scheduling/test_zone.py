"""Clinic time and instants, in Vancouver and in zones that change their clocks (D1, D2)."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from booking.scheduling import zone
from booking.scheduling.timeline import DAY
from tests.scheduling import oracle

VANCOUVER, ANGELES = "America/Vancouver", "America/Los_Angeles"
ROOT = Path(__file__).resolve().parents[2]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("on", ["2026-11-22", "2026-12-01", "2027-01-12", "2027-07-01", "2035-01-12"])
def test_e29_ten_o_clock_is_ten_o_clock_at_minus_seven(on: str) -> None:
    """E29, T1: 10:00 in Vancouver is 17:00Z in winter and in summer, and 10:00 again."""
    wall = datetime.fromisoformat(f"{on} 10:00")
    assert zone.offset_text(wall, VANCOUVER) == "-07:00"
    assert zone.to_instant(wall, VANCOUVER) == utc(f"{on} 17:00")
    assert zone.to_wall(utc(f"{on} 17:00"), VANCOUVER) == wall


STALE = """
import zoneinfo, datetime
before = zoneinfo.ZoneInfo("America/Vancouver").utcoffset(datetime.datetime(2027, 1, 15))
from booking.scheduling import zone
wall = datetime.datetime(2027, 1, 12, 10)
print(before, zone.offset_text(wall, "America/Vancouver"), zone.zone_data_is_right())
"""


def test_e29_t2_stale_zone_data_of_the_system_is_not_believed(tmp_path: Path) -> None:
    """E29, E30, T2: with old rules first on the path, and in Tokyo, the pinned data still win."""
    stale = tmp_path / "America" / "Vancouver"
    stale.parent.mkdir()
    stale.write_bytes((files("tzdata") / "zoneinfo" / "Etc" / "GMT+8").read_bytes())
    env = os.environ | {"PYTHONTZPATH": str(tmp_path), "TZ": "Asia/Tokyo"}
    done = subprocess.run(
        [sys.executable, "-c", STALE], env=env, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["-1", "day,", "16:00:00", "-07:00", "True"]


def test_the_zone_data_are_named_and_right() -> None:
    """E33: the installed zone data know that British Columbia stays at -07:00."""
    assert zone.zone_data_version() >= "2026.2"
    assert zone.zone_data_is_right()


@pytest.mark.parametrize(
    ("name", "known"), [(VANCOUVER, True), ("America", False), ("Nowhere/Town", False), ("../etc", False)]
)
def test_a_zone_is_known_or_not(name: str, known: bool) -> None:
    """A faulty zone name is told apart without an error."""
    assert zone.is_zone(name) is known


ODD = [
    (VANCOUVER, "2026-11-01", 0, 0),
    (VANCOUVER, "2027-03-14", 0, 0),
    (ANGELES, "2025-03-09", 24, 12),
    (ANGELES, "2025-11-02", 12, 12),
    ("America/Toronto", "2027-03-14", 24, 12),
    ("Australia/Lord_Howe", "2025-04-06", 18, 6),
    ("Australia/Lord_Howe", "2025-10-05", 24, 6),
    ("Africa/Casablanca", "2025-02-23", 24, 12),
    ("Africa/Casablanca", "2025-04-06", 24, 12),
    ("America/Havana", "2025-03-09", 0, 12),
    ("America/Havana", "2025-11-02", 0, 12),
    ("Asia/Beirut", "2025-03-30", 0, 12),
    ("Asia/Beirut", "2025-10-25", 276, 12),
    ("Pacific/Apia", "2011-12-30", 0, 288),
]


@pytest.mark.parametrize(("name", "on", "begin", "cells"), ODD)
def test_e36_cells_that_occur_twice_or_never(name: str, on: str, begin: int, cells: int) -> None:
    """E36, T5, T6, T7: the cells of a clock change are known, half hours and whole days too."""
    day = date.fromisoformat(on)
    assert zone.odd_cells(name, day) == ((1 << cells) - 1) << begin
    assert zone.odd_cells(name, date.fromordinal(day.toordinal() - 1)) == 0
    assert zone.odd_cells(name, date.fromordinal(day.toordinal() + 1)) == 0


@pytest.mark.parametrize(("name", "on"), [case[:2] for case in ODD])
def test_odd_cells_are_those_whose_minutes_are_not_one_instant(name: str, on: str) -> None:
    """T5, T6, T7: counting the instants of every minute of the day finds the same cells."""
    minutes = oracle.odd_minutes(name, date.fromisoformat(on))
    expected = sum(1 << i for i in range(DAY) if any(i * 5 + m in minutes for m in range(5)))
    assert zone.odd_cells(name, date.fromisoformat(on)) == expected


@pytest.mark.parametrize(
    ("wall", "instant"),
    [
        ("2025-03-09 01:55", "2025-03-09 09:55"),
        ("2025-03-09 02:30", "2025-03-09 10:30"),
        ("2025-03-09 03:30", "2025-03-09 10:30"),
        ("2025-11-02 01:30", "2025-11-02 08:30"),
        ("2025-11-02 02:00", "2025-11-02 10:00"),
    ],
)
def test_a_time_that_is_odd_still_has_one_instant(wall: str, instant: str) -> None:
    """T5, T6: skipped times map forward, repeated ones to the first; nothing crashes."""
    assert zone.to_instant(datetime.fromisoformat(wall), ANGELES) == utc(instant)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2025-03-09 01:30", 120, "2025-03-09 04:30"),
        ("2025-11-02 00:30", 120, "2025-11-02 01:30"),
        ("2027-11-24 09:00", 120, "2027-11-24 11:00"),
    ],
)
def test_elapsed_minutes_are_counted_in_instants(start: str, minutes: int, end: str) -> None:
    """E37, T8: two hours later is two hours of waiting, whatever the clocks do."""
    assert zone.later(datetime.fromisoformat(start), minutes, ANGELES) == datetime.fromisoformat(end)


def test_the_second_of_two_equal_hours_is_kept_apart() -> None:
    """T6: an hour after the second 1:30 is 2:30; after the first it is the second 1:30."""
    first, second = (
        zone.to_wall(utc("2025-11-02 08:30"), ANGELES),
        zone.to_wall(utc("2025-11-02 09:30"), ANGELES),
    )
    assert first == second == datetime(2025, 11, 2, 1, 30)
    assert zone.later(first, 60, ANGELES) == datetime(2025, 11, 2, 1, 30)
    assert zone.later(second, 60, ANGELES) == datetime(2025, 11, 2, 2, 30)


@pytest.mark.parametrize(
    ("name", "text"), [("Asia/Kolkata", "+05:30"), ("UTC", "+00:00"), ("America/St_Johns", "-03:30")]
)
def test_offsets_are_written_with_minutes(name: str, text: str) -> None:
    """Half-hour zones and UTC are written as ISO 8601 wants it."""
    assert zone.offset_text(datetime(2027, 1, 12, 10), name) == text


def test_naive_and_aware_are_not_mixed() -> None:
    """D1: an instant must be aware and a wall time naive, else the caller has a bug."""
    with pytest.raises(ValueError, match="aware"):
        zone.to_wall(datetime(2027, 1, 12), VANCOUVER)
    with pytest.raises(ValueError, match="naive"):
        zone.to_instant(utc("2027-01-12 10:00"), VANCOUVER)
