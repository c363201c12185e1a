"""What templates may call: words for times, money and people; nothing that decides."""

import re

from flask import Flask

from booking.web.frame import find_frame
from booking.wording.dates import day_words, money, time_words, when_words
from booking.wording.phones import phone_words

PLANE_ENDS = "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
NOT_IN_HTML = re.compile(f"[\\x00-\\x08\\x0b\\x0e-\\x1f\\x7f-\\x9f\ufdd0-\ufdef{PLANE_ENDS}]")


def init_app(app: Flask) -> None:
    """Give the words to every template."""
    app.jinja_env.filters.update(
        day=day_words,
        money=money,
        phone=phone_words,
        time=time_words,
        typed=typed,
        when=when_words,
    )
    app.jinja_env.globals["find_frame"] = find_frame


def typed(text: str | None) -> str:
    """Return what somebody typed without the characters that no HTML page may hold."""
    return NOT_IN_HTML.sub("", text or "")
