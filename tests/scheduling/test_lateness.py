"""E72: what clashes later when a practitioner is behind, by hands alone."""

from random import Random

import pytest

from booking.scheduling.lateness import later_starts
from booking.scheduling.visit import Shape, Step

MASSAGE = Shape((Step(60, True),))
NEEDLES = Shape((Step(15, True), Step(30, False), Step(15, True)))


def test_e72_a_gap_swallows_the_delay() -> None:
    """Ten minutes behind in the first visit: the next begins ten later, the one after a gap as planned."""
    day = [(540, MASSAGE), (600, MASSAGE), (675, MASSAGE)]
    assert later_starts(day, 570, 10) == [540, 610, 675]
    assert later_starts(day, 570, 20) == [540, 620, 680]


def test_e72_a_rest_can_take_it_up() -> None:
    """Who rests with needles does not wait for hands: a staggered visit moves only as far as it must."""
    day = [(540, NEEDLES), (555, NEEDLES)]
    assert later_starts(day, 545, 5) == [540, 560]
    assert later_starts(day, 560, 5) == [540, 555]  # both have begun


def test_e72_nobody_at_work_means_coming_late() -> None:
    """Before the first visit the practitioner is simply not there until then."""
    assert later_starts([(540, MASSAGE)], 530, 5) == [540]
    assert later_starts([(540, MASSAGE)], 530, 30) == [560]


@pytest.mark.parametrize("seed", range(40))
def test_e72_no_hands_are_needed_twice_afterwards(seed: int) -> None:
    """Over random days: never earlier than planned, never two hands-on minutes at once, on five minutes."""
    rng = Random(seed)
    at, day = 540, []
    for _ in range(6):
        shape = rng.choice((MASSAGE, NEEDLES))
        day.append((at, shape))
        at += shape.minutes + rng.choice((0, 5, 30))
    late = rng.choice((5, 10, 25, 60))
    found = later_starts(day, 535, late)
    minutes: list[int] = list(range(535, 535 + late))
    for (planned, shape), begin in zip(day, found, strict=True):
        assert begin >= planned
        assert begin % 5 == 0
        minutes += [m for b, e in shape.hands for m in range(begin + b, begin + e)]
    assert len(minutes) == len(set(minutes))
