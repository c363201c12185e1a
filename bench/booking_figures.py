"""How fast a visit is booked through the page's own form, everything included.

Measured as the program runs: with the message worker beside the web processes, after its
first minute. On SQLite the worker has then brought the write-ahead log home, and bookings
write over it; in a log that grows with each of them the file system writes its own journal, too.
"""

import re
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

from bench.client import Answer, get, post
from bench.databases import FOLDER, Stored
from bench.servers import Server
from booking.mail.worker import TIDY_SECONDS

BOOKINGS = 50
AT_ONCE, MANY = 8, 120
SERVICE = "laser-45"
RAW_SQLITE = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "DROP TABLE IF EXISTS raw",
    "CREATE TABLE raw (id INTEGER PRIMARY KEY, t0 INTEGER, t1 INTEGER)",
    "CREATE INDEX ix_raw ON raw (t0)",
)
FIELD = re.compile(r'<input[^>]*type="hidden"[^>]*>')
ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')


@dataclass(frozen=True)
class Form:
    """A details page that was opened: where to post, with what."""

    path: str
    cookie: str
    fields: dict[str, str]

    def send(self, server: Server) -> Answer:
        """Book."""
        return post(server.port, self.path, self.fields, self.cookie)


def opened(server: Server, starts: Iterator[str], person: str) -> Form:
    """Open the details page of the next free start as a patient would."""
    path = f"/book/{SERVICE}/{next(starts)}"
    page = get(server.port, path)
    if page.status != 200:
        raise RuntimeError(f"{path} answered {page.status}")
    cookie = "; ".join(re.findall(r"^Set-Cookie: ([^;\r]+)", page.head, re.MULTILINE | re.IGNORECASE))
    hidden = (dict(ATTRIBUTE.findall(tag)) for tag in FIELD.findall(page.body.decode()))
    fields = {tag["name"]: tag.get("value", "") for tag in hidden if "name" in tag}
    said = {
        "name": person,
        "email": f"{person}@example.com",
        "first_visit": "no",
        "safety": "ok",
        "consent": "y",
    }
    return Form(path, cookie, fields | said)


def run_in(server: Server, starts: Iterator[str]) -> None:
    """Book as often as will be measured, and wait until the worker has tidied up."""
    for number in range(BOOKINGS):
        _expect_booked(opened(server, starts, f"first{number}").send(server))
    time.sleep(TIDY_SECONDS + 1)


def one_connection(
    empty: Server, server: Server, starts: Iterator[str], raw: Callable[[], float]
) -> tuple[float, float]:
    """Return the share of the empty view's requests/s, and raw commits longer than it takes."""
    took: list[tuple[float, float, float]] = []
    for number in range(BOOKINGS):
        form = opened(server, starts, f"single{number}")
        limit = statistics.median(get(empty.port, "/").seconds for _ in range(3))
        answer = form.send(server)
        _expect_booked(answer)
        took.append((limit, answer.seconds, raw()))
    limit, booking, commit = (statistics.median(column) for column in zip(*took, strict=True))
    return limit / booking, (booking - limit) / commit


def many_connections(server: Server, starts: Iterator[str]) -> tuple[float, float]:
    """Return the median and the 99th percentile, in ms, of bookings on 8 connections at once."""
    forms = [opened(server, starts, f"many{number}") for number in range(MANY)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda form: form.send(server), forms))
    for answer in answers:
        _expect_booked(answer)
    seconds = sorted(answer.seconds for answer in answers)
    return seconds[len(seconds) // 2] * 1000, seconds[int(len(seconds) * 0.99)] * 1000


def _expect_booked(answer: Answer) -> None:
    if answer.status != 303:
        raise RuntimeError(f"a booking answered {answer.status}: {answer.body[:400]!r}")


def raw_commit(stored: Stored) -> Callable[[], float]:
    """Return what makes one durable commit of one guarded row on the same engine and tells its seconds.

    It is the least that any booking must do: on SQLite a look whether the time is free and an insert,
    on PostgreSQL an insert under EXCLUDE. No other table, index or program is in it.
    """
    minutes = count(0, 5)
    if stored.engine == "SQLite":
        conn = sqlite3.connect(Path(FOLDER) / "raw.db", isolation_level=None)
        for statement in RAW_SQLITE:
            conn.execute(statement)
        return lambda: seconds_of(lambda: _check_and_insert(conn, next(minutes)))
    insert = guarded_insert(psycopg.connect(stored.url, autocommit=True), "bench_raw")
    return lambda: seconds_of(insert)


def guarded_insert(server: "psycopg.Connection[tuple[object, ...]]", table: str) -> Callable[[], int]:
    """Return what inserts a row under EXCLUDE into a new table, commits it and returns how many it was."""
    minutes = count(0, 5)
    server.execute(f'DROP TABLE IF EXISTS "{table}"')
    columns = "id bigserial PRIMARY KEY, span int4range, EXCLUDE USING gist (span WITH &&)"
    server.execute(f'CREATE TABLE "{table}" ({columns})')
    add = f'INSERT INTO "{table}" (span) VALUES (int4range(%(at)s, %(at)s + 5))'
    return lambda: server.execute(add, {"at": next(minutes)}).rowcount


def _check_and_insert(conn: sqlite3.Connection, minute: int) -> None:
    conn.execute("BEGIN IMMEDIATE")
    taken = conn.execute(
        "SELECT 1 FROM raw WHERE t0 < ? AND t0 > ? AND t1 > ?", (minute + 5, minute - 480, minute)
    )
    if taken.fetchone() is None:
        conn.execute("INSERT INTO raw (t0, t1) VALUES (?, ?)", (minute, minute + 5))
    conn.execute("COMMIT")


def seconds_of(work: Callable[[], object]) -> float:
    """Return how long a piece of work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
