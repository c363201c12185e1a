"""Who may do what on the web: deny by default (D9), forms that are ours, visitors without names."""

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from flask import Flask, current_app, g, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as Answer

from booking.access.roles import STAFF_ENDPOINTS
from booking.access.vault import mint_token
from booking.house import house
from booking.web.errors import Refused
from booking.web.gate import BROKEN_ESCAPE, ENDPOINT
from booking.web.sessions import Sessions
from booking.web.staff import SAFE_METHODS, admit_staff
from booking.web.tries import Tries

KILOBYTE = 1024
LARGEST_BODY = 64 * KILOBYTE
MOST_DRAINED = 16 * KILOBYTE * KILOBYTE
MOST_FIELDS = 100
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

PUBLIC = "public"
ALLOWED: Mapping[str, str] = {
    "health.healthz": PUBLIC,
    "health.readyz": PUBLIC,
    "health.metrics": PUBLIC,
    "api.openapi": PUBLIC,
    "api.services": PUBLIC,
    "api.practitioners": PUBLIC,
    "api.slots": PUBLIC,
    "api.book": PUBLIC,
    "api.appointment": PUBLIC,
    "api.cancel": PUBLIC,
    "api.move": PUBLIC,
    "patients.services": PUBLIC,
    "patients.times": PUBLIC,
    "patients.hold": PUBLIC,
    "patients.extend": PUBLIC,
    "patients.release": PUBLIC,
    "patients.details": PUBLIC,
    "patients.book": PUBLIC,
    "patients.appointment": PUBLIC,
    "patients.calendar": PUBLIC,
    "patients.move_times": PUBLIC,
    "patients.move": PUBLIC,
    "patients.cancel_rule": PUBLIC,
    "patients.cancel": PUBLIC,
    "patients.ask_for_call": PUBLIC,
    "patients.contact": PUBLIC,
    "patients.correct_contact": PUBLIC,
    "patients.again": PUBLIC,
    "patients.reminders": PUBLIC,
    "patients.stop_reminders": PUBLIC,
    "patients.resume_reminders": PUBLIC,
    "patients.lost_link": PUBLIC,
    "patients.send_link": PUBLIC,
    "patients.privacy": PUBLIC,
    "patients.language": PUBLIC,
    "patients.details_language": PUBLIC,
    "staff.sign_in": PUBLIC,
    "staff.check_sign_in": PUBLIC,
    "staff.link": PUBLIC,
    "staff.lost_password": PUBLIC,
    "staff.second_step": PUBLIC,
    "staff.sign_in_options": PUBLIC,
    "staff.sign_in_by_passkey": PUBLIC,
    "staff.check_second_step": PUBLIC,
    "staff.send_sign_in_link": PUBLIC,
    "staff.use_link": PUBLIC,
}
# These views answer a stolen or expired form themselves: they find ``g.csrf_failed`` True, do
# nothing, and show the same page again, status 400, with what was typed.
ANSWER_THEMSELVES = frozenset(
    {"patients.book", "staff.check_sign_in", "staff.check_second_step", "staff.sign_in_by_passkey"}
)
# What a mail program's button sends here has neither cookie nor form token (RFC 8058): the
# address itself is the secret, and it can do nothing but stop reminders.
ONE_CLICK = frozenset({"patients.stop_reminders"})
# Nothing is stored: another site that sent this form could only change the page's language.
WITHOUT_TOKEN = frozenset({"patients.language"})

csrf = CSRFProtect()


class _Number(IntegerConverter):
    """A row's number in an address: larger ones than the database has are no address."""

    def __init__(self, map: Map) -> None:  # noqa: A002  werkzeug's name
        super().__init__(map, max=2**63 - 1)


def init_app(app: Flask) -> None:
    """Set the session's cookie, the limits of a body and the two guards of every request."""
    https = app.extensions["house"].base_url.startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-clinic" if https else "clinic",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        MAX_FORM_PARTS=MOST_FIELDS,
        WTF_CSRF_CHECK_DEFAULT=False,  # admit() asks, once
        WTF_CSRF_TIME_LIMIT=None,  # a patient may take an hour (A10); the token lives with the session
        WTF_CSRF_SSL_STRICT=False,  # pages whose address is a secret send no Referer (L14)
    )
    app.session_interface = Sessions()
    app.url_map.merge_slashes = False
    app.url_map.converters["int"] = _Number
    csrf.init_app(app)
    shared = app.extensions["house"].redis_url
    app.extensions["tries"] = Tries(shared) if shared else None
    app.before_request(admit)


