"""How fast slots are answered, as shares of the empty view's requests/s in the same rounds."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bench.client import get
from bench.databases import Stored, today
from bench.servers import Server

ROUNDS = 15
CALLS = 40
WARM = 8  # both worker processes have answered before an unchanged question is timed
PERSON = "a0"
SERVICE = "laser-45"


@dataclass(frozen=True)
class Case:
    """A question, and what happens before each time it is asked."""

    name: str
    path: str
    least: dict[str, float]
    before: Callable[[], object] | None = None


def cases(stored: Stored) -> list[Case]:
    """Return the questions that the issue names, with the least shares by engine."""
    change = stored.change()
    first = today() + timedelta(days=9)
    day = _path(first, 1) + f"&practitioner={PERSON}"
    return [
        Case("one day, one practitioner, after a change", day, {"SQLite": 0.45, "PostgreSQL": 0.35}, change),
        Case("7 days, anyone, unchanged", _path(first, 7), {"SQLite": 0.85, "PostgreSQL": 0.55}),
        Case("7 days, anyone, after a change", _path(first, 7), {"SQLite": 0.15, "PostgreSQL": 0.10}, change),
        Case(
            "90 days, anyone, after a change",
            _path(today(), 91),
            {"SQLite": 0.08, "PostgreSQL": 0.08},
            change,
        ),
    ]


def _path(first: date, days: int) -> str:
    last = first + timedelta(days=days - 1)
    return f"/api/v1/slots?service={SERVICE}&from={first}&to={last}"


def shares(empty: Server, server: Server, asked: list[Case]) -> dict[str, float]:
    """Return each case's requests/s as a share of the empty view's: the median of interleaved rounds."""
    found: dict[str, list[float]] = {case.name: [] for case in asked}
    for _ in range(ROUNDS):
        for case in asked:
            limit = _seconds(empty, "/", case.before, CALLS)  # under the same conditions
            found[case.name].append(limit / _seconds(server, case.path, case.before, CALLS))
    return {name: statistics.median(values) for name, values in found.items()}


def _seconds(server: Server, path: str, before: Callable[[], object] | None, calls: int) -> float:
    total = 0.0
    if before is None:
        for _ in range(WARM):
            get(server.port, path)
    for _ in range(calls):
        if before is not None:
            before()
        answer = get(server.port, path)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        total += answer.seconds
    return total
