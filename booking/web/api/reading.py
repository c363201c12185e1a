"""Strict reading of what callers send: right types or a named field, unknown keys ignored (B8-B11)."""

import json
from typing import Any, NoReturn

from flask import request

from booking.scheduling.errors import Invalid
from booking.web.errors import Refused
from booking.web.security import JSON, read_body

DEEPEST = 8
MISSING = "This is missing."


def read_object() -> dict[str, Any]:
    """Return the JSON object of the request's body.

    Raises:
        Refused: it is not JSON in UTF-8, too deep, says a key twice, or holds broken characters.
        Invalid: it is JSON, but not an object.
    """
    if request.mimetype != JSON:
        raise Refused("unsupported_media_type")
    try:
        text = read_body().decode()
        body = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
        _check(body, DEEPEST)
    except (ValueError, RecursionError):  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise Refused("malformed") from None
    if not isinstance(body, dict):
        raise Invalid({"body": "This must be a JSON object."})
    return body


class Fields:
    """Reads typed members of one object and collects what is wrong, by field name."""

    def __init__(self, body: dict[str, Any], faults: dict[str, str]) -> None:
        self._body = body
        self.faults = faults

    def text(self, name: str) -> str:
        """Return a text that must be there; where it is not, an empty one and a fault."""
        found = self.optional_text(name)
        if found is None:
            self.faults.setdefault(name, MISSING)
        return found or ""

    def optional_text(self, name: str) -> str | None:
        """Return a text or None."""
        value = self._body.get(name)
        if value is None or isinstance(value, str):
            return value
        self.faults[name] = "This must be text."
        return None

    def word(self, name: str) -> str | None:
        """Return a text or None; anything else is a text that means nothing, judged where it is asked."""
        value = self._body.get(name)
        return value if value is None or isinstance(value, str) else ""

    def optional_flag(self, name: str) -> bool | None:
        """Return a boolean or None; numbers and words are not booleans."""
        value = self._body.get(name)
        if value is None or isinstance(value, bool):
            return value
        self.faults[name] = "This must be true or false."
        return None

    def part(self, name: str) -> "Fields":
        """Return the reader of an object within; its faults go by their own names."""
        value = self._body.get(name)
        if isinstance(value, dict):
            return Fields(value, self.faults)
        self.faults[name] = MISSING if value is None else "This must be an object."
        return Fields({}, {})


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key is given twice")
    return members


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _check(value: Any, levels: int) -> None:
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("a NUL")
        value.encode()  # refuses lone surrogates
    elif isinstance(value, dict | list):
        if levels == 0:
            raise ValueError("too deep")
        for inner in (*value, *value.values()) if isinstance(value, dict) else value:
            _check(inner, levels - 1)
