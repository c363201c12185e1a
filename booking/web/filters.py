"""What templates may call: words for times, money and people; nothing that decides."""

import re

from flask import Flask, g
from markupsafe import Markup

from booking.scheduling.clinic import Clinic
from booking.web.frame import find_frame
from booking.wording.dates import clock_words, day_words, money, time_words, when_words
from booking.wording.language import SOURCE, attach, told, words
from booking.wording.phones import phone_words

PLANE_ENDS = "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
NOT_IN_HTML = re.compile(f"[\\x00-\\x08\\x0b\\x0e-\\x1f\\x7f-\\x9f\ufdd0-\ufdef{PLANE_ENDS}]")


def init_app(app: Flask) -> None:
    """Give the words to every template."""
    app.jinja_env.filters.update(
        clock=clock_words,
        day=day_words,
        money=money,
        named=named,
        phone=phone_words,
        time=time_words,
        told=told,
        typed=typed,
        when=when_words,
    )
    attach(app.jinja_env)
    app.jinja_env.globals["find_frame"] = find_frame


def named(text: str) -> str:
    """Return a name as the clinic typed it; in another language's page set apart, with its own language."""
    if words().is_source:
        return text
    clinic: Clinic | None = g.get("clinic")
    return Markup('<bdi lang="{}">{}</bdi>').format(clinic.default_locale if clinic else SOURCE, text)


def typed(text: str | None) -> str:
    """Return what somebody typed without the characters that no HTML page may hold."""
    return NOT_IN_HTML.sub("", text or "")
