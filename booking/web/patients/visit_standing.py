"""A visit as its link opens it: what may still be done about it, and until when (E37, P3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import request
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as Answer

from booking.actions.look_up import get_visit
from booking.actions.values import Actor
from booking.house import house
from booking.scheduling import rules
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Stale
from booking.scheduling.zone import to_instant, to_wall
from booking.web.onward import see_other
from booking.web.patients.blueprint import here, refused_page, show
from booking.web.patients.receipt import receipt_of_visit
from booking.web.security import origin
from booking.wording.changes import fee_sentences, until_sentences
from booking.wording.dates import when_words
from booking.wording.language import _


@dataclass(frozen=True)
class Opened:
    """What a link opens, at the moment at which the request arrived."""

    clinic: Clinic
    visit: Visit
    token: str
    now: datetime

    @property
    def address(self) -> str:
        """The address of the visit's page."""
        return f"/appointment/{self.token}"

    @property
    def is_coming(self) -> bool:
        """Whether the visit is booked and has not begun."""
        return self.visit.status == "booked" and to_instant(self.visit.starts, self.clinic.zone) > self.now

    @property
    def is_over(self) -> bool:
        """Whether the visit's time has passed."""
        return to_instant(self.visit.ends, self.clinic.zone) <= self.now

    @property
    def may_move(self) -> bool:
        """Whether the patient may move the visit; the action decides again."""
        return self.is_coming and rules.may_move(self.clinic, self.visit.starts, self.now)

    @property
    def may_cancel(self) -> bool:
        """Whether the patient may cancel the visit; the action decides again."""
        return self.is_coming and rules.may_cancel(self.clinic, self.visit.starts, self.now)

    @property
    def move_until(self) -> datetime:
        """Until when moving is free, clinic wall time."""
        return self._before(self.clinic.policy.move_until_hours)

    @property
    def cancel_until(self) -> datetime:
        """Until when cancelling is free, clinic wall time."""
        return self._before(self.clinic.policy.cancel_until_hours)

    def was_possible_until(self, what: str) -> datetime | None:
        """Return until when the visit could be moved or cancelled, None where it was booked after that.

        Args: ``what`` is "move" or "cancel".
        """
        until = self.move_until if what == "move" else self.cancel_until
        return until if to_wall(self.visit.created_at, self.clinic.zone) < until else None

    @property
    def rule(self) -> list[str]:
        """Until when the visit can be moved and cancelled, and what is charged after that, in words."""
        moving = self.move_until if self.may_move else None
        cancelling = self.cancel_until if self.may_cancel else None
        return [*until_sentences(moving, cancelling), *self.fees]

    @property
    def fees(self) -> list[str]:
        """What is charged for a late cancellation and a missed visit, in words."""
        policy = self.clinic.policy
        return fee_sentences(policy.late_cancel_fee_percent, policy.no_show_fee_percent)

    def _before(self, hours: int) -> datetime:
        until = to_instant(self.visit.starts, self.clinic.zone) - timedelta(hours=hours)
        return to_wall(until, self.clinic.zone)


def open_visit(token: str) -> Opened:
    """Return the visit that a link opens, as it is now.

    Raises:
        NotFound: no such token, revoked, or the visit ended 30 days ago.
    """
    now = house().now()
    clinic = here()
    return Opened(clinic, get_visit(clinic, token, now), token, now)


def show_visit(template: str, opened: Opened, **values: Any) -> str:
    """Render a page about a visit."""
    receipt = receipt_of_visit(opened.clinic, opened.visit)
    given = {"opened": opened, "visit": opened.visit, "receipt": receipt, "csrf": generate_csrf()}
    return show(template, opened.clinic, **given | values)


def turn_away(opened: Opened, what: str) -> Answer:
    """Answer that a visit cannot be moved or cancelled online any more.

    One that has not begun gets the rule, the phone and a call if wanted (P3); any other is
    shown as it is, which is friendly enough (E56).

    Args: ``what`` is "move" or "cancel".
    """
    if not opened.is_coming:
        return back_to(opened.address)
    return refused_page(show_visit("visit_late", opened, what=what), "too_late")


def check_seen(opened: Opened) -> None:
    """Refuse a form of a page that showed the visit as it is no longer (E28).

    Raises:
        Stale: the form names another version than the visit has; a form may name none.
    """
    seen = request.form.get("version")
    if seen is not None and seen != str(opened.visit.version):
        raise Stale("This visit was changed a moment ago. Please look at it again.")


def changed_words(visit: Visit) -> str:
    """Return what to say on a page that was opened before the visit changed."""
    return _(
        "This visit was changed after you opened the page. It is now at %(when)s, with %(who)s.",
        when=when_words(visit.starts),
        who=visit.sold.practitioner_name,
    )


def patient() -> Actor:
    """Return who asks: whoever has the link."""
    return Actor("patient", "patient", origin())


def back_to(address: str, done: str = "") -> Answer:
    """Send the browser on to a visit's page; ``done`` is what to say there."""
    return see_other(f"{address}?done={done}" if done else address)
