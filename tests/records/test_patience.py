"""One process of a web server at a time waits long for the write lock (K11)."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from flask import Flask
from sqlalchemy import Connection

from booking.records import patience
from booking.records.failures import Locked
from booking.records.patience import share_seat, usual_seconds, wait_in_turn
from booking.records.transaction import transaction
from booking.scheduling.clinic import Clinic
from tests.databases import MORNING

SIT = """
import fcntl, sys
seat = open(sys.argv[1], "r+")
fcntl.lockf(seat, fcntl.LOCK_EX)
print("sits", flush=True)
input()
"""


@pytest.fixture
def seat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[IO[bytes]]:
    """A seat that this process shares, until the test ends."""
    monkeypatch.setattr(patience, "_seat", None)
    with (tmp_path / "seat").open("w+b") as file:
        share_seat(file.fileno())
        yield file


@contextmanager
def somebody_sitting(seat: IO[bytes]) -> Iterator[None]:
    """Let another process sit on it."""
    command = [sys.executable, "-c", SIT, str(seat.name)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "sits\n"
        yield
        other.kill()


def refuse(waits: list[float | None]) -> None:
    """Find the lock taken, however long is waited."""

    def attempt(wait: float | None) -> None:
        waits.append(wait)
        raise Locked("busy")

    with pytest.raises(Locked):
        wait_in_turn(attempt)


def test_without_a_seat_everybody_waits_to_the_end() -> None:
    """Worker and commands share no seat: one try, as long as a lock may last."""
    waits: list[float | None] = []
    refuse(waits)
    assert (waits, usual_seconds()) == ([None], 14)


def test_k11_after_a_moment_one_process_takes_the_seat_and_waits_on(seat: IO[bytes]) -> None:
    """K11: a moment as usual, then what is left of 14 seconds."""
    waits: list[float | None] = []
    refuse(waits)
    assert usual_seconds() == 1
    assert waits[0] is None
    assert waits[1:] == [pytest.approx(14, abs=1)]


def test_k11_while_somebody_sits_the_others_are_told_at_once(seat: IO[bytes]) -> None:
    """K11: no second one waits; when the one who sat is killed, the seat is free again."""
    waits: list[float | None] = []
    with somebody_sitting(seat):
        refuse(waits)
        assert waits == [0.05]
        assert wait_in_turn(lambda wait: f"done with {wait}") == "done with 0.05"
    assert wait_in_turn(lambda wait: f"done with {wait}") == "done with None"


def test_k11_what_waits_otherwise_than_usual_works_and_leaves_no_trace(
    seat: IO[bytes], any_app: Flask, clinic: Clinic
) -> None:
    """A transaction that was told to wait briefly is like any other, and so is the one after it."""
    is_sqlite = str(any_app.config["SQLALCHEMY_DATABASE_URI"]).startswith("sqlite")
    setting = "PRAGMA busy_timeout" if is_sqlite else "SHOW lock_timeout"

    def ask(conn: Connection) -> str:
        return str(conn.exec_driver_sql(setting).scalar_one())

    with somebody_sitting(seat):
        briefly = transaction(clinic.id, MORNING, ask)
    as_usual = transaction(clinic.id, MORNING, ask)
    assert (briefly, as_usual) == (("1000", "1000") if is_sqlite else ("50ms", "1s"))
