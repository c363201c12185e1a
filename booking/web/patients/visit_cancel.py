"""Cancel a visit by its link: GET shows the rule and the fee, POST cancels (P3, E37, E56)."""

from werkzeug.wrappers import Response as Answer

from booking.actions import call_back
from booking.actions.cancel import cancel as cancel_visit
from booking.scheduling.errors import BookingRefused, Stale, TooLate
from booking.web.patients.blueprint import blueprint, refused_page
from booking.web.patients.notice import Notice
from booking.web.patients.visit_standing import (
    Opened,
    back_to,
    changed_words,
    check_seen,
    open_visit,
    patient,
    show_visit,
    turn_away,
)
from booking.wording.language import told


@blueprint.get("/appointment/<token>/cancel")
def cancel_rule(token: str) -> Answer:
    """Show what cancelling means, before the click."""
    opened = open_visit(token)
    if not opened.may_cancel:
        return turn_away(opened, "cancel")
    return Answer(show_visit("visit_cancel", opened, notice=None), content_type="text/html; charset=utf-8")


@blueprint.post("/appointment/<token>/cancel")
def cancel(token: str) -> Answer:
    """Cancel the visit; one that is cancelled already stays so."""
    opened = open_visit(token)
    try:
        if opened.visit.status != "cancelled":
            check_seen(opened)
        cancel_visit(opened.clinic, opened.visit, patient(), opened.now)
    except TooLate:
        return turn_away(open_visit(token), "cancel")
    except BookingRefused as refused:
        return _refused(open_visit(token), refused)
    return back_to(opened.address)


@blueprint.post("/appointment/<token>/call-back")
def ask_for_call(token: str) -> Answer:
    """Ask reception to call about a visit that can no longer be changed online; once is enough."""
    opened = open_visit(token)
    if opened.visit.status != "booked" or opened.is_over:
        return back_to(opened.address)
    call_back.ask(opened.clinic, token, opened.now)
    return back_to(opened.address, "call")


def _refused(opened: Opened, refused: BookingRefused) -> Answer:
    """Show the page as things stand now, with what happened."""
    if not opened.may_cancel:
        return turn_away(opened, "cancel")
    says = changed_words(opened.visit) if isinstance(refused, Stale) else told(refused.message)
    return refused_page(show_visit("visit_cancel", opened, notice=Notice(says)), refused.code)
