"""The outermost layer of the web: whom it is for, sound bytes, a queue that is too long, headers, a log line.

It stands in front of Flask and of the static files, so that no response leaves
without its headers and nothing behind it sees a forged host or broken bytes.
"""

import re
from collections.abc import Iterable
from secrets import token_hex
from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from booking.house import House
from booking.web.errors import plain_answer, what_failed
from booking.web.headers import NO_STORE, HeaderLists, has_cache_rule
from booking.web.log import Log
from booking.web.queue import Queue

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
REQUEST_ID = "booking.request_id"
ENDPOINT = "booking.endpoint"
BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def allowed_hosts(base_url: str, *, loopback: bool = False) -> re.Pattern[str]:
    """Return what a Host header must be: that of BASE_URL; loopback names if it is one (A19).

    Args: ``loopback`` allows them beside any other, as `make run` does.
    """
    parts = urlsplit(base_url)
    name = (parts.hostname or "").lower()
    name = f"[{name}]" if ":" in name else name
    names = "|".join(re.escape(one) for one in LOOPBACK)
    local = f"(?:{names})(?::[0-9]{{1,5}})?"
    if name in LOOPBACK:
        return re.compile(local, re.IGNORECASE)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    optional = "?" if port in (80, 443) else ""
    ours = f"{re.escape(name)}(?::{port}){optional}"
    return re.compile(f"{ours}|{local}" if loopback else ours, re.IGNORECASE)


def is_sound(environ: "WSGIEnvironment") -> bool:
    """Say whether path and query are well-escaped UTF-8 without NUL (reliability.md, B8)."""
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    raw = str(environ.get("RAW_URI", query))
    if "%" not in raw and path.isascii() and query.isascii():
        return "\0" not in path
    if BROKEN_ESCAPE.search(raw):
        return False
    try:
        path.encode("latin-1").decode()
        text = unquote_to_bytes(query.encode("latin-1")).decode()
    except UnicodeError:
        return False
    return "\0" not in path and "\0" not in text


class Gate:
    """A WSGI layer; each request leaves one line in ``log``."""

    def __init__(self, app: "WSGIApplication", here: House, log: Log) -> None:
        self._app = app
        self._hosts = allowed_hosts(here.base_url, loopback=here.loopback_hosts)
        self._lists = HeaderLists(https=here.base_url.startswith("https://"))
        self._log = log
        self._queue = Queue()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        began = perf_counter()
        extra = self._lists.of(environ.get("PATH_INFO", ""))
        number = environ[REQUEST_ID] = token_hex(8)
        answered = "000"

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal answered
            answered = status[:3]
            if not has_cache_rule(headers):
                headers.append(NO_STORE)
            headers += extra
            headers.append(("X-Request-Id", number))
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        body = self._answer(environ, start)
        method = environ.get("REQUEST_METHOD", "")
        self._log.request(number, environ.get(ENDPOINT), method, answered, perf_counter() - began)
        return body

    def _answer(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        fault = self._fault(environ)
        if fault is not None:
            return plain_answer(fault, environ)(environ, start)
        try:
            return self._app(environ, start)
        except Exception as error:  # noqa: BLE001  # the server would write the path into its log (A8)
            self._log.fault(environ[REQUEST_ID], environ.get(ENDPOINT), error)
            return plain_answer(what_failed(error)[0], environ)(environ, start)

    def _fault(self, environ: "WSGIEnvironment") -> str | None:
        if not self._is_ours(environ):
            return "wrong_host"
        if not is_sound(environ):
            return "malformed"
        if self._queue.is_too_long(environ):
            return "overloaded"
        # Flask would take "//appointment/..." for "/appointment/..."; the header lists do not.
        return "not_found" if environ.get("PATH_INFO", "").startswith("//") else None

    def _is_ours(self, environ: "WSGIEnvironment") -> bool:
        host = environ.get("HTTP_HOST", "")
        if environ.get("SCRIPT_NAME") or self._hosts.fullmatch(host) is None:
            return False
        raw: str = environ.get("RAW_URI", "/")
        if raw.startswith(("/", "*")):
            return True
        return self._hosts.fullmatch(urlsplit(raw).netloc) is not None
