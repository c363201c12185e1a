"""Broken bytes and oversized bodies: a 400 or 413 in time, never a 500 (B8, B10)."""

import json
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.api.calls import body
from tests.web.requests import send

BROKEN = {
    "half an escape": "%",
    "no hex": "%zz",
    "cut short": "%e",
    "NUL": "%00",
    "a lone byte": "%ff",
    "a cut sequence": "%e2%82",
    "a lone surrogate": "%ed%a0%80",
    "overlong slash": "%c0%af",
    "overlong NUL": "%c0%80",
    "beyond Unicode": "%f5%80%80%80",
}
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
PATHS = ("/", "/book/", "/appointment/", "/api/v1/appointments/", "/static/")


@pytest.mark.parametrize("bad", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("path", PATHS)
def test_b8_a_broken_path_is_400(app: Flask, path: str, bad: str) -> None:
    """B8: NUL, lone surrogates, overlong UTF-8 and invalid escapes in a path."""
    assert send(app, f"{path}x{bad}y").status == 400


@pytest.mark.parametrize("bad", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("path", ["/", "/book/rmt-60", "/api/v1/slots", "/nothing"])
def test_b8_a_broken_query_is_400(app: Flask, path: str, bad: str) -> None:
    """B8: the same in a query, wherever it is sent."""
    answer = send(app, f"{path}?service=rmt-60{bad}&from=2026-11-24")
    assert answer.status == 400
    assert answer.headers["Content-Type"].startswith(
        "application/problem+json" if path.startswith("/api/") else "text/html"
    )


def test_b8_raw_bytes_are_read_as_utf8(app: Flask) -> None:
    """B8: unescaped bytes that are not UTF-8 are refused, those that are reach the router."""
    assert send(app, "/nothing", PATH_INFO="/\xff", RAW_URI="/\xff").status == 400
    assert send(app, "/nothing", PATH_INFO="/\xc3\xa9", RAW_URI="/\xc3\xa9").status == 404
    assert send(app, "/?x=\xff", QUERY_STRING="x=\xff").status == 400


@pytest.mark.parametrize("bad", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("path", ["/book/rmt-60/hold", "/book/rmt-60/2026-11-24T11:00"])
def test_b8_a_broken_form_is_400(app: Flask, path: str, bad: str) -> None:
    """B8: the same in a form's field and in its name."""
    assert send(app, path, "POST", f"name=x{bad}y".encode(), FORM).status == 400
    assert send(app, path, "POST", f"na{bad}me=x".encode(), FORM).status == 400


BROKEN_JSON: dict[str, bytes] = {
    "nothing": b"",
    "not JSON": b"service=rmt-60",
    "cut short": b'{"service": "rmt-60"',
    "two documents": b"{} {}",
    "NUL": b'{"service": "\\u0000"}',
    "a lone surrogate": b'{"service": "\\ud800"}',
    "a lone surrogate as a key": b'{"\\udfff": 1}',
    "not UTF-8": b'{"service": "\xff"}',
    "UTF-16": '{"service": "x"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"service": "x"}',
    "NaN": b'{"service": NaN}',
    "Infinity": b'{"service": -Infinity}',
    "a key twice": b'{"service": "rmt-60", "service": "rmt-30"}',
    "a number of 5000 digits": b'{"service": ' + b"9" * 5000 + b"}",
    "nine levels": b'{"a":' * 9 + b"1" + b"}" * 9,
    "30,000 levels": b"[" * 30_000 + b"]" * 30_000,
    "comments": b"{/**/}",
}


@pytest.mark.parametrize("bad", BROKEN_JSON.values(), ids=BROKEN_JSON)
@pytest.mark.parametrize("call", ["", "/move"])
def test_b8_b10_a_broken_document_is_400(app: Flask, call: str, bad: bytes) -> None:
    """B8, B10: what is not one JSON object of sound text, eight levels deep at most."""
    token = ""
    if call:
        made = app.test_client().post("/api/v1/appointments", json=body(start="2026-11-25T12:00"))
        token = f"/{made.json['token']}"
    answer = send(app, f"/api/v1/appointments{token}{call}", "POST", bad, JSON)
    assert answer.status == 400
    assert json.loads(answer.body)["code"] == "malformed"


@pytest.mark.parametrize("other", [b"[]", b'"x"', b"null", b"1"])
def test_a_document_of_the_wrong_type_is_invalid(app: Flask, other: bytes) -> None:
    """A sound document that is no object is wrong by itself (contract.md, "Meanings"): 422, with words."""
    answer = send(app, "/api/v1/appointments", "POST", other, JSON)
    assert answer.status == 422
    assert json.loads(answer.body)["fields"] == {"body": "This must be a JSON object."}


@pytest.mark.parametrize(
    "kind", [FORM, "text/plain", "multipart/form-data; boundary=x", "application/xml", "x"]
)
@pytest.mark.parametrize("call", ["", "/x/cancel", "/x/move"])
def test_a9_the_api_reads_json_only(app: Flask, call: str, kind: str) -> None:
    """A9: another site's form cannot speak to the API: 415."""
    answer = send(app, f"/api/v1/appointments{call}", "POST", json.dumps(body()).encode(), kind)
    assert (answer.status, json.loads(answer.body)["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("kind", [JSON, "text/plain", "multipart/form-data; boundary=x"])
def test_pages_read_forms_only(app: Flask, kind: str) -> None:
    """B10: no upload, no JSON: 415."""
    assert send(app, "/book/rmt-60/hold", "POST", b"{}", kind).status == 415


MEGABYTES = 10 * 1024 * 1024
LARGE = {
    "10 MB of JSON": ("/api/v1/appointments", b"x" * MEGABYTES, JSON, 413),
    "10 MB of form": ("/book/rmt-60/hold", b"a=" + b"x" * MEGABYTES, FORM, 413),
    "64 KB and one byte": ("/book/rmt-60/hold", b"x" * (64 * 1024 + 1), FORM, 413),
    "10,000 fields": ("/book/rmt-60/hold", b"a=b&" * 10_000, FORM, 413),
    "1,000 files": ("/book/rmt-60/hold", b"--x\r\n" * 1_000, "multipart/form-data; boundary=x", 415),
}


@pytest.mark.parametrize("name", LARGE)
def test_b10_large_bodies_are_refused_quickly(app: Flask, name: str) -> None:
    """B10: 413 within 100 ms of processor time."""
    path, sent, kind, status = LARGE[name]
    send(app, path, "POST", b"", kind)  # what is done once is not counted
    began = time.process_time()
    assert send(app, path, "POST", sent, kind).status == status
    assert time.process_time() - began < 0.1


@pytest.mark.parametrize(("path", "kind"), [("/api/v1/appointments", JSON), ("/book/rmt-60/hold", FORM)])
def test_b10_a_body_without_a_length_is_bounded_too(app: Flask, path: str, kind: str) -> None:
    """B10: chunked bodies end at 64 KB as well."""
    stream = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    answer = send(app, path, "POST", b"x" * 100_000, kind, CONTENT_LENGTH="", **stream)
    assert answer.status == 413


def test_a_body_that_is_small_and_right_passes(client: FlaskClient) -> None:
    """The limits stand far above what a booking needs."""
    patient = {"name": "ह" * 190, "email": "p@example.com"}
    assert client.post("/api/v1/appointments", json=body(patient=patient)).status_code == 201
