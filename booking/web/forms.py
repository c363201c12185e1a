"""The fields of a booking; what they must hold is decided by the action, for every door (D11).

There is no field here that a booking does not need (L03).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from wtforms import BooleanField, Field, Form, HiddenField, StringField

from booking.wording.language import N_, told
from booking.wording.notices import CONSENT

YES = ("1", "yes", "true", "on", "y")
NO = ("0", "no", "false", "off", "n")


class _OurForm(Form):
    """A form whose faults are found by an action."""

    def refuse(self, faults: Mapping[str, str]) -> tuple[str, ...]:
        """Put each fault beside its field; return those that belong to no field shown here."""
        for name, message in faults.items():
            if name in self._fields:
                self._fields[name].errors = [told(message)]
        return tuple(told(message) for name, message in faults.items() if name not in self._fields)

    def wrong(self) -> tuple[Field, ...]:
        """Return the fields with a fault, in the page's order."""
        return tuple(field for field in self if field.errors)


class LostLinkForm(_OurForm):
    """Where to send the links of somebody's visits."""

    email = StringField(N_("E-mail"))


class ContactForm(_OurForm):
    """How to reach a patient from now on; what is left empty stays as it was (E71)."""

    email = StringField(N_("New e-mail address"))
    phone = StringField(N_("New phone number"))


class DetailsForm(_OurForm):
    """The third screen; ``key`` makes a second press of the button harmless (E25)."""

    name = StringField(N_("Name"))
    phone = StringField(N_("Phone"))
    email = StringField(N_("E-mail"))
    first_visit = StringField()  # "yes" or "no"
    companion = BooleanField(N_("Someone is coming with me"), false_values=("", *NO))
    safety = StringField()  # "ok" or "call_me"
    consent = BooleanField(CONSENT, false_values=("", *NO))
    website = StringField(N_("Leave this empty"))  # hidden from people: only programs fill it
    key = HiddenField()


@dataclass(frozen=True)
class Details:
    """What the third screen says, as plain values: the form's fields are made only to show it again."""

    name: str
    phone: str | None
    email: str | None
    first_visit: bool | None  # the patient's own word, None where nothing was said
    safety: str | None
    consent: bool
    website: str
    key: str | None


def read_details(given: Mapping[str, str]) -> Details:
    """Return what was typed, by the names and meanings of ``DetailsForm``."""
    return Details(
        name=given.get("name", ""),
        phone=given.get("phone") or None,
        email=given.get("email") or None,
        first_visit=said(given.get("first_visit")),
        safety=given.get("safety") or None,
        consent=given.get("consent", "") not in ("", *NO),
        website=given.get("website", ""),
        key=given.get("key") or None,
    )


def said(text: str | None) -> bool | None:
    """Return what a yes or no says, None for anything else."""
    word = (text or "").lower()
    if word in YES:
        return True
    return False if word in NO else None
