"""Processor time: what work costs, however busy the machine is with other work."""

import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from bench.databases import Stored


def of_processes(ids: list[int]) -> float:
    """Return the seconds that processes of this machine have run; 0 for those on another one."""
    return sum(_nanoseconds(pid) for pid in ids) / 1e9


def of_server(url: str) -> list[int]:
    """Return the process ids of a PostgreSQL server that serve the program on a database."""
    query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with psycopg.connect(url, autocommit=True) as server:
        return [row[0] for row in server.execute(query)]


def clock_of(stored: Stored) -> Callable[[], float]:
    """Return what tells the seconds run by this process, and by the server's for connections open now."""
    ids = [] if stored.engine == "SQLite" else of_server(stored.url)
    return lambda: time.process_time() + of_processes(ids)


def _nanoseconds(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    except OSError:
        return 0
