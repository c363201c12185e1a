"""Processes that start at one instant, do the same work for some seconds and tell how much they did."""

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.synchronize import Barrier

import psycopg

from bench.processor import of_processes, of_server

LEAST_HAD = 0.9
WARM = 10
PATIENCE = 120  # seconds after which a process that has not come must have failed
Work = Callable[[str, list[int], int], Callable[[], bool]]  # database, clinics, place in the crew


@dataclass
class Done:
    """What a crew did: seconds of every piece of work that was had, pieces a second, processor time."""

    seconds: list[float] = field(default_factory=list)
    each_second: float = 0.0
    tried: int = 0
    own_cpu: float = 0.0  # seconds, of the crew
    server_cpu: float = 0.0  # seconds, of the server's processes; 0 where it is on another machine
    waited: float = 0.0  # how many connections waited for another's lock, on average

    @property
    def cpu(self) -> tuple[float, float]:
        """Return the processor milliseconds of one piece of work: the crew's, the server's."""
        return 1000 * self.own_cpu / max(1, self.tried), 1000 * self.server_cpu / max(1, self.tried)

    def percentile(self, share: float) -> float:
        """Return the milliseconds below which a share of all lie."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def work(url: str, make: Work, clinics: list[list[int]], seconds: float) -> Done:
    """Let one process for each list of clinics do what ``make`` returns, all at once.

    Raises:
        RuntimeError: more than a tenth of the work was refused: the rate would be of refusals.
    """
    context = multiprocessing.get_context("spawn")
    barrier, told = context.Barrier(len(clinics) + 1, timeout=PATIENCE), context.Queue()
    crew = [
        context.Process(target=_run, args=(url, make, mine, place, seconds, barrier, told.put))
        for place, mine in enumerate(clinics)
    ]
    for process in crew:
        process.start()
    done = Done()
    for _ in ("made", "warm"):
        barrier.wait()
    with _watching(url, done):
        barrier.wait()
        found = [told.get(timeout=PATIENCE + seconds) for _ in crew]
    for process in crew:
        process.join()
    for times, tried, took, cpu in found:
        done.seconds += times
        done.tried += tried
        done.each_second += len(times) / took
        done.own_cpu += cpu
    if len(done.seconds) < LEAST_HAD * done.tried:
        raise RuntimeError(f"{done.tried - len(done.seconds)} of {done.tried} could not be had")
    return done


def _run(
    url: str,
    make: Work,
    clinics: list[int],
    place: int,
    seconds: float,
    barrier: Barrier,
    tell: Callable[[tuple[list[float], int, float, float]], None],
) -> None:
    one = make(url, clinics, place)
    barrier.wait()  # nothing is booked before everybody has looked what is free
    for _ in range(max(WARM, len(clinics))):
        one()
    barrier.wait()
    barrier.wait()
    times, tried, cpu = [], 0, time.process_time()
    began = now = time.monotonic()
    while now < began + seconds:
        try:
            had = one()
        except StopIteration:  # every time is booked
            break
        after = time.monotonic()
        if had:
            times.append(after - now)
        tried, now = tried + 1, after
    tell((times, tried, now - began, time.process_time() - cpu))


@contextmanager
def _watching(url: str, done: Done) -> Iterator[None]:
    """Look every 20 ms how many wait for a lock; take the server's processor time before and after."""
    stop, seen = threading.Event(), []
    with psycopg.connect(url, autocommit=True) as server:

        def watch() -> None:
            query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            while not stop.wait(0.02):
                seen.append(server.execute(query).fetchone()[0])

        ids = of_server(url)
        before = of_processes(ids)
        thread = threading.Thread(target=watch)
        thread.start()
        yield
        stop.set()
        thread.join()
        done.server_cpu = of_processes(ids) - before
        done.waited = sum(seen) / max(1, len(seen))
