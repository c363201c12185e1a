"""The page of free times with five years of visits behind it: few statements, quickly answered (L3)."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from bench.history import year
from bench.store import store
from booking.actions.clinics import get_clinic
from booking.records import database
from booking.records.schema import db
from tests.databases import Clock, opened
from tests.load.crowd import percentile
from tests.races import stored
from tests.races.site import serving_copy
from tests.races.sizes import PAGES, PATIENCE, SLOW, VISITS_A_YEAR
from tests.web.patients.counting import statements

pytestmark = [pytest.mark.load, pytest.mark.slow, pytest.mark.timeout(3 * PATIENCE)]

YEARS = 5
FIRST, LAST = date(2026, 11, 23), date(2027, 2, 21)  # what can be booked online
SERVICES = ("rmt-60", "needle-followup", "laser-45")
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


def fill(app: Flask) -> int:
    """Store five years of visits up to the last day that can be booked; return how many."""
    with app.app_context():
        clinic, url = get_clinic(None), db.engine.url.render_as_string(hide_password=False)
    database.close(app)  # nobody reads while the guard is off
    visits = year(clinic, LAST, VISITS_A_YEAR)
    store(url, clinic, visits, YEARS)
    return YEARS * len(visits)


def page(number: int) -> str:
    """Return the path of a page: another service and another week each time."""
    first = FIRST + timedelta(days=number * 5 % (LAST - FIRST).days)
    return f"/book/{SERVICES[number % len(SERVICES)]}?from={first}"


def test_l3_a_page_costs_few_statements_whatever_lies_behind(any_app: Flask) -> None:
    """L3: with five years of visits stored each page of free times costs at most 5 statements."""
    assert fill(any_app) == YEARS * VISITS_A_YEAR
    client, most = any_app.test_client(), 0
    client.get("/")  # opens the connection and loads the set-up
    for number in range(20):
        with statements(any_app) as sent:
            assert client.get(page(number), base_url="http://127.0.0.1:8000").status_code == 200
        most = max(most, len(sent))
    assert 2 <= most <= 5


@pytest.mark.parametrize("engine", ENGINES if SLOW else ENGINES[:1])
def test_l3_pages_are_quick_whatever_lies_behind(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    engine: str,
    record_property: Callable[[str, object], None],
) -> None:
    """L3: 2,000 pages of a clinic with five years behind it, none kept from before: p99 at most 150 ms."""
    with serving_copy(request, tmp_path, engine) as site:
        with opened(site.database, tmp_path, Clock()) as app:
            visits = fill(app)
        times = []
        with stored.connected(site.database) as conn:
            for number in range(PAGES):
                conn.execute(text("UPDATE clinic SET changes = changes + 1"))  # no kept page is right
                began = time.monotonic()
                answer = site.send("GET", page(number))
                times.append(time.monotonic() - began)
                assert answer.status == 200
    median, p99 = (round(percentile(times, share) * 1000) for share in (0.5, 0.99))
    record_property("L3 visits, pages, median and p99 in ms", (visits, PAGES, median, p99))
    assert not SLOW or p99 <= 150
