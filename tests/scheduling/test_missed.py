"""When a visit counts as missed (E58)."""

from datetime import timedelta

import pytest

from booking.scheduling import rules
from booking.scheduling.lifecycle import may_become
from booking.scheduling.zone import to_instant
from tests.scheduling.diary import at
from tests.scheduling.sample import sample


@pytest.mark.parametrize(("minutes", "may"), [(-1, False), (0, False), (14, False), (15, True), (600, True)])
def test_e58_a_visit_is_missed_fifteen_minutes_after_its_start(minutes: int, may: bool) -> None:
    """E58: not before start + 15 minutes, the clinic's own number; and it can be undone."""
    clinic = sample()
    starts = at("2026-11-24 10:00")
    now = to_instant(starts, clinic.zone) + timedelta(minutes=minutes)
    assert rules.may_be_missed(clinic, starts, now) is may
    assert may_become("booked", "noshow")
    assert may_become("noshow", "booked")
