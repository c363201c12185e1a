"""Every action in any order, on both engines, against lists of intervals (C14, E02, E24).

Faults that were planted by hand, one at a time, and each found within the sequences of a
usual run (C15):

* the guard: touching counts as overlap, only what lies inside is refused, insert or update
  is not looked at; on PostgreSQL closed ranges, or no guard at all;
* holds: they count after they have ended, they end a minute late, they can be extended for
  ever, the visitor's own stands in their way, patients take them, the desk is stopped by them;
* claims: cancelling leaves them, a reset or a companion or the second hands-on step has none,
  an admin block takes seats, nothing is kept back after a patient's cancellation;
* choices: seats are shared, the same person always has to work, the most special room is
  taken first, the lead time is forgotten, one person is in two places, an old version moves.
"""

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from booking.actions.set_up import get_loaded, load_setup
from booking.house import house
from tests.databases import MORNING
from tests.races.machine import AnyOrder
from tests.races.sizes import EXAMPLES, PATIENCE, SHRINK, SLOW, STEPS
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
@pytest.mark.timeout(5 * PATIENCE)
def test_c14_any_order(any_app: Flask, inside: Flask) -> None:
    """Whatever is done in whatever order, the database agrees with the lists of intervals."""
    clinic = get_loaded(load_setup(written(), MORNING))

    class Here(AnyOrder):
        pass

    Here.clinic, Here.vault = clinic, house().vault
    run_state_machine_as_test(Here, settings=SEQUENCES)
