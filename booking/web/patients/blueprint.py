"""The patients' blueprint, the clinic it serves and the frame around each of its pages."""

from typing import Any

from flask import Blueprint, Response, abort, g, render_template, request

from booking.actions.clinics import Stamp, get_stamped_clinic
from booking.house import house
from booking.scheduling.clinic import Clinic, Service
from booking.web.frame import frame_of
from booking.web.languages import speak_to_visitor
from booking.web.refusals import ANSWERS

blueprint = Blueprint("patients", __name__)


def here() -> Clinic:
    """Return the clinic that is served, and remember it for an error page."""
    return here_stamped()[0]


def here_stamped() -> tuple[Clinic, Stamp]:
    """Return the clinic that is served with the stamp of its data, and speak its visitor's language."""
    clinic, stamp = get_stamped_clinic(house().clinic)
    g.clinic = clinic
    speak_to_visitor(clinic)
    return clinic, stamp


def service_or_404(clinic: Clinic, code: str) -> Service:
    """Return a service of the menu, or answer that there is nothing here."""
    found = clinic.service.get(code)
    if found is None:
        abort(404)
    return found


def show(template: str, clinic: Clinic, address: str | None = None, **values: Any) -> str:
    """Render a page of the patients.

    Args:
        template: its name.
        clinic: the clinic.
        address: where the page is found again, in another language too; the request's own for GET.
        values: what the template shows.
    """
    if address is None and request.method in ("GET", "HEAD"):
        address = request.path
    frame = frame_of(clinic)
    return render_template(f"patients/{template}.html", clinic=clinic, frame=frame, address=address, **values)


def refused_page(html: str, code: str) -> Response:
    """Return a page of ours with the status of a refusal."""
    answer = ANSWERS[code]
    response = Response(html, answer.status, content_type="text/html; charset=utf-8")
    if answer.retry_after is not None:
        response.headers["Retry-After"] = str(answer.retry_after)
    return response
