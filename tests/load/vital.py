"""What a running program holds: memory, handles, files; and whether that grows (L2, L7)."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

EACH_SECONDS = 0.5


@dataclass
class Signs:
    """Samples of some processes: seconds since the start, resident megabytes, handles, log's megabytes."""

    samples: list[tuple[float, float, int, float]] = field(default_factory=list)

    def settled(self) -> list[tuple[float, float, int, float]]:
        """Return the samples after the first third, when everything has been loaded."""
        return self.samples[len(self.samples) // 3 :]

    def memory_slope(self) -> float:
        """Return by how many megabytes in ten minutes the resident memory of all grows."""
        return slope([(at, size) for at, size, _, _ in self.settled()]) * 600

    def tenths(self) -> list[int]:
        """Return the resident megabytes of all at the end of each tenth of the time."""
        count = len(self.samples)
        return [round(self.samples[max(0, count * tenth // 10 - 1)][1]) for tenth in range(1, 11)]

    def handles(self) -> tuple[int, int]:
        """Return the fewest and the most handles at any moment."""
        found = [handles for _, _, handles, _ in self.settled()]
        return min(found), max(found)

    def log(self) -> float:
        """Return how large the write-ahead log was at most, in megabytes."""
        return max(size for _, _, _, size in self.samples)


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the slope of the straight line that fits points best."""
    count = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


@contextmanager
def watching(processes: Callable[[], list[int]], log: Path) -> Iterator[Signs]:
    """Take samples of processes until the block ends; ``log`` is SQLite's write-ahead log."""
    signs, stop = Signs(), threading.Event()
    began = time.monotonic()

    def watch() -> None:
        while not stop.wait(EACH_SECONDS):
            ids = processes()
            size = log.stat().st_size / 1e6 if log.exists() else 0.0
            memory, handles = sum(map(_megabytes, ids)), sum(map(_handles, ids))
            signs.samples.append((time.monotonic() - began, memory, handles, size))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield signs
    finally:
        stop.set()
        thread.join()


def _megabytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def _handles(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))
