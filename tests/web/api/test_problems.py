"""Every refusal, once as a page and once as a problem: one table for both (style.md, matrices)."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.scheduling import errors as refusals
from booking.scheduling.errors import BookingRefused, Invalid
from booking.web import security
from booking.web.refusals import ANSWERS
from booking.web.security import LARGEST_BODY
from tests.web.api.calls import API

STATUSES = {
    "invalid": 422,
    "not_offered": 409,
    "slot_taken": 409,
    "key_reused": 422,
    "too_late": 403,
    "not_found": 404,
    "stale": 409,
    "too_many": 429,
    "busy": 503,
    "form_expired": 400,
    "wrong_host": 400,
    "malformed": 400,
    "method_not_allowed": 405,
    "too_large": 413,
    "unsupported_media_type": 415,
    "unauthorized": 401,
    "signed_out": 401,
    "forbidden": 403,
    "overloaded": 503,
    "failed": 500,
}
REFUSALS = [
    kind
    for kind in vars(refusals).values()
    if isinstance(kind, type) and issubclass(kind, BookingRefused) and kind is not BookingRefused
]


def refusal(kind: type[BookingRefused]) -> BookingRefused:
    """One refusal of a kind."""
    return Invalid({"name": "Please give a name."}) if kind is Invalid else kind("Please call us.")


def serve(app: Flask, monkeypatch: pytest.MonkeyPatch, error: Exception) -> FlaskClient:
    """An application with a page and a call that end in ``error``."""

    def fail() -> str:
        raise error

    for endpoint, rule in (("page", "/page"), ("call", "/api/v1/call")):
        monkeypatch.setattr(security, "ALLOWED", {**security.ALLOWED, endpoint: security.PUBLIC})
        app.add_url_rule(rule, endpoint, fail)
    return app.test_client()


def test_the_table_is_complete() -> None:
    """Every refusal's code has its answer, and the statuses are those of the contract."""
    assert {code: answer.status for code, answer in ANSWERS.items()} == STATUSES
    assert {kind.code for kind in REFUSALS} <= set(ANSWERS)


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.code)
def test_a_refusal_is_a_page_and_a_problem_with_one_status(
    app: Flask, monkeypatch: pytest.MonkeyPatch, kind: type[BookingRefused]
) -> None:
    """A person reads a sentence, a program the same code and sentence."""
    error = refusal(kind)
    client = serve(app, monkeypatch, error)
    page, problem = client.get("/page"), client.get("/api/v1/call")
    assert (page.status_code, problem.status_code) == (STATUSES[kind.code],) * 2
    assert page.content_type == "text/html; charset=utf-8"
    assert error.message in page.get_data(as_text=True)
    assert problem.content_type == "application/problem+json"
    assert problem.json["code"] == kind.code
    assert problem.json["status"] == STATUSES[kind.code]
    assert problem.json["detail"] == error.message
    assert page.headers.get("Retry-After") == problem.headers.get("Retry-After")


@pytest.mark.parametrize(
    ("code", "path", "sent", "says"),
    [
        (
            "malformed",
            f"{API}/appointments",
            {"data": "{", "content_type": "application/json"},
            "JSON object",
        ),
        ("unsupported_media_type", f"{API}/appointments", {"data": "name=A"}, "application/json"),
        (
            "too_large",
            f"{API}/appointments",
            {"data": b"x" * (LARGEST_BODY + 1)},
            f"{LARGEST_BODY // 1024} kB",
        ),
        ("method_not_allowed", f"{API}/slots", {}, "Allow"),
        ("not_found", f"{API}/nowhere", {}, "openapi.json"),
    ],
)
def test_a_program_is_told_what_to_do(
    app: Flask, code: str, path: str, sent: dict[str, Any], says: str
) -> None:
    """What never reached a rule is refused with a sentence for programs, not with that of a page."""
    answer = app.test_client().post(path, **sent)
    assert (answer.status_code, answer.json["code"]) == (STATUSES[code], code)
    assert says in answer.json["detail"]


@pytest.mark.parametrize(("code", "seconds"), [("too_many", "600"), ("busy", "5")])
def test_what_passes_says_when_to_come_back(
    app: Flask, monkeypatch: pytest.MonkeyPatch, code: str, seconds: str
) -> None:
    """429 and 503 carry Retry-After."""
    kind = next(kind for kind in REFUSALS if kind.code == code)
    assert serve(app, monkeypatch, refusal(kind)).get("/page").headers["Retry-After"] == seconds


def test_p8_a_fault_tells_a_number_and_nothing_else(
    app: Flask, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """P8, P7: neither page nor problem nor log line repeats what the exception said."""
    client = serve(app, monkeypatch, RuntimeError("Parvaneh parvaneh@example.com"))
    page, problem = client.get("/page"), client.get("/api/v1/call")
    assert (page.status_code, problem.status_code) == (500, 500)
    assert page.headers["X-Request-Id"] in page.get_data(as_text=True)
    assert problem.json["request_id"] == problem.headers["X-Request-Id"]
    everything = page.get_data(as_text=True) + problem.get_data(as_text=True) + capfd.readouterr().err
    assert "arvaneh" not in everything
    assert "Traceback" not in everything


def test_a_page_that_cannot_be_rendered_is_said_plainly(
    app: Flask, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """P8: when the error page itself fails, a plain one takes its place."""
    client = serve(app, monkeypatch, RuntimeError())
    del app.jinja_env.globals["static_url"]
    answer = client.get("/page")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.get_data(as_text=True)
    assert "fault" in capfd.readouterr().err


def test_words_are_calm() -> None:
    """No exclamation mark, each sentence ends, no word of blame."""
    for answer in ANSWERS.values():
        assert answer.says.endswith(".")
        assert "!" not in answer.title + answer.says
        assert "error" not in (answer.title + answer.says).lower()


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("GET", f"{API}/nothing", 404, "not_found"),
        ("DELETE", f"{API}/services", 405, "method_not_allowed"),
        ("PUT", f"{API}/appointments", 405, "method_not_allowed"),
        ("GET", f"{API}/appointments", 405, "method_not_allowed"),
    ],
)
def test_an_http_error_under_api_is_a_problem(
    client: FlaskClient, method: str, address: str, status: int, code: str
) -> None:
    """Routing errors speak the API's language too; a 405 keeps Allow."""
    answer = client.open(address, method=method)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert ("Allow" in answer.headers) == (status == 405)


def test_an_http_error_elsewhere_is_a_page(client: FlaskClient) -> None:
    """Ecosystem 0.9: people's 404 and 405 stay HTML, and 405 keeps Allow."""
    missing, wrong = client.get("/nothing"), client.delete("/")
    assert (missing.status_code, wrong.status_code) == (404, 405)
    assert missing.content_type == wrong.content_type == "text/html; charset=utf-8"
    assert wrong.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_a_page_that_leads_nowhere_still_offers_the_phone(client: FlaskClient) -> None:
    """The clinic's number stands on a 404 too."""
    assert "tel:+16045550100" in client.get("/nothing").get_data(as_text=True)
