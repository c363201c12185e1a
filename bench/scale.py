"""``make scale``: bookings for many clinics in one PostgreSQL, and what each clinic more costs.

First processes book each for a clinic of its own, then all for one clinic; rates are set
beside single-row durable inserts on the same server, beside what the same statements cost
without the program (``floor``), and beside a disk that keeps a commit later. Then the number
of stored clinics grows tenfold, up to ``--clinics``, and a Monday 9:00 is played each time:
processes book for many clinics in turn and look at a week's free times between. Pages and
HTTP are not in the figures: processes call the actions that pages and API call.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import count, islice
from statistics import median

import psycopg
from sqlalchemy import make_url

from bench import crew, floor, many_clinics
from bench.booking_figures import guarded_insert, seconds_of
from bench.crew import Done
from bench.databases import today
from bench.servers import SECRET_KEY
from booking import clock
from booking.access.vault import Vault
from booking.actions.book import book
from booking.actions.clinics import get_clinic
from booking.actions.offer import offer
from booking.actions.values import Question
from booking.records import database, outbox
from booking.records.transaction import light_transaction
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import NotOffered, SlotTaken
from booking.scheduling.zone import zone_data_version

NAME = "booking_bench_clinics"
FEW = 10
VISITS = 60  # stored for each clinic, with claims, messages, link and trail
PROCESSES = 4
FLOOR_VISITS = 200
EACH = 25  # clinics that a process books for in turn
HEAD = """
         on disk    Monday 9:00: bookings           a week's free times        a worker asks
 clinics      GB    a second  p99 ms  cpu ms       p99 ms  cpu ms       due ms  next ms"""
PROMISED_RATIO, PROMISED_SHARE = 0.7, 0.25


def main() -> None:
    """Print one line for each round."""
    parser = argparse.ArgumentParser(prog="bench.scale", description=__doc__)
    parser.add_argument("--clinics", type=int, default=1000, help="10000 takes some minutes and 3 GB")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--growth", action="store_true", help="only what each clinic more costs")
    parser.add_argument(
        "--flush-ms", type=float, default=1.5, help="how much later the slower disk keeps a commit"
    )
    options = parser.parse_args()
    print(f"{len(os.sched_getaffinity(0))} cores, for the processes and the server")
    with scratch() as url:
        many_clinics.seed(url, VISITS)
        many_clinics.copy(url, 1, FEW)
        if not options.growth:
            _processes(url, options.seconds)
            _alone(url)
            _slower_disk(url, options.seconds, options.flush_ms)
        print(HEAD)
        stored = FEW
        while True:
            _monday(url, stored, options.seconds)
            if stored >= options.clinics:
                break
            many_clinics.copy(url, stored, min(stored * 10, options.clinics))
            stored = min(stored * 10, options.clinics)


@contextmanager
def scratch() -> Iterator[str]:
    """Give an empty database of the server that TEST_POSTGRES_URL names, and drop it afterwards."""
    server = os.environ.get("TEST_POSTGRES_URL") or sys.exit("TEST_POSTGRES_URL names no server.")
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{NAME}"')
        try:
            yield make_url(server).set(database=NAME).render_as_string(hide_password=False)
        finally:
            admin.execute(f'DROP DATABASE "{NAME}" WITH (FORCE)')


def _processes(url: str, seconds: float) -> None:
    """Compare one process with several, each for its own clinic and all for one."""
    cores = len(os.sched_getaffinity(0))
    raw = {n: crew.work(url, raw_inserts, [[0]] * n, seconds).each_second for n in (1, PROCESSES)}
    for n, rate in raw.items():
        print(f"raw durable inserts, {n} at once: {rate:.0f}/s")
    rates = {}
    for n, first in ((1, 1), (2, 2), (PROCESSES, 4)):
        done = crew.work(url, bookings, [[first + each] for each in range(n)], seconds)
        rates[n] = done.each_second
        _tell(f"{n} at once, each for a clinic of its own", done)
    _tell(
        f"{PROCESSES} at once, all for one clinic",
        crew.work(url, partial(bookings, of=PROCESSES), [[9]] * PROCESSES, seconds),
    )
    for n in (2, PROCESSES):
        ratio = rates[n] / rates[1] / max(1, min(n, cores - 1))
        print(f"{n} at once: {ratio:.2f} of min(n, cores - 1) x one process (promised: {PROMISED_RATIO})")
    for n in (1, PROCESSES):
        print(
            f"{n} at once: {rates[n] / raw[n]:.1%} of as many who insert one row"
            f" (promised: {PROMISED_SHARE:.0%})"
        )


def _alone(url: str) -> None:
    """Print the share that would be left if the program cost nothing."""
    apart, together = floor.medians(os.environ["TEST_POSTGRES_URL"], url, 0, FLOOR_VISITS)
    with psycopg.connect(url, autocommit=True) as server:
        insert = guarded_insert(server, "raw_alone")
        raw = median(seconds_of(insert) for _ in range(FLOOR_VISITS))
    print(
        f"a booking's statements without the program: {raw / apart:.1%} of as many who insert one row,"
        f" sent in one pipeline {raw / together:.1%}"
    )


def _slower_disk(url: str, seconds: float, milliseconds: float) -> None:
    """Compare one process with raw inserts where the server keeps each commit so much later."""
    name = make_url(url).database
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'ALTER DATABASE "{name}" SET commit_delay = {int(milliseconds * 1000)}')
        server.execute(f'ALTER DATABASE "{name}" SET commit_siblings = 0')
        raw = crew.work(url, raw_inserts, [[0]], seconds).each_second
        done = crew.work(url, bookings, [[8]], seconds)
        for setting in ("commit_delay", "commit_siblings"):
            server.execute(f'ALTER DATABASE "{name}" RESET {setting}')
    print(
        f"on a disk that keeps a commit {milliseconds:g} ms later: {raw:.0f} raw inserts/s,"
        f" {done.each_second:.0f} bookings/s, {done.each_second / raw:.1%} (promised: {PROMISED_SHARE:.0%})"
    )


def _tell(what: str, done: Done) -> None:
    own, server = done.cpu
    print(
        f"{what}: {done.each_second:.0f} bookings/s, p99 {done.percentile(0.99):.0f} ms;"
        f" processor time of one: {own:.1f} ms here, {server:.1f} ms in the server;"
        f" {done.waited:.2f} waited for a lock"
    )


def _monday(url: str, stored: int, seconds: float) -> None:
    """Play a Monday 9:00 with so many clinics stored, and ask what a message worker asks."""
    chosen = random.Random(stored).sample(range(stored), min(stored, PROCESSES * EACH))
    mine = [chosen[n::PROCESSES] for n in range(PROCESSES)]
    booked = crew.work(url, bookings, mine, seconds)
    looked = crew.work(url, looks, mine, seconds)
    with psycopg.connect(url, autocommit=True) as server:
        size = server.execute("SELECT pg_database_size(current_database())").fetchone()[0] / 1e9
    due, following = worker_milliseconds(url)
    print(
        f"{stored:8,} {size:7.2f} {booked.each_second:11.0f} {booked.percentile(0.99):7.0f}"
        f" {sum(booked.cpu):7.2f} {looked.percentile(0.99):12.1f} {sum(looked.cpu):7.2f}"
        f" {due:12.2f} {following:8.2f}",
        flush=True,
    )


def bookings(url: str, numbers: list[int], place: int, of: int = 0) -> Callable[[], bool]:
    """Return what books the next visit, of each clinic in turn, and says whether it could be had.

    Where ``of`` processes book for one clinic, each asks for times of its own.
    """
    clinics, vault = _opened(url, numbers), Vault(SECRET_KEY)
    wanted = [
        islice(many_clinics.free_starts(clinic, 2, 88), place if of else 0, None, of or 1)
        for clinic in clinics
    ]
    person, turn = f"{os.getpid()}", count()

    def one() -> bool:
        number = next(turn)
        which = number % len(clinics)
        service, start = next(wanted[which])
        asked = many_clinics.request(service, start, f"{person}-{number}")
        try:
            book(clinics[which], asked, many_clinics.PATIENT, clock.now(), vault)
        except (NotOffered, SlotTaken):
            return False
        return True

    return one


def looks(url: str, numbers: list[int], _place: int) -> Callable[[], bool]:
    """Return what looks at a week's free times, of each clinic in turn."""
    clinics, turn = _opened(url, numbers), count()

    def one() -> bool:
        number = next(turn)
        first = today() + timedelta(days=2 + number % 70)
        question = Question("needle-followup", first, first + timedelta(days=6), None, companion=False)
        return bool(offer(clinics[number % len(clinics)], question, clock.now()).starts)

    return one


def raw_inserts(url: str, _numbers: list[int], place: int) -> Callable[[], bool]:
    """Return what inserts one guarded row and commits it durably: the least of any booking."""
    server = psycopg.connect(url, autocommit=True)
    insert = guarded_insert(server, f"raw_{place}")
    return lambda: bool(insert())


def worker_milliseconds(url: str) -> tuple[float, float]:
    """Return how long it takes to find the message that is due, and to find when the next one is."""
    app = many_clinics.application(url)
    with app.app_context():
        now, zone_data = clock.now(), zone_data_version()
        furthest = now + timedelta(minutes=10)
        found = (
            _best(lambda: light_transaction(lambda conn: outbox.find_due(conn, now, furthest))),
            _best(lambda: outbox.find_next(database.reader(), zone_data)),
        )
    database.close(app)
    return found


def _best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(20):
        began = time.monotonic()
        work()
        times.append(time.monotonic() - began)
    return min(times) * 1000


def _opened(url: str, numbers: list[int]) -> list[Clinic]:
    many_clinics.application(url).app_context().push()
    return [get_clinic(many_clinics.code(number)) for number in numbers]


if __name__ == "__main__":
    main()