def admit() -> Answer | None:
    """Let the request through only if its endpoint is listed and, where it may change things, it is ours.

    Raises:
        Refused: not listed, too large, unreadable, too often tried, or a form of somebody else.
    """
    endpoint = request.endpoint
    if endpoint is None:
        return None  # no such address or method: Flask answers 404 or 405
    elsewhere = None
    if ALLOWED.get(endpoint) != PUBLIC:
        if endpoint not in STAFF_ENDPOINTS:
            raise Refused("not_found")
        elsewhere = admit_staff(STAFF_ENDPOINTS[endpoint], is_api=request.blueprint == "api")
    request.environ[ENDPOINT] = endpoint
    if elsewhere is None and request.method not in SAFE_METHODS:
        _admit_try(endpoint)
        _admit_body(endpoint)
    return elsewhere


def _admit_try(endpoint: str) -> None:
    """Where there is a Redis, nobody who is not signed in may try for ever (ADR 0015)."""
    tries: Tries | None = current_app.extensions["tries"]
    if tries is None or ALLOWED.get(endpoint) != PUBLIC:
        return
    asked = origin()
    if asked is not None and tries.is_one_too_many(asked, house().now()):
        raise Refused("too_many")


def _admit_body(endpoint: str) -> None:
    if request.blueprint == "api":
        _admit_json()
    else:
        _admit_form(endpoint)


def visitor() -> str:
    """Return this browser's pseudonym; the first call gives it a session cookie."""
    number = session.get("visitor")
    if not isinstance(number, str):
        number = session["visitor"] = mint_token()
    return house().vault.pseudonym(f"visitor:{number}")


def find_visitor() -> str | None:
    """Return this browser's pseudonym if it has one; sets no cookie."""
    return visitor() if isinstance(session.get("visitor"), str) else None


def origin() -> str | None:
    """Return the pseudonym of the address that asks (IPv6: its /64), None where limits are off (E27).

    Only the hop named by TRUSTED_PROXIES is believed (A19).
    """
    here = house()
    if not here.rate_limits:
        return None
    return here.vault.pseudonym(f"origin:{_network(request.remote_addr or '')}")


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed), 64), strict=False))
    return str(parsed)


def read_body() -> bytes:
    """Return the request's body.

    Raises:
        Refused: it is larger than 64 KB, announced or not.
    """
    if (request.content_length or 0) > LARGEST_BODY:
        _drain()
        raise Refused("too_large")
    body = request.get_data(cache=True)
    if request.content_length is None and len(body) >= LARGEST_BODY:
        raise Refused("too_large")  # it came in chunks and was cut off there
    return body


def is_one_click() -> bool:
    """Say whether a mail program asks on its own for what its button promises, as a form of either type."""
    return request.form.get("List-Unsubscribe") == "One-Click"


def _drain() -> None:
    """Read what is being sent, within bounds: whoever is cut off while sending never sees the answer."""
    left = MOST_DRAINED
    while left > 0 and (part := request.environ["wsgi.input"].read(min(left, LARGEST_BODY))):
        left -= len(part)


def _admit_json() -> None:
    """Another site's form can send neither this type nor the link's token: no cookie is looked at."""
    if read_body() and request.mimetype != JSON:
        raise Refused("unsupported_media_type")


def _admit_form(endpoint: str) -> None:
    if endpoint in ONE_CLICK and read_body() and is_one_click():
        return
    read_form()
    try:
        check_token(is_needed=endpoint not in WITHOUT_TOKEN)
    except CSRFError:
        if endpoint not in ANSWER_THEMSELVES:
            raise Refused("form_expired") from None
        g.csrf_failed = True


def check_token(*, is_needed: bool = True) -> None:
    """Check that the form is of a page of ours that this browser has open.

    Raises:
        CSRFError: another site sent it, or its token is missing or of another session.
    """
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise CSRFError("sent by another site")
    if is_needed:
        csrf.protect()


def read_form() -> bytes:
    """Return the body of a form that can be read.

    Raises:
        Refused: of another type, too large, or not well-formed.
    """
    body = read_body()
    if body and request.mimetype != FORM:
        raise Refused("unsupported_media_type")
    if body.count(b"&") >= MOST_FIELDS:
        raise Refused("too_large")
    if not _is_sound_form(body):
        raise Refused("malformed")
    return body


def _is_sound_form(body: bytes) -> bool:
    if re.search(BROKEN_ESCAPE.pattern.encode(), body):
        return False
    decoded = unquote_to_bytes(body)
    try:
        decoded.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in decoded
