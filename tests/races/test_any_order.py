"""Every action in any order, on both engines, against lists of intervals (C14, E02, E24)."""

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from booking.actions.set_up import get_loaded, load_setup
from booking.house import house
from tests.databases import MORNING
from tests.races.machine import AnyOrder
from tests.races.sizes import EXAMPLES, SHRINK, SLOW, STEPS
from tests.races.small_clinic import written

SEQUENCES = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    report_multiple_bugs=False,
    database=None,
    derandomize=not SLOW,  # the same sequences in every run, others in a long one
    phases=(Phase.explicit, Phase.generate, *((Phase.shrink,) if SHRINK else ())),  # shrinking takes minutes
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
@pytest.mark.timeout(3600 if SLOW else 180)
def test_c14_any_order(any_app: Flask, inside: Flask) -> None:
    """Whatever is done in whatever order, the database agrees with the lists of intervals."""
    clinic = get_loaded(load_setup(written(), MORNING))

    class Here(AnyOrder):
        pass

    Here.clinic, Here.vault = clinic, house().vault
    run_state_machine_as_test(Here, settings=SEQUENCES)
