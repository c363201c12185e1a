"""Reception and patient change one visit in one instant (C9).

Red, tried by hand: a visit that is not looked at again once the lock is held.
"""

from pathlib import Path

import pytest
from flask import Flask

from booking.actions.book import book
from booking.actions.clinics import get_clinic
from booking.actions.set_up import load_setup
from booking.house import house
from booking.scheduling.clinic import Clinic
from tests.actions.edits import edited
from tests.databases import MORNING
from tests.races import crew, rounds, stored
from tests.races.sizes import PATIENCE, ROUNDS

pytestmark = [pytest.mark.races, pytest.mark.timeout(3 * PATIENCE)]


@pytest.fixture
def hasty(inside: Flask) -> Clinic:
    """The sample clinic without an undo window: what is freed can be taken at once."""
    load_setup(edited(("confirmation_delay_minutes = 3", "confirmation_delay_minutes = 0")), MORNING)
    return get_clinic(None)


def test_c9_reception_and_patient_change_one_version_once(
    any_app: Flask, hasty: Clinic, tmp_path: Path
) -> None:
    """C9: moved by reception while the patient cancels or moves: one wins, the other is told it changed."""
    url = any_app.config["SQLALCHEMY_DATABASE_URI"]
    wish = rounds.request("rmt-60", rounds.HERS[0], "kim", "Person")
    book(hasty, wish, rounds.STAFF, MORNING, house().vault)
    together = crew.CONTEXT.Barrier(2)
    folder = tmp_path / "race"
    parts = [(url, folder, number, ROUNDS, rounds.edit_or_cancel, together, ()) for number in range(2)]
    ended = zip(*crew.run(folder, [crew.Job(rounds.play, part) for part in parts]), strict=True)
    assert {tuple(sorted(pair)) for pair in ended} <= {("done", "stale"), ("done", "too_late cancelled")}
    with stored.connected(url) as conn:
        assert stored.wrong_claims(conn, hasty.id) == []
        versions = [row["version"] for row in stored.appointments(conn, hasty.id).values()]
    assert sum(version - 1 for version in versions) == ROUNDS
