"""``make scale``: bookings per second when several processes book for different clinics in one PostgreSQL.

Processes call the action that pages and API call; HTTP is not in the figure. All of them
start at one instant and book for some seconds. Rates are set beside single-row durable
inserts on the same server. The first and the last round are one process each, with few and
with many clinics stored: what one booking costs may not grow with the number of clinics.
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

import psycopg
from flask import Flask
from sqlalchemy import make_url

from bench.clinic import generated_clinic
from bench.databases import FOLDER, today
from bench.servers import SECRET_KEY
from booking import clock
from booking.access.vault import Vault
from booking.actions.book import book
from booking.actions.clinics import get_clinic
from booking.actions.set_up import load_setup
from booking.actions.values import Actor, BookRequest
from booking.factory import create_app
from booking.records import database
from booking.scheduling.errors import NotOffered, SlotTaken
from config import read_settings

NAME = "booking_bench_clinics"
FEW = 8
ROUNDS = {1: [0], 2: [1, 2], 4: [3, 4, 5, 6]}  # each round finds its clinics empty
HOURS = ((11, 0), (9, 0), (13, 30))
AT_ONE_START = 4
LEAST_HAD = 0.9
PATIENT = Actor("patient", "patient")
Work = Callable[[str, int], Callable[[], bool]]


def main() -> None:
    """Print one line for each round, and the two ratios that issue 5 promises."""
    parser = argparse.ArgumentParser(prog="bench.scale", description=__doc__)
    parser.add_argument("--clinics", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    with scratch() as url:
        _load(url, 0, FEW)
        raw = rate(url, raw_inserts, [0], options.seconds)
        print(f"{cores} cores. Raw durable inserts, 1 connection: {raw:.0f}/s")
        rates = {n: rate(url, bookings, found, options.seconds) for n, found in ROUNDS.items()}
        for count, found in rates.items():
            print(f"{count} at once, {FEW} clinics stored: {found:.0f} bookings/s")
        for count in (2, 4):
            share = rates[count] / rates[1] / max(1, min(count, cores - 1))
            print(f"{count} at once: {share:.2f} of min(n, cores - 1) x one process (promised: 0.70)")
        print(f"one process: {rates[1] / raw:.0%} of raw inserts (promised: 25 %)")
        began = time.monotonic()
        _load(url, FEW, options.clinics)
        print(f"loading {options.clinics - FEW} clinics more: {time.monotonic() - began:.0f} s")
        many = rate(url, bookings, [options.clinics - 1], options.seconds)
        print(f"1 alone, {options.clinics} clinics stored: {many:.0f} bookings/s")


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


def rate(url: str, work: Work, clinics: list[int], seconds: float) -> float:
    """Return how many pieces of work a second all processes together did, one process for each clinic."""
    context = multiprocessing.get_context("spawn")
    barrier, done = context.Barrier(len(clinics)), context.SimpleQueue()
    crew = [
        context.Process(target=_run, args=(url, work, clinic, seconds, barrier, done.put))
        for clinic in clinics
    ]
    for process in crew:
        process.start()
    found = [done.get() for _ in crew]
    for process in crew:
        process.join()
    if min(had for _, had in found) < LEAST_HAD:
        raise RuntimeError("too many of the times could not be had: the rate is of refusals")
    return float(sum(each for each, _ in found))


def bookings(url: str, number: int) -> Callable[[], bool]:
    """Return what books the next visit of a clinic, and says whether it could be had."""
    app = _application(url)
    app.app_context().push()
    clinic, vault, wanted = get_clinic(f"clinic{number}"), Vault(SECRET_KEY), _wanted()

    def one() -> bool:
        try:
            book(clinic, next(wanted), PATIENT, clock.now(), vault)
        except (NotOffered, SlotTaken):
            return False
        return True

    return one


def raw_inserts(url: str, _number: int) -> Callable[[], bool]:
    """Return what inserts one row and commits it durably."""
    server = psycopg.connect(url, autocommit=True)
    server.execute("CREATE TABLE IF NOT EXISTS raw (id bigserial PRIMARY KEY, n int)")
    return lambda: bool(server.execute("INSERT INTO raw (n) VALUES (1)").rowcount)


def _run(
    url: str,
    work: Work,
    clinic: int,
    seconds: float,
    barrier: Barrier,
    tell: Callable[[tuple[float, float]], None],
) -> None:
    one = work(url, clinic)
    for _ in range(10):
        one()
    barrier.wait()
    began, tried, count = time.monotonic(), 0, 0
    while time.monotonic() < began + seconds:
        count += one()
        tried += 1
    tell((count / (time.monotonic() - began), count / tried))


def _wanted() -> Iterator[BookRequest]:
    person = f"{os.getpid()}"
    for at_once in range(AT_ONE_START):
        for hour, minute in HOURS:
            for day in range(2, 88):
                on = today() + timedelta(days=day)
                start = datetime(on.year, on.month, on.day, hour, minute)
                yield _request(f"{person}-{at_once}-{hour}-{day}", start)
    raise RuntimeError("the clinic is full: measure fewer seconds")


def _request(name: str, start: datetime) -> BookRequest:
    return BookRequest(
        service="needle-followup",
        start=start,
        practitioner=None,
        name=f"Patient {name}",
        email=f"p{name}@example.com",
        phone=None,
        language=None,
        first_visit=False,
        companion=False,
        safety=None,
        consent=True,
    )


def _application(url: str) -> Flask:
    return create_app(read_settings({"SECRET_KEY": SECRET_KEY, "DATABASE_URL": url}, Path(FOLDER)))


def _load(url: str, first: int, beyond: int) -> None:
    from flask_migrate import upgrade

    app, text = _application(url), generated_clinic()
    with app.app_context():
        upgrade()
        for number in range(first, beyond):
            load_setup(text.replace('id = "synergy"', f'id = "clinic{number}"', 1), clock.now())
        database.close(app)
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("ANALYZE")


if __name__ == "__main__":
    main()
