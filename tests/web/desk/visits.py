"""Visits for the desk's tests, booked as patients book them."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.api.calls import booked

TUESDAY = "2026-11-24"
FIELD = re.compile(r'name="(csrf_token|version)" value="([^"]*)"')


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
