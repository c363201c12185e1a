"""What pages weigh and what rendering one costs, against joining the same strings."""

import gzip
import re
import time
from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from bench.databases import FOLDER, Stored, today
from bench.servers import SECRET_KEY
from booking.actions.clinics import get_clinic
from booking.actions.offer import offer
from booking.actions.values import Question
from booking.factory import create_app
from booking.records import database
from config import read_settings

Figure = tuple[str, float, float, str]
SERVICE = "rmt-60"
ROUNDS, CALLS = 25, 20
LOADED = re.compile(r'<(?:link|script|img|use)\b[^>]*?(?:href|src)="(/static/[^"]+)"')


def measure(stored: Stored) -> list[Figure]:
    """Return (name, value, at most, format) of every figure about pages."""
    environ = {"SECRET_KEY": SECRET_KEY, "DATABASE_URL": stored.url, "BASE_URL": "http://127.0.0.1"}
    app = create_app(read_settings(environ, FOLDER))
    try:
        path = f"/book/{SERVICE}?from={today() + timedelta(days=7)}"
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
    """Return the time of the page less the time of finding its starts, over joining its strings."""
    body = _body(app, path).decode()
    first = today() + timedelta(days=7)
    with app.app_context():
        clinic, now = get_clinic(None), app.extensions["house"].now()
        question = Question(SERVICE, first, first + timedelta(days=6))
        starts = [minute for minute, _ in offer(clinic, question, now).slots()]
        buttons = len(re.findall(r'<button name="start"', body))
        if buttons < len(starts):
            raise RuntimeError("the page does not show every start")
        finding, page, empty = (
            min(_batch(call) for _ in range(ROUNDS))
            for call in (
                lambda: offer(clinic, question, now),
                lambda: _body(app, path),
                lambda: _body(app, "/healthz"),
            )
        )
    joining = min(_batch(lambda: _joined(body, starts)) for _ in range(ROUNDS))
    return (page - finding - empty) / joining


def _joined(body: str, starts: list[int]) -> bytes:
    """Return a page of the same length and the same buttons, made by joining formatted strings."""
    buttons = []
    for minute in starts:
        day, rest = divmod(minute, 1440)
        hour, least = divmod(rest, 60)
        buttons.append(
            f'<button name="start" value="{day}T{hour:02}:{least:02}">{hour % 12 or 12}:{least:02}</button>'
        )
    joined = "".join(buttons)
    return (body[: max(0, len(body) - len(joined))] + joined).encode()


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
