"""Editions of the sample set-up file, and what loading them is refused with."""

from datetime import datetime

import pytest

from booking.actions.set_up import get_loaded, load_setup
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import FaultySetup
from tests.actions.faulty_set_ups import SAMPLE
from tests.databases import MORNING


def edited(*edits: tuple[str, str]) -> str:
    """Return the sample with the first occurrence of each text replaced."""
    text = SAMPLE
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def without(table: str, code: str, text: str = SAMPLE) -> str:
    """Return the sample without one [[table]]."""
    begin = text.index(f'[[{table}]]\nid = "{code}"')
    end = text.find("[[", begin + 2)
    return text[:begin] + text[end:] if end > 0 else text[:begin]


def load(text: str, now: datetime = MORNING) -> Clinic:
    """Return the clinic after loading ``text``."""
    return get_loaded(load_setup(text, now))


def faults_of(text: str, now: datetime = MORNING) -> tuple[tuple[int, str, str], ...]:
    """Return what loading ``text`` is refused with."""
    with pytest.raises(FaultySetup) as refused:
        load_setup(text, now)
    return refused.value.faults
