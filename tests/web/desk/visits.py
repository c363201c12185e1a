"""Visits for the desk's tests, booked as patients book them, and what is stored of them."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from booking.records.database import reader
from tests.web.api.calls import booked

TUESDAY = "2026-11-24"
FIELD = re.compile(r'name="(csrf_token|version)" value="([^"]*)"')


def rows(app: Flask, query: str) -> list[tuple[object, ...]]:
    """Return the rows that a query finds in the application's database."""
    with app.app_context():
        return [tuple(row) for row in reader().execute(text(query))]


def column(app: Flask, query: str) -> list[object]:
    """Return the first column of them."""
    return [row[0] for row in rows(app, query)]


def book(app: Flask, start: str = f"{TUESDAY}T09:00", **more: Any) -> str:
    """Book a follow-up with Lam over the API and return its reference."""
    given = {"service": "needle-followup", "practitioner": "lam", "start": start, **more}
    reference: str = booked(app.test_client(), **given)["reference"]
    return reference


def send(client: FlaskClient, reference: str, what: str, **fields: str) -> TestResponse:
    """Send one of the visit's forms as its page shows it, with ``fields`` filled in."""
    page = client.get(f"/desk/visits/{reference}")
    hidden = dict(FIELD.findall(page.text))
    return client.post(f"/desk/visits/{reference}/{what}", data={**hidden, **fields})
