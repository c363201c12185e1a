"""Requests as a server hands them on, byte by byte: what a test client would tidy up."""

import io
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import run_wsgi_app


@dataclass(frozen=True)
class Answered:
    """A response as it left the application."""

    status: int
    headers: Headers
    body: bytes


def send(
    app: Flask,
    target: str,
    method: str = "GET",
    body: bytes = b"",
    content_type: str | None = None,
    **environ: Any,
) -> Answered:
    """Send a request whose target is exactly ``target``, as gunicorn would pass it on."""
    path, _, query = target.partition("?")
    given: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "RAW_URI": target,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SCRIPT_NAME": "",
        "REMOTE_ADDR": "198.51.100.7",
        "HTTP_HOST": "127.0.0.1:8000",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if body or content_type:
        given["CONTENT_LENGTH"] = str(len(body))
        given["CONTENT_TYPE"] = content_type or "application/x-www-form-urlencoded"
    chunks, status, headers = run_wsgi_app(app, given | environ)
    return Answered(int(status[:3]), headers, b"".join(chunks))
