"""What is typed at the desk to book somebody, or to put them on the wait list: one form for both."""

from dataclasses import dataclass
from datetime import date
from secrets import token_urlsafe

from werkzeug.datastructures import MultiDict

from booking.actions import wait_list
from booking.actions.status import get_by_reference
from booking.scheduling.appointment import Patient
from booking.scheduling.errors import NotFound
from booking.web.dates import find_day, find_number
from booking.web.desk.shell import here

NEW = "new"
CONTACT = ("name", "phone", "email")
LONGEST_NUMBER = 19  # digits of an id; no database has longer ones


@dataclass(frozen=True)
class Typed:
    """What the form says.

    ``patient`` is "new", the reference of a visit of theirs, or empty; ``waits`` is the entry of the
    wait list that they are booked from, 0 for none.
    """

    query: str
    patient: str
    name: str
    phone: str
    email: str
    under_19: bool
    service: str
    practitioner: str
    on: date | None
    safety: str
    companion: bool
    start: str
    exact_on: str
    exact_at: str
    reason: str
    weeks: int
    tell: bool
    key: str
    waits: int


def find_known(typed: Typed) -> Patient | None:
    """Return whose record is meant, None for somebody new."""
    try:
        if typed.waits:
            return wait_list.get(here(), typed.waits).patient
        return None if typed.patient in ("", NEW) else get_by_reference(here(), typed.patient).patient
    except NotFound:
        return None


def read_typed(form: MultiDict[str, str]) -> Typed:
    """Return what was typed; what is no number counts as none."""
    return Typed(
        query=form.get("q", ""),
        patient=form.get("patient", ""),
        **_contact(form),
        under_19="under_19" in form,
        service=form.get("service", ""),
        practitioner=form.get("practitioner", ""),
        on=find_day(form.get("on")),
        safety=form.get("safety", ""),
        companion="companion" in form,
        start=form.get("start", ""),
        exact_on=form.get("exact_on", ""),
        exact_at=form.get("exact_at", ""),
        reason=form.get("reason", ""),
        weeks=find_number(form.get("weeks", "1")),
        tell="service" not in form or "tell" in form,  # ticked until somebody has seen it
        key=form.get("key") or token_urlsafe(24),
        waits=number_of(form.get("waits", "")),
    )


def _contact(form: MultiDict[str, str]) -> dict[str, str]:
    """Return name, phone and e-mail; for somebody new what was searched for, until there are fields."""
    typed = {field: form.get(field, "") for field in CONTACT}
    query = form.get("q", "").strip()
    if form.get("patient") == NEW and "name" not in form and query:
        typed[_kind_of(query)] = query
    return typed


def _kind_of(query: str) -> str:
    if "@" in query:
        return "email"
    return "name" if any(c.isalpha() for c in query) else "phone"


def number_of(text: str) -> int:
    """Return the row id that a form says, 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < LONGEST_NUMBER else 0
