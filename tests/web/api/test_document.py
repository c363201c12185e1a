"""The OpenAPI document: it describes every call, and nothing else."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.web.refusals import ANSWERS

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    """The document as served."""
    answer = client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    found: dict[str, Any] = answer.json
    return found


def calls(document: dict[str, Any]) -> set[tuple[str, str]]:
    """The (method, path) of every call that is described."""
    return {
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in item
        if method in METHODS
    }


def test_the_document_describes_every_route_of_the_api(app: Flask, document: dict[str, Any]) -> None:
    """OpenAPI 3.1, and the calls are exactly those of the url map."""
    assert document["openapi"].startswith("3.1.")
    routes = {
        (method, re.sub(r"<(\w+)>", r"{\1}", rule.rule).removeprefix("/api/v1"))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert calls(document) == routes


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    """No $ref points to nothing, and no component is left without use."""
    text = json.dumps(document)
    used = set(re.findall(r'"#/components/(\w+)/(\w+)"', text)) | {("securitySchemes", "staff")}
    defined = {(kind, name) for kind, named in document["components"].items() for name in named}
    assert used == defined


def test_every_code_that_is_named_exists(document: dict[str, Any]) -> None:
    """Problem codes in the document are codes of the table, with their status."""
    found: set[tuple[int, str]] = set()
    for item in document["paths"].values():
        for method in METHODS:
            for status, answer in item.get(method, {}).get("responses", {}).items():
                found |= {(int(status), code) for code in codes(document, answer)}
    assert found
    assert {(ANSWERS[code].status, code) for _, code in found} == found


def codes(document: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    """The problem codes of one described answer."""
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rsplit("/", 1)[-1]]
    schema = answer["content"].get("application/problem+json", {}).get("schema")
    if schema is None:
        return []
    code: dict[str, Any] = schema["allOf"][1]["properties"]["code"]
    found: list[str] = code.get("enum") or [code["const"]]
    return found
