"""Repeats a kept slots answer in front of Flask: then it costs less than an empty view.

Only answers that a view has given in this process, to the same question, are
repeated, so nobody is told more than ``admit`` has allowed; one short statement
asks whether anything has changed since. Everything else goes on to Flask.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Flask

from booking.actions.clinics import get_stamp
from booking.scheduling.errors import BookingRefused
from booking.web.gate import ENDPOINT
from booking.web.kept import STAMPED, KeptAnswers

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/api/v1/slots"


class QuickAnswers:
    """A WSGI layer for ``GET /api/v1/slots``."""

    def __init__(
        self, app: "WSGIApplication", flask: Flask, kept: KeptAnswers, now: Callable[[], datetime]
    ) -> None:
        self._app = app
        self._flask = flask
        self._kept = kept
        self._now = now

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer from what is kept, or pass the request on."""
        if environ["PATH_INFO"] == PATH and environ["REQUEST_METHOD"] == "GET":
            body = self._find(environ)
            if body is not None:
                environ[ENDPOINT] = "api.slots"
                length = ("Content-Length", str(len(body)))
                start_response("200 OK", [("Content-Type", "application/json"), length])
                return (body,)
        return self._app(environ, start_response)

    def _find(self, environ: "WSGIEnvironment") -> bytes | None:
        kept = self._kept.find(environ.get("QUERY_STRING", ""))
        if kept is None or not kept.made_at <= self._now() < kept.good_until:
            return None
        try:
            with self._flask.app_context():
                stamp = get_stamp(kept.clinic_id)
        except BookingRefused:
            return None  # the view will say what is wrong
        if stamp == kept.stamp:
            return kept.body
        environ[STAMPED] = kept.clinic_id, stamp  # asked once is enough
        return None
