"""What templates may call: words for times, money and people; nothing that decides."""

from flask import Flask

from booking.web.frame import find_frame
from booking.wording.dates import day_words, money, time_words, when_words
from booking.wording.phones import phone_words


def init_app(app: Flask) -> None:
    """Give the words to every template."""
    app.jinja_env.filters.update(
        day=day_words,
        money=money,
        phone=phone_words,
        time=time_words,
        when=when_words,
    )
    app.jinja_env.globals["find_frame"] = find_frame
