"""One table: what a refusal is called, its status, what a page says and an API's problem title.

People get a page, the API gets RFC 9457 ``application/problem+json`` with the
same stable ``code``. Nothing here repeats what was sent.
"""

import errno
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, g, render_template, request
from werkzeug.exceptions import HTTPException

from booking.actions.clinics import get_clinic
from booking.house import house
from booking.scheduling.errors import BookingRefused, Invalid
from booking.web.languages import speak_to_visitor
from booking.web.log import Log
from booking.wording.language import N_, _, told

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

IN_WANT = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC)
PROBLEM_JSON = "application/problem+json"
API_PREFIX = "/api/"
PAGE = "errors/page.html"
HTML = "text/html; charset=utf-8"
STAFF_PAGE = "staff_page"  # who shows faults under the staff's addresses: a StaffPage
STAFF_PATHS = ("/desk", "/admin", "/staff")
LATER = "Nothing was changed. Try again after the seconds of Retry-After."


@dataclass(frozen=True)
class Answer:
    """How one code is answered; ``retry_after`` in seconds.

    ``says`` tells people what to do, ``tells`` programs where that is something else; both give way
    to what a rule has said.
    """

    status: int
    title: str
    says: str
    template: str = PAGE
    retry_after: int | None = None
    tells: str = ""


StaffPage = Callable[[Answer, str, str], Response | None]  # the answer, what to say, the number of a fault

ANSWERS: Mapping[str, Answer] = {
    "invalid": Answer(
        422, N_("Some fields need another look"), N_("Please go back and check what was entered.")
    ),
    "not_offered": Answer(
        409, N_("That time is not offered"), N_("Please choose another time, or call us and we will help.")
    ),
    "slot_taken": Answer(
        409, N_("That time has just been taken"), N_("Nothing was booked. Please choose another time.")
    ),
    "key_reused": Answer(
        422,
        N_("This form was already used"),
        N_("It has booked a visit before. Please start again for another."),
    ),
    "too_late": Answer(
        403,
        N_("It is too late to change this online"),
        N_("Nothing was changed. Please call us and we will help."),
    ),
    "unauthorized": Answer(
        401,
        N_("Please sign in"),
        N_("This needs a staff member's token in the Authorization header."),
        tells="Send a staff member's token: Authorization: Bearer TOKEN.",
    ),
    "signed_out": Answer(
        401,
        N_("You were signed out"),
        N_("Nothing was changed. Go back to keep what you typed, sign in in another tab, and send it again."),
    ),
    "forbidden": Answer(
        403, N_("This is not for your account"), N_("Please ask an admin of the clinic if you need it.")
    ),
    "not_found": Answer(
        404,
        N_("There is nothing here"),
        N_("The address may be incomplete or out of date."),
        tells="GET /api/v1/openapi.json lists every address.",
    ),
    "stale": Answer(
        409,
        N_("This has changed in the meantime"),
        N_("Please load the page again to see how it stands now."),
    ),
    "too_many": Answer(
        429,
        N_("Too many at once"),
        N_("Please wait a little and try again, or call us."),
        retry_after=600,
        tells=LATER,
    ),
    "busy": Answer(
        503,
        N_("We could not save that just now"),
        N_("Nothing was changed. Please try again in a moment."),
        retry_after=5,
        tells=LATER,
    ),
    "overloaded": Answer(
        503,
        "Many people are here just now",  # said by the gate, before a language is known
        "Nothing was changed. Please try again in a moment.",
        retry_after=5,
        tells=LATER,
    ),
    "form_expired": Answer(
        400,
        N_("This page was open for too long"),
        N_("Nothing was sent. Please load it again and try once more."),
    ),
    "wrong_host": Answer(
        400,
        N_("That address is not ours"),
        N_("Please use the address that we gave you."),
        tells="Use the clinic's own address.",
    ),
    "malformed": Answer(
        400,
        N_("We could not read that"),
        N_("The request was incomplete or damaged."),
        tells="The request was incomplete or damaged. A body is one JSON object in UTF-8.",
    ),
    "method_not_allowed": Answer(
        405,
        N_("That does not work here"),
        N_("Please go back and try another way."),
        tells="Allow names the methods of this address.",
    ),
    "too_large": Answer(
        413,
        N_("That was too much to send"),
        N_("Please go back and send less."),
        tells="A request has at most 64 kB.",
    ),
    "unsupported_media_type": Answer(
        415,
        N_("We could not read that kind of data"),
        N_("Please go back and use the form."),
        tells="Send application/json.",
    ),
    "failed": Answer(
        500,
        N_("Something went wrong on our side"),
        N_("Please try again in a moment, or call us and we will help."),
        tells="Try again in a moment. Name request_id to the clinic if it happens again.",
    ),
}
BY_STATUS: Mapping[int, str] = {
    401: "unauthorized",
    400: "malformed",
    403: "not_found",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many",
    503: "busy",
}


