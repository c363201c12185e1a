"""The last room, the last person, the freed time, the ending hold: one winner each (C5-C8, C10, C11, C17)."""

from collections import Counter
from pathlib import Path

import pytest
from flask import Flask

from booking.actions.set_up import load_setup
from tests.databases import MORNING
from tests.races import contests, crew, rounds, stored, weakened, worker
from tests.races.sizes import CONTESTS, PATIENCE, PROCESSES

pytestmark = [pytest.mark.races, pytest.mark.timeout(3 * PATIENCE)]


class Contest:
    """A database with the contest's clinic, and how each round in it ended."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.rounds: list[tuple[str, ...]] = []

    def play(self, turn: rounds.Turn, processes: int = 2, *off: str) -> list[tuple[str, ...]]:
        """Let processes play while another watches for overlaps; return each round's endings."""
        together = crew.CONTEXT.Barrier(processes)
        jobs = [
            crew.Job(rounds.play, (self.url, self.folder, number, CONTESTS, turn, together, off))
            for number in range(processes)
        ]
        with crew.beside(worker.watch, self.folder / "watch", self.url) as seen:
            endings = crew.run(self.folder, jobs)
        if not off:
            assert seen[0]["worst"] == 0
            self.check()
        return list(zip(*endings, strict=True))

    def check(self) -> None:
        """Check that every visit has exactly its claims, and that nothing overlaps."""
        with stored.connected(self.url) as conn:
            assert stored.wrong_claims(conn, 1) == []
            assert stored.count_overlaps(conn) == 0


@pytest.fixture
def contest(any_app: Flask, tmp_path: Path) -> Contest:
    """The contest's clinic, once on each engine."""
    with any_app.app_context():
        load_setup(contests.set_up(), MORNING)
    return Contest(any_app.config["SQLALCHEMY_DATABASE_URI"], tmp_path / "race")


@pytest.mark.parametrize(
    ("turn", "short"), [(contests.take_the_laser, "laser"), (contests.take_the_last_room, "room")]
)
def test_c5_the_last_of_a_kind_has_one_winner(contest: Contest, turn: rounds.Turn, short: str) -> None:
    """C5: two services, two practitioners, one laser or one room: the loser hears what is short."""
    for ended in contest.play(turn):
        assert sorted(word.split()[0] for word in ended) == ["done", "slot_taken"]
        assert f"slot_taken {short}" in ended


def test_c6_places_are_not_swapped_and_a_free_one_is_shared_by_nobody(contest: Contest) -> None:
    """C6: each moves onto the other's place: neither can; both onto the free one: one of them does."""
    for count, ended in enumerate(contest.play(contests.swap_or_share)):
        if count % 2:
            assert sorted(ended) == ["done free", "slot_taken practitioner"]
        else:
            assert ended == ("slot_taken practitioner",) * 2


def test_c7_a_freed_time_goes_to_one(contest: Contest) -> None:
    """C7: a patient cancels, three want the time in that instant: one has it, the cancelled nothing."""
    for ended in contest.play(contests.cancel_and_take, 4):
        assert ended[0] == "done freed"
        assert sorted(ended[1:]) == ["done kim", "slot_taken practitioner", "slot_taken practitioner"]


def test_c8_anyone_is_somebody_free(contest: Contest) -> None:
    """C8: many ask for anyone, two of four are free: these two are booked and nobody else."""
    for ended in contest.play(contests.take_anyone, max(4, PROCESSES)):
        found = Counter(ended)
        assert [found.pop(f"done {who}") for who in contests.FREE] == [1, 1]
        assert set(found) == {"slot_taken practitioner"}


def test_c10_a_series_is_whole_or_not_at_all(contest: Contest) -> None:
    """C10: a patient takes the fourth of six weeks in that instant: six visits or that one, no part."""
    ended = set(contest.play(contests.series_or_one_date))
    assert ended <= {
        (f"done {contests.WEEKS}", "slot_taken practitioner"),
        ("slot_taken practitioner", "done kim"),
    }


def test_c11_a_block_and_a_visit_exclude_each_other(contest: Contest) -> None:
    """C11: reception blocks time while a patient books in it: one of the two, never both, never neither."""
    ended = set(contest.play(contests.block_or_book))
    assert ended <= {("done blocked", "slot_taken practitioner"), ("slot_taken visits", "done kim")}


def test_c17_a_hold_that_ends_as_it_is_confirmed_is_sold_once(contest: Contest) -> None:
    """C17: confirmed in the second in which it ends, while another takes the time: one of them has it."""
    for ended in contest.play(contests.confirm_or_take):
        assert sorted(word.split()[0] for word in ended) == ["done", "slot_taken"]


@pytest.mark.parametrize("turn", [contests.take_the_laser, contests.block_or_book])
def test_c2_without_guard_and_lock_contests_have_two_winners(contest: Contest, turn: rounds.Turn) -> None:
    """The control: with both switched off some round has two winners."""
    weakened.drop_guard(contest.url)
    ended = contest.play(turn, 2, "lock", "guard")
    assert any(all(word.startswith("done") for word in pair) for pair in ended)
