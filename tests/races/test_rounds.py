"""Two processes do the same thing in the same instant, again and again (E27, E28, E47, C9, C16).

Red, each tried by hand: versions that are not compared, a lock that locks nobody out, no
limit for a visitor, no limit for an address.
"""

from pathlib import Path

import pytest
from flask import Flask

from booking.actions.book import book
from booking.house import house
from booking.scheduling.clinic import Clinic
from tests.databases import MORNING
from tests.races import crew, rounds, stored
from tests.races.sizes import PATIENCE, ROUNDS

pytestmark = [pytest.mark.races, pytest.mark.timeout(3 * PATIENCE)]


def both(url: str, folder: Path, turn: rounds.Turn, count: int, *off: str) -> list[tuple[str, str]]:
    """Let two processes play and return how each round ended for the two."""
    together = crew.CONTEXT.Barrier(2)
    jobs = [crew.Job(rounds.play, (url, folder, number, count, turn, together, off)) for number in range(2)]
    one, other = crew.run(folder, jobs)
    return list(zip(one, other, strict=True))


def test_e47_nobody_is_booked_into_two_places(any_url: str, tmp_path: Path) -> None:
    """One person booked twice in one instant, with two people in two rooms: never both (E47, C16)."""
    ended = both(any_url, tmp_path / "race", rounds.book_the_same_person, ROUNDS)
    assert {tuple(sorted(pair)) for pair in ended} == {("done", "not_offered two_places")}


def test_e47_without_the_lock_somebody_is(any_url: str, tmp_path: Path) -> None:
    """The control: no constraint can see that two records are one person, so the lock must."""
    ended = both(any_url, tmp_path / "race", rounds.book_the_same_person, 30, "lock")
    assert ("done", "done") in ended


def test_e28_one_version_has_one_winner(any_app: Flask, clinic: Clinic, tmp_path: Path) -> None:
    """Two who move one visit from the same version: one does, the other is told that it changed (C9)."""
    url = any_app.config["SQLALCHEMY_DATABASE_URI"]
    wanted = rounds.request("needle-followup", rounds.MOVES[2], "lam", "Person")
    book(clinic, wanted, rounds.STAFF, MORNING, house().vault)
    ended = both(url, tmp_path / "race", rounds.move_the_same_visit, ROUNDS)
    assert {tuple(sorted(pair)) for pair in ended} == {("done", "stale")}
    with stored.connected(url) as conn:
        assert stored.wrong_claims(conn, clinic.id) == []


def test_e27_one_visitor_keeps_one_time(any_url: str, tmp_path: Path) -> None:
    """Of fifty times that one visitor keeps from two windows, one is kept in the end."""
    ended = both(any_url, tmp_path / "race", rounds.hold_as_one_visitor, 25)
    assert set(ended) == {("done", "done")}
    with stored.connected(any_url) as conn:
        assert stored.count(conn, "SELECT count(*) FROM hold") == 1
        assert stored.count(conn, "SELECT count(DISTINCT hold_id) FROM claim") == 1


def test_e27_one_address_keeps_ten_times(any_url: str, tmp_path: Path) -> None:
    """Of thirty visitors from one address, two at a time, exactly ten keep a time (A26)."""
    ended = both(any_url, tmp_path / "race", rounds.hold_from_one_address, 15)
    codes = sorted(code for pair in ended for code in pair)
    assert codes == ["done"] * 10 + ["too_many"] * 20
    with stored.connected(any_url) as conn:
        assert stored.count(conn, "SELECT count(*) FROM hold") == 10
