"""What stands around every page: the clinic's name, hours, address and phone (L01, L42)."""

from dataclasses import dataclass
from functools import lru_cache

from flask import g, render_template
from markupsafe import Markup

from booking.actions.clinics import get_clinic
from booking.house import house
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import BookingRefused
from booking.wording.dates import week_hours
from booking.wording.phones import phone_words


@dataclass(frozen=True)
class Frame:
    """The frame, rendered; ``name`` is the discreet one, for titles."""

    name: str
    phone: str
    top: Markup
    foot: Markup


@lru_cache(maxsize=8)
def frame_of(clinic: Clinic) -> Frame:
    """Return the frame of a clinic's pages, made once for each version of the set-up (G8)."""
    hours = week_hours(clinic.hours)
    return Frame(
        name=clinic.discreet_name,
        phone=phone_words(clinic.phone),
        top=_rendered("_top.html", clinic=clinic),
        foot=_rendered("_foot.html", clinic=clinic, hours=hours),
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
    return frame_of(clinic) if clinic else None


def _rendered(template: str, **values: object) -> Markup:
    return Markup(render_template(template, **values))  # noqa: S704 - escaped by the template
