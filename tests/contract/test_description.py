"""The API against its own description, by schemathesis: in process, bounded, from a fixed seed."""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from booking.actions.clinics import get_clinic
from booking.actions.staff import make_token
from booking.house import house
from tests.staff import BY, member
from tests.web.api.calls import body, booked

pytestmark = pytest.mark.slow

CALLS = (
    "GET /services",
    "GET /practitioners",
    "GET /slots",
    "POST /appointments",
    "GET /appointments/{token}",
    "POST /appointments/{token}/cancel",
    "POST /appointments/{token}/move",
    "GET /day/{date}",
)
CAN_BE_WRONG = ("GET /slots", "POST /appointments", "POST /appointments/{token}/move")
BOUNDED = settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def try_out(app: Flask, call: str, mode: GenerationMode, prepare: Callable[[Case], None]) -> None:
    """Send generated requests of one call and check every answer against the description.

    That right data is accepted cannot be asked: no schema knows which codes and days exist.
    """
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    found = {result.ok().label: result.ok() for result in schema.get_all_operations()}
    operation = next(one for label, one in found.items() if label.replace("/api/v1", "") == call)

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Case) -> None:
        prepare(case)
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    send()


def test_every_call_is_tried_out(app: Flask) -> None:
    """The list above is the description's."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    labels = [result.ok().label.replace("/api/v1", "") for result in schema.get_all_operations()]
    assert sorted(labels) == sorted(CALLS)


@pytest.mark.parametrize("call", CALLS)
def test_right_data_is_answered_as_described(app: Flask, call: str) -> None:
    """No 5xx; statuses, types, headers and schemas as in openapi.json."""
    try_out(app, call, GenerationMode.POSITIVE, lambda case: None)


@pytest.mark.parametrize("call", CAN_BE_WRONG)
def test_wrong_data_is_refused_as_described(app: Flask, call: str) -> None:
    """The same for what the description forbids, and none of it is accepted."""
    try_out(app, call, GenerationMode.NEGATIVE, lambda case: None)


@pytest.mark.parametrize(
    "call", [call for call in CALLS if call not in ("GET /services", "GET /practitioners")]
)
def test_what_exists_is_answered_as_described(app: Flask, call: str) -> None:
    """The same with a visit, a service and a day that exist, so that those answers are checked too."""
    token = booked(app.test_client(), start="2026-12-01T09:00")["token"]
    member(app, "admin")
    with app.app_context():
        bearer = make_token(get_clinic(None), "admin@example.com", BY, house().now())
    real: dict[str, Any] = {"service": "rmt-60", "from": "2026-11-24", "to": "2026-12-01"}

    def prepare(case: Case) -> None:
        if call == "GET /day/{date}":
            case.path_parameters["date"] = "2026-12-01"
            case.headers["Authorization"] = f"Bearer {bearer}"
        elif case.path_parameters:
            case.path_parameters["token"] = token
        if call == "GET /slots":
            case.query = (case.query or {}) | real
        if call == "POST /appointments" and isinstance(case.body, dict):
            case.body |= body(practitioner=case.body.get("practitioner"))
        if call.endswith("/move") and isinstance(case.body, dict):
            case.body["start"] = "2026-12-01T10:00"

    try_out(app, call, GenerationMode.POSITIVE, prepare)
