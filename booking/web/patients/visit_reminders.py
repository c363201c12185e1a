"""Stop reminder e-mails: a page with a button, and the one click that mail programs send (L21, RFC 8058).

The page shows nothing of the visit: it works for longer than the visit's own page does.
"""

from flask import request
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as Answer

from booking.actions import stop_reminders as stopping
from booking.house import house
from booking.web.patients.blueprint import blueprint, here, show
from booking.web.security import is_one_click

RESUMED = "again"


@blueprint.get("/appointment/<token>/stop-reminders")
def reminders(token: str) -> str:
    """Show the button; looking stops nothing."""
    clinic = here()
    visit = stopping.get_visit(clinic, token, house().now())
    return show(
        "visit_reminders",
        clinic,
        csrf=generate_csrf(),
        is_stopped=stopping.is_stopped(clinic, visit),
        is_resumed=RESUMED in request.args,
    )


@blueprint.post("/appointment/<token>/stop-reminders")
def stop_reminders(token: str) -> Answer:
    """Stop reminders to the visit's address, from the page or by a mail program's one click."""
    stopping.stop(here(), token, house().now())
    if is_one_click():
        return Answer("", 200, content_type="text/plain; charset=utf-8")
    return Answer("", 303, headers={"Location": request.path})


@blueprint.post("/appointment/<token>/stop-reminders/undo")
def resume_reminders(token: str) -> Answer:
    """Send reminders to the visit's address again: stopped by mistake, or by a mail program on its own."""
    stopping.resume(here(), token, house().now())
    return Answer("", 303, headers={"Location": f"/appointment/{token}/stop-reminders?{RESUMED}=1"})
