"""The session cookie: signed, gone with the browser, never set or read without need."""

from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin


class Sessions(SecureCookieSessionInterface):
    """Flask's own cookie, without its cost for requests that bring none and leave none."""

    _made_for: Any = None
    _serializer: Any = None

    def get_signing_serializer(self, app: Flask) -> Any:
        """Return what signs the cookie, made once for each key."""
        key = app.secret_key
        if self._made_for != key:
            self._made_for, self._serializer = key, super().get_signing_serializer(app)
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of the request's cookie, an empty one without."""
        if app.config["SESSION_COOKIE_NAME"] not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Any) -> None:
        """Set the cookie where the session was touched."""
        if session.accessed or session.modified:
            super().save_session(app, session, response)
