"""The third screen as a page: what is asked, what was typed, what is wrong with it."""

from dataclasses import dataclass
from datetime import datetime

from flask_wtf.csrf import generate_csrf

from booking.actions.values import Held
from booking.house import house
from booking.scheduling.clinic import Clinic
from booking.scheduling.zone import to_wall
from booking.web.forms import DetailsForm
from booking.web.patients.blueprint import show
from booking.web.patients.choices import Choices
from booking.web.patients.doubt import Doubt
from booking.web.patients.notice import Notice
from booking.web.patients.receipt import receipt_of_choice
from booking.web.patients.starts import start_text
from booking.wording import notices
from booking.wording.dates import time_words
from booking.wording.kinds import kind_words
from booking.wording.language import _


@dataclass(frozen=True)
class Kept:
    """How long the time is kept for this visitor, in words and in seconds from now."""

    until: str
    seconds: int
    can_extend: bool


def form_page(
    clinic: Clinic,
    choices: Choices,
    start: datetime,
    form: DetailsForm,
    held: Held | None,
    notice: Notice | None = None,
    *,
    is_filled: bool = False,
    doubt: Doubt | None = None,
) -> str:
    """Return the page of the form, with everything that was typed or, ``is_filled``, is known.

    Args: ``doubt`` is what to ask about the e-mail address.
    """
    mine = held if held and (held.service, held.start) == (choices.service.code, start) else None
    return show(
        "details",
        clinic,
        choices.details_address(start),
        choices=choices,
        form=form,
        start=start_text(start),
        receipt=receipt_of_choice(
            clinic, choices, start, choices.practitioner or (mine.practitioner if mine else None)
        ),
        kept=_kept(clinic, mine) if mine else None,
        notice=notice,
        is_filled=is_filled,
        doubt=doubt,
        notices=notices,
        visits=_visits(choices),
        csrf=generate_csrf(),
    )


def _visits(choices: Choices) -> tuple[tuple[str, str], ...]:
    visit = kind_words(choices.service.kind).visit
    return (
        ("no", _("I have been here for %(visit)s before", visit=visit)),
        ("yes", _("This is my first visit for %(visit)s", visit=visit)),
    )


def _kept(clinic: Clinic, held: Held) -> Kept:
    left = held.expires_at - house().now()
    until = time_words(to_wall(held.expires_at, clinic.zone))
    return Kept(until, max(0, int(left.total_seconds())), held.can_extend)