class Refused(HTTPException):
    """A refusal of the web itself, by its code in ``ANSWERS``."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.refusal = code
        self.code = ANSWERS[code].status


def problem(code: str, detail: str = "", **more: Any) -> Response:
    """Return the problem document of a code (RFC 9457); ``more`` are its further members."""
    answer = ANSWERS[code]
    body = {
        "type": "about:blank",
        "title": answer.title,
        "status": answer.status,
        "code": code,
        "detail": detail or answer.tells or answer.says,
    }
    response = Response(json.dumps(body | more), answer.status, content_type=PROBLEM_JSON)
    return _retry(response, answer)


def page(code: str, detail: str = "") -> Response:
    """Return the page of a code; where it cannot be rendered, the plain one."""
    answer = ANSWERS[code]
    number = request.environ.get("booking.request_id", "") if answer.status >= 500 else ""
    try:
        if answer.status < 500:
            _remember_clinic()
        response = _staff_page(answer, detail, number) or _public_page(answer, detail, number)
    except Exception:  # noqa: BLE001  # the page that tells of a fault must not end in another
        response = Response(_plain_html(answer), answer.status, content_type=HTML)
    return _retry(response, answer)


def _staff_page(answer: Answer, detail: str, number: str) -> Response | None:
    """Return the fault in the staff's own frame under their addresses, None elsewhere."""
    show: StaffPage | None = current_app.extensions.get(STAFF_PAGE)
    if show is None or not f"{request.path}/".startswith(tuple(f"{path}/" for path in STAFF_PATHS)):
        return None
    return show(answer, told(detail) if detail else answer.says, number)


def _public_page(answer: Answer, detail: str, number: str) -> Response:
    speak_to_visitor(g.get("clinic"))
    says = told(detail) if detail else _(answer.says)
    html = render_template(answer.template, title=_(answer.title), says=says, number=number)
    return Response(html, answer.status, content_type=HTML)


def _remember_clinic() -> None:
    """Let the page offer the clinic's phone (L42), unless a view has seen to that."""
    if "clinic" in g:
        return
    with suppress(BookingRefused):  # no clinic, or no database: the page does without
        g.clinic = get_clinic(house().clinic)


def plain_answer(code: str, environ: "WSGIEnvironment") -> Response:
    """Return the answer of a code where Flask was not reached: few words, no template."""
    if environ.get("PATH_INFO", "").startswith(API_PREFIX):
        return problem(code)
    answer = ANSWERS[code]
    return _retry(Response(_plain_html(answer), answer.status, content_type=HTML), answer)


def _plain_html(answer: Answer) -> str:
    return (
        '<!doctype html><html lang="en-CA"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{answer.title}</title></head>"
        f"<body><main><h1>{answer.title}</h1><p>{answer.says}</p></main></body></html>"
    )


def refusal_problem(refusal: BookingRefused, **more: Any) -> Response:
    """Return a refusal as a problem; a faulty field is named with what to do about it."""
    if isinstance(refusal, Invalid):
        more["fields"] = refusal.fields
        if refusal.suggested_services:
            more["suggested_services"] = list(refusal.suggested_services)
    return problem(refusal.code, refusal.message, **more)


def init_app(app: Flask) -> None:
    """Register the handlers: refusals, HTTP errors, everything else."""
    app.logger.disabled = True  # it names the path of a failed request; our own line does not (A8)
    app.register_error_handler(BookingRefused, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _failed)


def _is_api() -> bool:
    return request.path.startswith(API_PREFIX)


def _refused(refusal: BookingRefused) -> Response:
    if _is_api():
        return refusal_problem(refusal)
    return page(refusal.code, refusal.message)


def _http_error(error: HTTPException) -> Response:
    if error.code is not None and error.code < 400:
        return error.get_response()  # type: ignore[return-value]  # a redirect: a werkzeug Response
    if isinstance(error, Refused):
        code = error.refusal
    else:
        code = BY_STATUS.get(error.code or 500, "malformed" if (error.code or 500) < 500 else "failed")
    response = problem(code) if _is_api() else page(code)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _failed(error: Exception) -> Response:
    number = request.environ.get("booking.request_id", "")
    log: Log = current_app.extensions["log"]
    log.fault(number, request.endpoint, error)
    code, says = what_failed(error)
    return problem(code, says, request_id=number) if _is_api() else page(code, says)


def what_failed(error: Exception) -> tuple[str, str]:
    """Return the code of a fault and what else to say: want of memory or handles passes by itself."""
    in_want = isinstance(error, MemoryError) or getattr(error, "errno", None) in IN_WANT
    return ("busy", ANSWERS["failed"].says) if in_want else ("failed", "")


def _retry(response: Response, answer: Answer) -> Response:
    if answer.retry_after is not None:
        response.headers["Retry-After"] = str(answer.retry_after)
    if answer.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="staff"'
    return response
