"""Killed at a write, told that the disk is full or broken: nothing acknowledged is lost (K1, K3, K4)."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from tests.faults import booker, flight, strace, whole
from tests.races import crew, stored
from tests.races.sizes import KILL_STEP, PATIENCE

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(3 * PATIENCE)]

Told = Callable[[str, object], None]
WRITES = ("pwrite64", "fdatasync", "fsync", "ftruncate", "sendto", "write")  # the last one is the answer
MANY = 40


@pytest.fixture(autouse=True)
def _strace() -> None:
    strace.need_strace()


@dataclass
class Ward:
    """A database on which processes book and are hurt."""

    url: str
    folder: Path
    numbers: Iterator[int]

    def book(self, number: int, *options: str) -> tuple[dict[int, int], Path]:
        """Let a process book so many visits under strace; return status by number, and the trace."""
        mine = [next(self.numbers) for _ in range(number)]
        room = self.folder / str(mine[0])
        starts = flight.plain_starts(mine[-1] + 1)[mine[0] :]
        with self.process(room, mine, starts) as process:
            assert process.pid is not None
            with strace.tracing(process.pid, room / "trace", "-e", "signal=none", *options):
                (room / booker.GO).touch()
                strace.wait_until_ended(process.pid)
        answers = room / "answers.jsonl"
        said = [json.loads(line) for line in answers.read_text().splitlines()]
        return {line["number"]: line["status"] for line in said}, room / "trace"

    @contextmanager
    def process(self, room: Path, numbers: Sequence[int], starts: Sequence[str]) -> Iterator[BaseProcess]:
        """Start a process that is about to book."""
        room.mkdir(parents=True)
        process = crew.start(crew.Job(booker.book, (self.url, room, numbers, starts)), room / "ended")
        try:
            booker.wait_for(room / booker.READY)
            yield process
        finally:
            crew.kill(process)

    def faults(self, acknowledged: set[int]) -> list[object]:
        """Return everything that is half-written, lost or damaged."""
        with stored.connected(self.url) as conn:
            found = [*whole.half_written(conn), *whole.lost(conn, acknowledged)]
            return found if whole.is_sound(conn) else [*found, "damaged"]

    def booked(self) -> set[int]:
        """Return which numbers are stored."""
        with stored.connected(self.url) as conn:
            return set(whole.booked(conn))


@pytest.fixture
def ward(any_url: str, tmp_path: Path) -> Ward:
    """A database of this test's own, once on each engine."""
    return Ward(any_url, tmp_path, count())


@pytest.fixture
def light_ward(sqlite_url: str, tmp_path: Path) -> Ward:
    """The same on SQLite only."""
    return Ward(sqlite_url, tmp_path, count())


def choose_points(trace: Path) -> list[tuple[str, int]]:
    """Return (system call, which one) of a traced booking: some or all, the last of each kind always."""
    calls: Counter[str] = Counter()
    for line in trace.read_text().splitlines():
        calls[line.partition("(")[0]] += 1
        if line.startswith("write(") and "number" in line:
            break
    points = [(name, number) for name in WRITES for number in range(1, calls[name] + 1)]
    assert len(points) >= 20
    return sorted({*points[::KILL_STEP], *((name, calls[name]) for name in WRITES if calls[name])})


def test_k1_killed_at_any_write_of_a_booking(ward: Ward, record_property: Told) -> None:
    """K1: kill -9 at every write and fsync of a booking: nothing half-written, nothing acknowledged lost."""
    answers, trace = ward.book(1, "-e", f"trace={','.join(WRITES)}")
    assert set(answers.values()) == {201}
    acknowledged, unheard = {0}, 0
    chosen = choose_points(trace)
    for name, number in chosen:
        answers, _ = ward.book(1, "-e", f"inject={name}:signal=KILL:when={number}")
        acknowledged |= {n for n, status in answers.items() if status == 201}
        stays = ward.booked() - acknowledged
        assert len(stays) - unheard in (0, 1)  # killed between commit and answer
        unheard = len(stays)
        assert ward.faults(acknowledged) == []
    assert unheard >= 1  # the last one was killed as it answered
    record_property("K1 kills", len(chosen))
    record_property("K1 half-written or lost", 0)
    record_property("K1 stored but not acknowledged", unheard)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param("pwrite64:error=ENOSPC:when=120..131", id="k3-disk-full"),
        pytest.param("pwrite64:error=EIO:when=120..131", id="k4-write"),
        pytest.param("fdatasync:error=EIO:when=6..9", id="k4-fsync"),
    ],
)
def test_k3_k4_a_disk_that_fails_and_comes_back(light_ward: Ward, fault: str, record_property: Told) -> None:
    """K3, K4: while the disk is full or broken users hear 503; afterwards all is well, without a restart."""
    answers, _ = light_ward.book(MANY, "-e", f"inject={fault}")
    told = Counter(answers.values())
    assert set(told) == {201, 503}
    assert told[503] >= 2
    assert answers[MANY - 1] == 201
    acknowledged = {number for number, status in answers.items() if status == 201}
    assert light_ward.faults(acknowledged) == []
    record_property(f"{fault} refused, acknowledged, lost", (told[503], told[201], 0))
