"""The fourth screen: you're booked. Later the same address shows the appointment and what can be done."""

from datetime import timedelta

from flask import Response, request

from booking.actions import call_back
from booking.web.patients.blueprint import blueprint
from booking.web.patients.visit_standing import Opened, open_visit, show_visit
from booking.wording.calendar import calendar_file
from booking.wording.kinds import kind_words
from booking.wording.language import N_, _

FRESH = timedelta(minutes=15)
GONE = ("cancelled", "entered_in_error")
# What has just been done, as the address of the page says it.
DONE = {
    "form": N_("This form had booked this visit already. What was changed in it afterwards was not taken."),
    "call": N_("We will be in touch about this visit."),
    "contact": N_("Thank you. We have noted how to reach you."),
    "address": N_(
        "Thank you. We are writing to your new address. This page has a new address too:"
        " the links that we sent before no longer work."
    ),
}


@blueprint.get("/appointment/<token>")
def appointment(token: str) -> str:
    """Show the appointment that a link opens."""
    opened = open_visit(token)
    done = request.args.get("done", "")
    is_fresh = opened.now - opened.visit.created_at < FRESH
    return show_visit(
        "appointment",
        opened,
        heading=_heading(opened, is_fresh=is_fresh, done=done),
        is_told=opened.visit.patient.mail_address and (is_fresh or done in ("moved", "address")),
        done=_(DONE[done]) if done in DONE else "",
        is_call_asked=_is_call_asked(opened),
        kind=kind_words(opened.visit.sold.kind),
        calendar=f"{opened.address}.ics",
    )


@blueprint.get("/appointment/<token>.ics")
def calendar(token: str) -> Response:
    """Give the appointment as a calendar entry."""
    opened = open_visit(token)
    entry = calendar_file(opened.clinic, opened.visit, "PUBLISH")
    response = Response(entry, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


def _heading(opened: Opened, *, is_fresh: bool, done: str) -> str:
    if opened.visit.status in GONE:
        return _("This appointment is cancelled.")
    if opened.is_over:
        return _("Your appointment has passed.")
    if done == "moved" and opened.visit.version > 1:
        return _("Your appointment has moved.")
    return _("You're booked.") if is_fresh and opened.visit.version == 1 else _("Your appointment")


def _is_call_asked(opened: Opened) -> bool:
    """Say whether a call is asked for; asked of the database only where a call is offered."""
    is_late = opened.is_coming and not (opened.may_move and opened.may_cancel)
    return is_late and call_back.is_asked(opened.visit)
