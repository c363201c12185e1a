"""Choose the language of the pages: the only thing that it changes is a cookie."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import current_app, redirect, request
from werkzeug.wrappers import Response as Answer

from booking.web.languages import COOKIE, languages_of
from booking.web.patients.blueprint import blueprint, here

LASTS = timedelta(days=365)


@blueprint.post("/language")
def language() -> Answer:
    """Remember a language that is offered, and show the page again."""
    answer = redirect(_own_address(request.form.get("back", "")), 303)
    tag = request.form.get("lang", "")
    if tag in languages_of(here()):
        answer.set_cookie(
            COOKIE,
            tag,
            max_age=LASTS,
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
            httponly=True,
            samesite="Lax",
        )
    return answer


def _own_address(address: str) -> str:
    """Return an address of ours without its host; the start for any other (A20)."""
    parts = urlsplit(address)
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    is_plain = address.isascii() and address.isprintable() and "\\" not in address
    return address if is_ours and is_plain and not address.startswith("//") else "/"
