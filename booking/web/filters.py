"""What templates may call: words for times, money and people; nothing that decides."""

from flask import Flask, g

from booking.actions.clinics import get_clinic
from booking.house import house
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import BookingRefused
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
    app.jinja_env.globals["find_clinic"] = find_clinic


def find_clinic(*, ask: bool) -> Clinic | None:
    """Return the clinic for a page that can do without, so that its phone number is there (L42).

    Args:
        ask: whether the database may be asked where this request has not met the clinic yet.
    """
    found: Clinic | None = g.get("clinic")
    if found is not None or not ask:
        return found
    try:
        return get_clinic(house().clinic)
    except BookingRefused:
        return None
