"""The messages of a day: what failed stands first, and can be sent again."""

from datetime import date, timedelta

from flask import Response, request

from booking.actions.ledger import list_day
from booking.actions.looks import note_look
from booking.actions.send_again import send_again
from booking.house import house
from booking.scheduling.errors import BookingRefused
from booking.scheduling.zone import to_wall
from booking.web.dates import find_date
from booking.web.desk.blueprint import blueprint
from booking.web.desk.shell import done, here, show
from booking.web.errors import Refused
from booking.web.refusals import ANSWERS
from booking.web.staff import staff_actor

WORDS = {
    "failed": "Failed",
    "held": "Held",
    "late": "Late",
    "sending": "Leaving now",
    "planned": "Planned",
    "skipped": "Not sent",
    "sent": "Sent",
}
KINDS = {
    "confirmation": "Confirmation",
    "moved": "New time",
    "cancelled": "Cancellation",
    "link": "Lost link",
    "staff_link": "Sign-in link",
}


@blueprint.get("/messages")
def messages() -> Response:
    """Show the messages that are to leave, or left, on a day."""
    return _show(_day(request.args.get("on")))


@blueprint.post("/messages/<int:number>/again")
def message_again(number: int) -> Response:
    """Send a message once more."""
    on = _day(request.form.get("on"))
    try:
        send_again(here(), number, staff_actor(), house().now())
    except BookingRefused as refusal:
        return _show(on, refusal)
    return done("The message leaves once more, within a minute.", f"/desk/messages?on={on.isoformat()}")


def kind_words(kind: str) -> str:
    """Return what a kind of message is called at the desk."""
    hours = kind.removeprefix("reminder_")
    return KINDS.get(kind, f"Reminder, {hours} h before" if hours.isdigit() else kind.capitalize())


def _show(on: date, refusal: BookingRefused | None = None) -> Response:
    clinic, now = here(), house().now()
    note_look(clinic, "messages", staff_actor(), now)
    one = timedelta(days=1)
    return show(
        "desk/messages.html",
        ANSWERS[refusal.code].status if refusal else 200,
        day=list_day(clinic, on, now),
        before=on - one if on > date.min else on,
        after=on + one,
        words=WORDS,
        kind_words=kind_words,
        refused=refusal.message if refusal else None,
    )


def _day(text: str | None) -> date:
    if not text:
        return to_wall(house().now(), here().zone).date()
    on = find_date(text)
    if on is None or not 2000 <= on.year < 2100:
        raise Refused("not_found")
    return on
