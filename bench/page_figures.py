"""What pages weigh and what rendering one costs, against joining the same strings."""

import gzip
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import cast
from unittest.mock import patch

from flask import Flask

from bench.databases import FOLDER, Stored, today
from bench.servers import SECRET_KEY
from booking.factory import create_app
from booking.records import database
from booking.web.kept import KeptAnswers
from booking.web.patients import week
from booking.web.patients.blueprint import here_stamped
from config import read_settings

Figure = tuple[str, float, float, str]
SERVICE = "rmt-60"
ROUNDS, CALLS = 25, 20
LEAST_TIMES = 150
BUTTON = re.compile(r'<button name="start" value="[0-9-]{10}T(\d\d):(\d\d)">\d+:\d\d</button>')
LOADED = re.compile(r'<(?:link|script|img|use)\b[^>]*?(?:href|src)="(/static/[^"]+)"')


def measure(stored: Stored) -> list[Figure]:
    """Return (name, value, at most, format) of every figure about pages."""
    environ = {"SECRET_KEY": SECRET_KEY, "DATABASE_URL": stored.url, "BASE_URL": "http://127.0.0.1"}
    app = create_app(read_settings(environ, FOLDER))
    try:
        path = f"/book/{SERVICE}?from={today() + timedelta(days=82)}"
        requests, kilobytes = _first_page(app)
        return [
            ("a week's page, rendering against joined strings", _rendering(app, path), 3, "{:.1f}"),
            ("a week's page, KB compressed", _weight(_body(app, path)), 6, "{:.1f}"),
            ("first page with all it loads, KB compressed", kilobytes, 30, "{:.1f}"),
            ("first page, requests", requests, 6, "{:.0f}"),
        ]
    finally:
        database.close(app)


def _rendering(app: Flask, path: str) -> float:
    """Return the time of making the page, its starts being known, over joining the same strings."""
    with app.test_request_context(path, base_url="http://127.0.0.1"):
        view = app.view_functions["patients.times"]
        with _remembered("offer"), patch.object(KeptAnswers, "find", _nothing):
            body = bytes(cast("bytes", view(code=SERVICE))).decode()
            minutes = [int(h) * 60 + int(m) for h, m in BUTTON.findall(body)]
            rest = BUTTON.sub("", body).split(">")
            if len(minutes) < LEAST_TIMES or _joined(rest, minutes) != len(body):
                raise RuntimeError("this is not a full week's page")
            calls = (lambda: view(code=SERVICE), here_stamped, lambda: _joined(rest, minutes))
            rounds = [[_batch(call) for call in calls] for _ in range(ROUNDS)]
    page, stamp, joined = (min(times) for times in zip(*rounds, strict=True))
    return float((page - stamp) / joined)


@contextmanager
def _remembered(search: str) -> Iterator[None]:
    """Let a search of the page give its first answer to a question again: finding is not rendering."""
    found: dict[object, object] = {}

    def once(*asked: object) -> object:
        question = asked[1]
        if question not in found:
            found[question] = original(*asked)
        return found[question]

    original = getattr(week, search)
    with patch.object(week, search, once):
        yield


def _nothing(*_: object) -> None:
    """Be an empty store of kept pages."""


def _joined(rest: list[str], minutes: list[int]) -> int:
    """Join a page of the same strings: one f-string for each element, formatted for each time."""
    buttons = []
    for minute in minutes:
        h, m = divmod(minute, 60)
        value = f"2027-01-01T{h:02}:{m:02}"
        buttons.append(f'<button name="start" value="{value}">{h % 12 or 12}:{m:02}</button>')
    return len("".join([f"{text}>" for text in rest]) + "".join(buttons)) - 1


def _batch(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    for _ in range(CALLS):
        call()
    return (time.perf_counter() - began) / CALLS


def _body(app: Flask, path: str) -> bytes:
    answer = app.test_client().get(path, base_url="http://127.0.0.1")
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    body: bytes = answer.data
    return body


def _weight(body: bytes) -> float:
    return len(gzip.compress(body, 6)) / 1024


def _first_page(app: Flask) -> tuple[float, float]:
    page = _body(app, "/")
    loaded = sorted(set(LOADED.findall(page.decode())))
    return 1 + len(loaded), _weight(page) + sum(_weight(_body(app, path)) for path in loaded)
