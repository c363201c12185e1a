"""What the desk's pages cost: the day beside an empty view, a full week in the server, a search."""

import gzip
import re
import statistics
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from flask import Flask
from sqlalchemy import event

from bench.booking_figures import ATTRIBUTE, FIELD, seconds_of
from bench.client import Answer, get, post
from bench.databases import FOLDER, Stored, today
from bench.servers import SECRET_KEY, Server
from booking import clock
from booking.actions.clinics import get_clinic
from booking.actions.search import find_patients
from booking.actions.staff import NewStaff, add_staff
from booking.actions.values import Actor
from booking.factory import create_app
from booking.records import database
from booking.records.schema import db
from config import read_settings

FIELD_OF_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
ROUNDS = 60
FRESH = 20


def day_share(stored: Stored, empty: Server, server: Server) -> float:
    """Return the share of the empty view's requests/s that a day's page reaches, interleaved."""
    cookie = signed_in(stored, server)
    path = f"/desk/{today() + timedelta(days=1)}"
    took = []
    for _ in range(ROUNDS):
        limit = statistics.median(get(empty.port, "/").seconds for _ in range(3))
        answer = get(server.port, path, cookie)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        took.append((limit, answer.seconds))
    limits, pages = zip(*took, strict=True)
    return statistics.median(limits) / statistics.median(pages)


def fresh_days(stored: Stored, server: Server) -> tuple[float, float, int]:
    """Return the median ms and KB compressed of days that nobody has looked at, and the visits on one.

    In this clinic a day has the visits of a full week of the sample.
    """
    cookie = signed_in(stored, server)
    pages = [get(server.port, f"/desk/{today() + timedelta(days=n)}", cookie) for n in range(2, 2 + FRESH)]
    weight = max(len(gzip.compress(page.body, 6)) for page in pages) / 1024
    visits = int(statistics.median(page.body.count(b"data-ref=") for page in pages))
    return statistics.median(page.seconds for page in pages) * 1000, weight, visits


def day_queries(stored: Stored) -> int:
    """Return how many statements the page of a day that nobody has looked at sends, visits and all."""
    app, sent = _app(stored), [0]

    def count(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent[0] += not statement.startswith(("PRAGMA", "BEGIN"))

    client, path = app.test_client(), f"/staff/link/{_link(app)}"
    form = FIELD_OF_TOKEN.findall(client.get(path).text)[0]
    client.post(path, data={"csrf_token": form})
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", count)
        answer = client.get(f"/desk/{today() + timedelta(days=2 + FRESH)}")
        database.close(app)
    if answer.status_code != 200:
        raise RuntimeError(f"the day answered {answer.status_code}")
    return sent[0]


def signed_in(stored: Stored, server: Server) -> str:
    """Make an account and return the cookie of a browser that is signed in with it."""
    path = f"/staff/link/{_link(_app(stored))}"
    page = get(server.port, path)
    answer = post(server.port, path, _hidden(page), _cookie(page))
    return _cookie(answer)


def _link(app: Flask) -> str:
    """Make an account and return the token of the link that signs it in."""
    with app.app_context():
        clinic, now = get_clinic(None), clock.now()
        email = f"bench{now.timestamp():.6f}@example.com"
        token = add_staff(clinic, NewStaff(email, "reception"), Actor("staff", "bench"), now)
        database.close(app)
    return token


def search_milliseconds(stored: Stored) -> float:
    """Return the median milliseconds of a search for part of a name, in the server."""
    app = _app(stored)
    with app.app_context():
        clinic, now = get_clinic(None), clock.now()
        took = [seconds_of(partial(find_patients, clinic, word, now)) for word in _words()]
        database.close(app)
    return statistics.median(took) * 1000


def _words() -> Iterator[str]:
    for number in range(ROUNDS):
        yield ("patient 4711", "ent 99", "1234", "example", "zz")[number % 5]


def _app(stored: Stored) -> Flask:
    return create_app(read_settings({"SECRET_KEY": SECRET_KEY, "DATABASE_URL": stored.url}, Path(FOLDER)))


def _hidden(page: Answer) -> dict[str, str]:
    tags = (dict(ATTRIBUTE.findall(tag)) for tag in FIELD.findall(page.body.decode()))
    return {tag["name"]: tag.get("value", "") for tag in tags if "name" in tag}


def _cookie(answer: Answer) -> str:
    return "; ".join(re.findall(r"^Set-Cookie: ([^;\r]+)", answer.head, re.MULTILINE | re.IGNORECASE))
