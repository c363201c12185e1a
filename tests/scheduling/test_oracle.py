"""The engine says what the oracle says, on random clinics (D4, D11, G7)."""

import os
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.scheduling import slots
from booking.scheduling.slots import Busy
from tests.scheduling import clinics, oracle
from tests.scheduling.clinics import Case

SLOW = bool(os.environ.get("BOOKING_SLOW"))
SEEDS = 10_000 if SLOW else 500
EXAMPLES = 500 if SLOW else 100
QUESTIONS = 4  # to each clinic
thorough = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)


def cases(rng: Random) -> Iterator[Case]:
    """Yield several questions to one random clinic."""
    window = clinics.draw_window(rng)
    clinic = clinics.draw_clinic(rng, window.dates())
    for _ in range(QUESTIONS):
        yield clinics.draw_case(rng, clinic, window)


def by_engine(case: Case) -> dict[str, list[int]]:
    busy = Busy.from_rows(case.window, case.rows)
    found = slots.starts(case.clinic, case.ask, busy, case.limits)
    return {code: list(slots.each_start(mask, case.window)) for code, mask in found.items() if mask}


def by_oracle(case: Case) -> dict[str, list[int]]:
    busy = oracle.busy_minutes(row[:3] for row in case.rows)
    found: dict[str, list[int]] = {}
    for on in case.window.dates():
        for code, minutes in oracle.day_starts(case.clinic, case.ask, busy, case.limits, on).items():
            if minutes:
                found.setdefault(code, []).extend(minutes)
    return found


@pytest.mark.slow
@pytest.mark.timeout(900)  # BOOKING_SLOW=1 takes minutes
@thorough
@given(st.randoms(use_true_random=False))
def test_engine_equals_oracle(rng: Random) -> None:
    """E02, E03, E05-E11, E36: every start that is possible, and none other (shrinking)."""
    for case in cases(rng):
        assert by_engine(case) == by_oracle(case)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(10))
def test_engine_equals_oracle_on_many_seeds(block: int) -> None:
    """G7: the same on thousands of seeded clinics, days and visits."""
    found = 0
    for seed in range(block, SEEDS, 10):
        for case in cases(Random(seed)):
            mine = by_engine(case)
            assert mine == by_oracle(case), f"seed {seed}"
            found += len(mine)
    assert found > SEEDS / 20  # the cases are not empty ones
