"""Many processes book, cancel and move on one busy day; nothing is ever sold twice (C1, C2, C19, C20)."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.races import crew, history, stored, weakened, worker
from tests.races.sizes import OPERATIONS, PATIENCE, PROCESSES

pytestmark = [pytest.mark.races, pytest.mark.timeout(3 * PATIENCE)]

RUNS = 5  # of a control, to find at least one overlap
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


class Race:
    """One race on a database, and what was seen of it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.worst = self.looks = 0
        self.tallies: list[dict[str, Any]] = []

    def run(self, processes: int, operations: int, seed: int = 1, off: tuple[str, ...] = ()) -> None:
        """Let processes loose on the busy day while another one watches."""
        together = crew.CONTEXT.Barrier(processes)
        orders = [
            worker.Shop(self.url, self.folder, number, operations, seed, off) for number in range(processes)
        ]
        jobs = [crew.Job(worker.shop, (order, together)) for order in orders]
        with crew.beside(worker.watch, self.folder / f"watch-{seed}", self.url) as seen:
            self.tallies = crew.run(self.folder / f"run-{seed}", jobs)
        self.worst, self.looks = seen[0]["worst"], seen[0]["looks"]

    def total(self, what: str) -> Counter[str]:
        """Return a tally over all processes."""
        return sum((Counter(tally[what]) for tally in self.tallies), Counter())

    def errors(self) -> list[str]:
        """Return everything that no race excuses."""
        return [error for tally in self.tallies for error in tally["errors"]]

    def history_faults(self) -> list[str]:
        """Return where the acknowledged history and the database contradict each other."""
        lines = history.read(sorted(self.folder.glob("history-*.jsonl")))
        with stored.connected(self.url) as conn:
            return history.faults(lines, stored.appointments(conn, 1))

    def ask(self, question: str) -> int:
        """Return the number that a question in SQL asks for."""
        with stored.connected(self.url) as conn:
            return stored.count(conn, question)


@pytest.fixture
def race(any_url: str, tmp_path: Path) -> Race:
    """A race that has not begun."""
    return Race(any_url, tmp_path / "race")


def test_c1_nothing_is_sold_twice(race: Race, record_property: Callable[[str, object], None]) -> None:
    """No overlap is ever seen, and the database holds exactly what everybody was told (C1, C19, C20)."""
    is_server = race.url.startswith("postgresql")
    deadlocks = race.ask(DEADLOCKS) if is_server else 0
    race.run(PROCESSES, OPERATIONS)
    assert race.errors() == []  # nothing unknown, nothing "locked"
    assert race.worst == 0
    assert race.looks >= 10
    assert race.history_faults() == []
    with stored.connected(race.url) as conn:
        assert stored.wrong_claims(conn, 1) == []
        assert stored.count_overlaps(conn) == 0
    assert (race.ask(DEADLOCKS) if is_server else 0) == deadlocks
    done, refused = race.total("done"), race.total("refused")
    assert done.total() + refused.total() == PROCESSES * OPERATIONS
    assert done["book"] >= 20
    assert done["cancel"] >= 10
    assert done["move"] >= 5
    assert refused["slot_taken"] >= 20  # it was a race
    told = "SELECT count(*) FROM message WHERE kind = 'confirmation' AND sequence = 0"
    assert race.ask(told) == done["book"]
    record_property("C1 operations", done.total() + refused.total())
    record_property("C1 overlaps live and at the end, history errors, deadlocks, locked", (0, 0, 0, 0, 0))


def test_c2_without_guard_and_lock_it_is_sold_twice(race: Race) -> None:
    """The same race without guard and lock shows an overlap in at most five runs: the race has teeth."""
    weakened.drop_guard(race.url)
    for seed in range(RUNS):
        race.run(PROCESSES, 25, seed, off=("lock", "guard"))
        if race.worst:
            break
    assert race.worst >= 1, race.errors()[:3]


@pytest.mark.parametrize("off", ["lock", "guard"])
def test_c2_each_of_the_two_is_enough(race: Race, off: str) -> None:
    """The guard without the lock, and the lock without the guard: either alone keeps bookings apart."""
    if off == "guard":
        weakened.drop_guard(race.url)
    race.run(PROCESSES, 20, off=(off,))
    assert race.worst == 0
    assert race.history_faults() == []
    assert race.total("done")["book"] >= 5, race.errors()[:3]
