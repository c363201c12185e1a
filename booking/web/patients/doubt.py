"""An address that is valid and looks like a slip: the right one is offered, once, before anything is sent.

Whoever says that it is right as typed is believed; nothing here knows who has which address.
"""

from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import MultiDict

from booking.scheduling import slips
from booking.web.forms import ContactForm, DetailsForm
from booking.wording.language import _

SURE = "sure"  # the address about which the question was asked
INSTEAD = "instead"  # the button that takes the address that was offered


@dataclass(frozen=True)
class Doubt:
    """What was typed, and what was probably meant."""

    typed: str
    meant: str


def sent_form() -> MultiDict[str, str]:
    """Return the form that was sent; with the address that was offered, where that button was pressed."""
    instead = request.form.get(INSTEAD)
    if instead is None:
        return request.form
    fields = MultiDict(request.form)
    fields["email"] = instead
    return fields


def find_doubt(given: MultiDict[str, str]) -> Doubt | None:
    """Return the doubt about the address of a form; None where it was answered or there is none."""
    typed = given.get("email", "").strip()
    meant = slips.likely(typed)
    return None if meant is None or given.get(SURE) == typed else Doubt(typed, meant)


def ask_in(form: DetailsForm | ContactForm, doubt: Doubt) -> None:
    """Put the question beside the field."""
    question = _(
        "Did you mean %(address)s? If it is right as it stands, go on once more.", address=doubt.meant
    )
    form.email.errors = [question]
