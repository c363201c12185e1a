"""What stands around every page: the clinic's name, hours, address and phone (L01, L42)."""

from dataclasses import dataclass
from functools import lru_cache

from flask import g, render_template
from markupsafe import Markup

from booking.actions.clinics import get_clinic
from booking.house import house
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import BookingRefused
from booking.web.languages import languages_of, speak_to_visitor
from booking.wording.dates import week_hours
from booking.wording.language import Words, words, words_for
from booking.wording.phones import phone_words


@dataclass(frozen=True)
class Frame:
    """The frame, rendered; ``name`` is the discreet one, for titles.

    ``switch`` are the buttons of the languages, ``steps`` the trail on the page of times.
    """

    name: str
    phone: str
    top: Markup
    foot: Markup
    switch: Markup
    steps: Markup
    languages: tuple[Words, ...]


def frame_of(clinic: Clinic) -> Frame:
    """Return the frame of a clinic's pages in the language that is spoken."""
    return _frame(clinic, words())


@lru_cache(maxsize=32)
def _frame(clinic: Clinic, language: Words) -> Frame:
    """Return the frame, made once for each language and each version of the set-up (G8)."""
    hours, languages = week_hours(clinic.hours), tuple(map(words_for, languages_of(clinic)))
    return Frame(
        name=clinic.discreet_name,
        phone=phone_words(clinic.phone),
        top=_rendered("_top.html", clinic=clinic),
        foot=_rendered("_foot.html", clinic=clinic, hours=hours),
        switch=_rendered("_switch.html", languages=languages),
        steps=_rendered("_steps.html"),
        languages=languages,
    )


def find_frame(*, ask: bool) -> Frame | None:
    """Return the frame for a page that can do without.

    Args:
        ask: whether the database may be asked where this request has not met the clinic yet.
    """
    clinic: Clinic | None = g.get("clinic")
    if clinic is None and ask:
        try:
            clinic = get_clinic(house().clinic)
        except BookingRefused:
            return None
        speak_to_visitor(clinic)
    return frame_of(clinic) if clinic else None


def _rendered(template: str, **values: object) -> Markup:
    return Markup(render_template(template, **values))  # noqa: S704 - escaped by the template
