"""How a refusal is answered, by the one table of ``refusals``.

People get a page, the API gets RFC 9457 ``application/problem+json`` with the
same stable ``code``. Nothing here repeats what was sent.
"""

import errno
import json
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, g, render_template, request
from werkzeug.exceptions import HTTPException

from booking.actions.clinics import get_clinic
from booking.house import house
from booking.scheduling.errors import BookingRefused, Invalid
from booking.web.languages import speak_to_visitor
from booking.web.log import Log
from booking.web.refusals import ANSWERS, BY_STATUS, Answer
from booking.wording.language import _, told

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

IN_WANT = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC)
PROBLEM_JSON = "application/problem+json"
API_PREFIX = "/api/"
HTML = "text/html; charset=utf-8"
STAFF_PAGE = "staff_page"  # who shows faults under the staff's addresses: a StaffPage
STAFF_PATHS = ("/desk", "/admin", "/staff")

StaffPage = Callable[[Answer, str, str], Response | None]  # the answer, what to say, the number of a fault


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
