"""What a booking costs its database alone: the program's statements, sent again by the bare driver.

No program that stores what a booking stores can be quicker, whatever it is written in. Visits
are booked in one copy of a database, and what was sent is sent again to another copy, which
makes the same rows: one statement after the other, and all of them in one pipeline.
"""

import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
from sqlalchemy import Connection, event, make_url
from sqlalchemy.engine import Engine

from bench import many_clinics
from bench.booking_figures import seconds_of
from bench.servers import SECRET_KEY
from booking import clock
from booking.access.vault import Vault
from booking.actions.book import book
from booking.actions.clinics import get_clinic
from booking.records import database

Statement = tuple[str, Any]
COLD = 10  # that are not counted: statements are prepared, pages are read


def medians(admin: str, url: str, number: int, visits: int) -> tuple[float, float]:
    """Return the seconds of a booking's statements one after the other, and in one pipeline.

    Args: ``admin`` names the server, ``number`` the clinic that is booked for.
    """
    with _copy(admin, url) as twin:
        sent = _recorded(url, number, visits)
        one_by_one, pipelined = sent[: len(sent) // 2], sent[len(sent) // 2 :]
        with psycopg.connect(twin, autocommit=True, prepare_threshold=0) as server:
            apart = [seconds_of(partial(_send, server, booking)) for booking in one_by_one]
            together = [seconds_of(partial(_pipeline, server, booking)) for booking in pipelined]
    return statistics.median(apart[COLD:]), statistics.median(together[COLD:])


def _send(server: "psycopg.Connection[Any]", booking: Sequence[Statement]) -> None:
    with server.transaction():
        for words, values in booking:
            server.execute(words, values)


def _pipeline(server: "psycopg.Connection[Any]", booking: Sequence[Statement]) -> None:
    with server.pipeline():
        _send(server, booking)


def _recorded(url: str, number: int, visits: int) -> list[list[Statement]]:
    """Book and return what was sent for each booking, between its BEGIN and its COMMIT."""
    app = many_clinics.application(url)
    found: list[list[Statement]] = []
    with app.app_context():
        clinic, vault = get_clinic(many_clinics.code(number)), Vault(SECRET_KEY)
        starts = many_clinics.free_starts(clinic, 2, 88)

        def note(_conn: Connection, _cursor: Any, words: str, values: Any, *_: Any) -> None:
            found[-1].append((words, values))

        event.listen(Engine, "before_cursor_execute", note)
        for person, (service, start) in zip(range(visits), starts, strict=False):
            found.append([])
            asked = many_clinics.request(service, start, f"floor{person}")
            book(clinic, asked, many_clinics.PATIENT, clock.now(), vault)
        event.remove(Engine, "before_cursor_execute", note)
        database.close(app)
    return found


@contextmanager
def _copy(admin: str, url: str) -> Iterator[str]:
    own = make_url(url)
    name = f"{own.database}_twin"
    with psycopg.connect(admin, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{own.database}"')
        try:
            yield own.set(database=name).render_as_string(hide_password=False)
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
