"""When reminders are due: wall-clock hours before, never at night, never too late (E67, T13)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.scheduling import reminders
from booking.scheduling.clinic import Clinic, Reminders
from booking.scheduling.zone import to_instant, to_wall
from tests.scheduling.diary import at
from tests.scheduling.sample import sample

VANCOUVER = "America/Vancouver"


def due(
    starts: str, booked: str, now: str | None = None, clinic: Clinic | None = None
) -> list[tuple[int, str]]:
    """Return (offset, wall time) of each reminder; all times are clinic wall time."""
    clinic = clinic or sample()
    booked_at = to_instant(at(booked), clinic.zone)
    found = reminders.due(clinic, at(starts), booked_at, to_instant(at(now or booked), clinic.zone))
    return [(offset, f"{to_wall(when, clinic.zone):%Y-%m-%d %H:%M}") for offset, when in found]


def with_rules(**changes: object) -> Clinic:
    return replace(sample(), reminders=replace(sample().reminders, **changes))


@pytest.mark.parametrize(
    ("starts", "booked", "expected"),
    [
        ("2026-11-24 15:00", "2026-11-10 10:00", [(48, "2026-11-22 15:00"), (3, "2026-11-24 12:00")]),
        ("2026-11-24 15:00", "2026-11-23 09:00", [(3, "2026-11-24 12:00")]),
        ("2026-11-24 09:00", "2026-11-23 03:00", [(3, "2026-11-23 20:30")]),
        ("2026-11-24 09:00", "2026-11-23 21:00", []),
        ("2026-11-24 09:00", "2026-11-10 10:00", [(48, "2026-11-22 09:00"), (3, "2026-11-23 20:30")]),
        ("2026-11-24 11:00", "2026-11-10 10:00", [(48, "2026-11-22 11:00"), (3, "2026-11-24 08:00")]),
        ("2026-11-24 10:55", "2026-11-10 10:00", [(48, "2026-11-22 10:55"), (3, "2026-11-23 20:30")]),
    ],
)
def test_e67_reminders_of_a_visit(starts: str, booked: str, expected: list[tuple[int, str]]) -> None:
    """E67: booked 30 h ahead only the 3-hour one; that of a 9:00 visit leaves at 20:30 the evening before."""
    assert due(starts, booked) == expected


@pytest.mark.parametrize(
    ("booked", "count"),
    [
        ("2026-11-22 14:59:59", 2),
        ("2026-11-22 15:00", 1),
        ("2026-11-22 15:00:01", 1),
        ("2026-11-21 15:00", 2),
    ],
)
def test_e67_booked_within_48_hours(booked: str, count: int) -> None:
    """E67: booked 48 hours before or less, the long reminder is left out."""
    assert len(due("2026-11-24 15:00", booked)) == count


@pytest.mark.parametrize(
    ("now", "offsets"),
    [
        ("2026-11-22 15:00", [48, 3]),
        ("2026-11-22 15:00:01", [3]),
        ("2026-11-24 12:00", [3]),
        ("2026-11-24 12:00:01", []),
        ("2026-11-24 16:00", []),
    ],
)
def test_t13_what_is_past_is_dropped(now: str, offsets: list[int]) -> None:
    """T13, E67: a reminder whose time has gone is not sent late."""
    found = due("2026-11-24 15:00", "2026-11-01 10:00", now)
    assert [offset for offset, _ in found] == offsets


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ("2026-11-24 23:59", "2026-11-24 20:59"),
        ("2026-11-25 00:00", "2026-11-24 20:30"),
        ("2026-11-25 03:00", "2026-11-24 20:30"),
        ("2026-11-25 10:59", "2026-11-24 20:30"),
        ("2026-11-25 11:00", "2026-11-25 08:00"),
    ],
)
def test_quiet_hours_are_half_open_and_pass_midnight(starts: str, expected: str) -> None:
    """E67: 21:00 is quiet, 08:00 is not; a quiet reminder moves earlier, over midnight if need be."""
    assert due(starts, "2026-11-10 10:00", clinic=with_rules(offsets_hours=(3,))) == [(3, expected)]


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    """Quiet hours that do not pass midnight work too; equal ends mean that there are none."""
    noon = with_rules(offsets_hours=(3,), quiet_from=720, quiet_until=840, quiet_moves_to=690)
    assert due("2026-11-24 16:59", "2026-11-10 10:00", clinic=noon) == [(3, "2026-11-24 11:30")]
    assert due("2026-11-24 17:00", "2026-11-10 10:00", clinic=noon) == [(3, "2026-11-24 14:00")]
    never = with_rules(offsets_hours=(3,), quiet_from=0, quiet_until=0)
    assert due("2026-11-24 05:00", "2026-11-10 10:00", clinic=never) == [(3, "2026-11-24 02:00")]


def test_t13_the_time_of_day_is_kept_across_a_clock_change() -> None:
    """T13: 48 hours before 15:00 on the Monday after a change is 15:00 on Saturday, by the clock."""
    clinic = replace(sample(), zone="America/Los_Angeles")
    found = due("2025-03-10 15:00", "2025-02-01 10:00", clinic=clinic)
    assert found[0] == (48, "2025-03-08 15:00")
    instants = reminders.due(
        clinic, at("2025-03-10 15:00"), datetime(2025, 2, 1, tzinfo=UTC), datetime(2025, 2, 1, tzinfo=UTC)
    )
    assert instants[0][1] == datetime(2025, 3, 8, 23, tzinfo=UTC)
    assert instants[1][1] == datetime(2025, 3, 10, 19, tzinfo=UTC)


def test_without_offsets_nothing_is_due() -> None:
    """A clinic without reminders sends none."""
    clinic = replace(sample(), reminders=Reminders())
    assert due("2026-11-24 15:00", "2026-11-10 10:00", clinic=clinic) == []


@settings(deadline=None, max_examples=300)
@given(
    st.datetimes(datetime(2026, 11, 23), datetime(2027, 3, 1)),
    st.integers(1, 10_000),
    st.lists(st.integers(1, 96), max_size=4, unique=True),
)
def test_every_reminder_is_early_enough_and_out_of_the_night(
    starts: datetime, minutes_ahead: int, offsets: list[int]
) -> None:
    """E67: each leaves by day, not before now, and at the latest its hours before the visit."""
    clinic = with_rules(offsets_hours=tuple(offsets))
    now = to_instant(starts, VANCOUVER) - timedelta(minutes=minutes_ahead)
    found = reminders.due(clinic, starts, now, now)
    assert found == sorted(found, key=lambda reminder: reminder[1])
    for offset, when in found:
        wall = to_wall(when, VANCOUVER)
        assert 8 * 60 <= wall.hour * 60 + wall.minute < 21 * 60
        assert when >= now
        assert starts - wall >= timedelta(hours=offset)
        assert offset < 48 or minutes_ahead > 48 * 60
