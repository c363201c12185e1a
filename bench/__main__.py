"""``make bench``: every figure that the project promises, measured in one run.

Options: ``--quick`` leaves the 1,000,000 stored visits out and the messages, which take
six minutes, ``--messages`` measures those alone, ``--engine sqlite`` or ``postgresql``
one engine only.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

from bench import booking_figures, desk_figures, message_figures, page_figures, slots_figures
from bench.client import get
from bench.databases import Stored, postgresql, scratch, sqlite, today
from bench.mail_sink import mail_sink
from bench.servers import Server, serving, working

MISSED: list[str] = []
DAY = "desk: a day's page, unchanged"
APART = timedelta(minutes=60)  # longer than a visit with its reset


def main() -> None:
    """Run the benchmarks and say which promises were missed; exit 1 if any was."""
    options = _options()
    engines = {"sqlite": sqlite, "postgresql": postgresql}
    for name, make in engines.items():
        if options.engine not in (None, name):
            continue
        small = make("50k")
        if small is None:
            print("PostgreSQL: not measured, no server answers (TEST_POSTGRES_URL).")
            continue
        if not options.messages:
            _measure(small, None if options.quick else make("1m"))
        if not options.quick:
            _messages(small)
    for missed in MISSED:
        print(f"MISSED: {missed}")
    sys.exit(1 if MISSED else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--messages", action="store_true")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"))
    return parser.parse_args()


def _measure(small: Stored, large: Stored | None) -> None:
    print(f"\n{small.engine}, 50,000 visits stored, shares of the empty view's requests/s")
    with scratch(small) as copy, serving("bench.empty:app") as empty, serving("wsgi:app", copy.url) as server:
        asked = slots_figures.cases(copy)
        found = slots_figures.shares(empty, server, asked)
        for case in asked:
            _tell(f"slots, {case.name}", found[case.name], case.least[small.engine], "{:.0%}")
        found[DAY] = desk_figures.day_share(copy, empty, server)
        if large is not None:
            _growth(empty, found, large)
        _bookings(copy, empty, server)
        _desk(copy, server, found[DAY])
        if small.engine == "SQLite":
            for name, value, bound, form in page_figures.measure(copy):
                _tell(name, value, bound, form, at_most=True)
        _tell("web process, MB", max(server.worker_megabytes()), 150, "{:.0f}", at_most=True)


def _messages(stored: Stored) -> None:
    print(f"\n{stored.engine}, messages")
    for name, value, bound, form in message_figures.measure(stored):
        _tell(name, value, bound, form, at_most=True)


def _growth(empty: Server, small: dict[str, float], large: Stored) -> None:
    with serving("wsgi:app", large.url) as server:
        found = slots_figures.shares(empty, server, slots_figures.cases(large))
        found[DAY] = desk_figures.day_share(large, empty, server)
    for name, share in found.items():
        _tell(f"the same at 1,000,000 against 50,000, {name}", share / small[name], 0.9, "{:.2f}")


def _bookings(stored: Stored, empty: Server, server: Server) -> None:
    starts = _free_starts(server)
    with mail_sink() as sink, working(stored.url, sink.port, "bench"):
        booking_figures.run_in(server, starts)
        raw = booking_figures.raw_commit(stored)
        share, commits = booking_figures.one_connection(empty, server, starts, raw)
        _tell("booking, one connection", share, 0.20, "{:.0%}")
        _tell("booking, raw durable commits longer", commits, 6, "{:.1f}", at_most=True)
        median, p99 = booking_figures.many_connections(server, starts)
    print(f"  booking, 8 connections: median {median:.0f} ms")
    _tell("booking, 8 connections, p99 in ms", p99, 150, "{:.0f}", at_most=True)


def _desk(stored: Stored, server: Server, share: float) -> None:
    _tell(DAY, share, 0.10, "{:.0%}")
    _tell("desk: queries for a day", desk_figures.day_queries(stored), 8, "{:d}", at_most=True)
    fresh, weight, visits = desk_figures.fresh_days(stored, server)
    _tell(f"desk: {visits} visits, never looked at, ms", fresh, 40, "{:.0f}", at_most=True)
    _tell(f"desk: {visits} visits, KB compressed", weight, 60, "{:.1f}", at_most=True)
    search = desk_figures.search_milliseconds(stored)
    _tell("desk: search over 50,000 patients, ms", search, 30, "{:.1f}", at_most=True)


def _free_starts(server: Server) -> Iterator[str]:
    """Yield starts far enough apart that one booking does not take the next one's time."""
    first, last = today() + timedelta(days=2), today() + timedelta(days=89)
    path = f"/api/v1/slots?service={booking_figures.SERVICE}&from={first}&to={last}"
    free_from = ""
    for slot in json.loads(get(server.port, path).body)["slots"]:
        start = slot["start"][:16]
        if start >= free_from:
            free_from = (datetime.fromisoformat(start) + APART).isoformat()[:16]
            yield start


def _tell(name: str, value: float, bound: float, form: str, *, at_most: bool = False) -> None:
    kept = value <= bound if at_most else value >= bound
    word = "at most" if at_most else "at least"
    print(f"  {'ok    ' if kept else 'MISSED'} {name}: {form.format(value)} ({word} {form.format(bound)})")
    if not kept:
        MISSED.append(name)


if __name__ == "__main__":
    main()
