"""Repeats a kept slots answer in front of Flask: then it costs less than an empty view.

Only a question that a view has answered in this process is answered here, so nobody
is told more than ``admit`` has allowed. One short statement asks whether anything has
changed since; if so, the answer is made anew by the view's own function. Everything
else goes on to Flask.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Flask

from booking.actions.clinics import get_clinic_at, get_stamp
from booking.scheduling.errors import BookingRefused
from booking.web.api.slots import make_answer
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
        query = environ.get("QUERY_STRING", "")
        kept = self._kept.find(query)
        if kept is None or kept.question is None:
            return None
        now = self._now()
        try:
            with self._flask.app_context():
                stamp = get_stamp(kept.clinic_id)
                if kept.is_right(stamp, now):
                    return kept.body
                environ[STAMPED] = kept.clinic_id, stamp  # asked once is enough
                kept = make_answer(get_clinic_at(kept.clinic_id, stamp), stamp, kept.question, now)
        except BookingRefused:
            return None  # the view will say what is wrong
        self._kept.keep(query, kept)
        return kept.body
