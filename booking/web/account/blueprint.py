"""The blueprint of the staff's own pages, and the small frame around each."""

from typing import Any

from flask import Blueprint, Response, g, render_template
from flask_wtf.csrf import generate_csrf

from booking.actions.clinics import get_clinic
from booking.house import house
from booking.scheduling.clinic import Clinic

blueprint = Blueprint("staff", __name__, url_prefix="/staff")


def here() -> Clinic:
    """Return the clinic that is served."""
    clinic: Clinic = get_clinic(house().clinic)
    g.clinic = clinic
    return clinic


def show(template: str, status: int = 200, **values: Any) -> Response:
    """Render one of these pages."""
    html = render_template(f"staff/{template}.html", clinic=here(), csrf=generate_csrf(), **values)
    response = Response(html, status)
    response.headers["Vary"] = "Cookie"
    return response
