"""Choose the language of the pages: the only thing that it changes is a cookie."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import abort, current_app, request
from werkzeug.wrappers import Response as Answer

from booking.scheduling.clinic import Clinic
from booking.web.forms import DetailsForm, read_details
from booking.web.languages import COOKIE, languages_of
from booking.web.onward import see_other
from booking.web.patients.blueprint import blueprint, here, service_or_404
from booking.web.patients.choices import read_choices
from booking.web.patients.form_page import form_page
from booking.web.patients.starts import find_start
from booking.web.patients.times import own_hold
from booking.wording.language import speak, words_for

LASTS = timedelta(days=365)


@blueprint.post("/language")
def language() -> Answer:
    """Remember a language that is offered, and show the page again."""
    answer = see_other(_own_address(request.form.get("back", "")))
    return _remember(answer, _chosen(here()))


@blueprint.post("/book/<code>/<start>/language")
def details_language(code: str, start: str) -> Answer:
    """Show the form in another language with everything that was typed; nothing of it is in an address."""
    clinic = here()
    tag = _chosen(clinic)
    if tag is not None:
        speak(words_for(tag))
    choices = read_choices(service_or_404(clinic, code), request.form)
    at = find_start(start)
    if at is None:
        abort(404)
    form = DetailsForm(request.form)
    page = form_page(
        clinic, choices.with_word(read_details(request.form).first_visit), at, form, own_hold(clinic)
    )
    return _remember(Answer(page, content_type="text/html; charset=utf-8"), tag)


def _chosen(clinic: Clinic) -> str | None:
    tag = request.form.get("lang")
    return tag if tag in languages_of(clinic) else None


def _remember(answer: Answer, tag: str | None) -> Answer:
    if tag is not None:
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        answer.set_cookie(COOKIE, tag, max_age=LASTS, secure=secure, httponly=True, samesite="Lax")
    return answer


def _own_address(address: str) -> str:
    """Return an address of ours without its host; the start for any other (A20)."""
    parts = urlsplit(address)
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    is_plain = address.isascii() and address.isprintable() and "\\" not in address
    return address if is_ours and is_plain and not address.startswith("//") else "/"
