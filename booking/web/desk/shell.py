"""What every page of the desk shares: its frame, its panel, its one status line.

The page's own script asks for a panel (``X-Desk-Panel``) and gets a fragment; without
script the same address is a page of its own.
"""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, g, render_template, request, session
from flask_wtf.csrf import generate_csrf

from booking.access.roles import PRACTITIONER
from booking.actions.clinics import Stamp
from booking.actions.desk_alarms import list_alarms
from booking.actions.desk_counts import count, count_open
from booking.house import house
from booking.scheduling.clinic import Clinic
from booking.scheduling.zone import to_wall
from booking.web.onward import see_other
from booking.web.staff import current_staff

PANEL = "X-Desk-Panel"
SAID = "X-Desk-Said"
UNDO = "X-Desk-Undo"
NEXT = "X-Desk-Next"
WHO, TOKEN = "X-Desk-Who", "X-Desk-Token"
_KEPT = "desk_said"
OPENED = "desk_opened"
BROKEN = 500  # from this status on nothing more is asked of the database


def here() -> Clinic:
    """Return the clinic whose desk this is."""
    clinic: Clinic = g.clinic  # read by whoever admitted this request
    return clinic


def here_stamp() -> Stamp:
    """Return the stamp of the clinic's data, read when this request came."""
    stamp: Stamp = g.stamp
    return stamp


def is_panel() -> bool:
    """Say whether the page's script asks, for its panel."""
    return request.headers.get(PANEL) == "1"


def show(template: str, code: int = 200, **values: Any) -> Response:
    """Render a page of the desk, or only its part where the script asked for a panel.

    Args:
        template: extends ``layout``; fills ``title``, ``bar`` and ``main``.
        code: the status: 200, or what a refusal answers.
        values: what the template shows, plain values.
    """
    clinic = here()
    today = to_wall(house().now(), clinic.zone).date()
    given: dict[str, Any] = {
        "layout": "desk/_fragment.html" if is_panel() else "desk/base.html",
        "clinic": clinic,
        "staff": current_staff(),
        "today": today,
        "tomorrow": today + timedelta(days=1),
        "csrf": generate_csrf(),
        "said": None if is_panel() else session.pop(_KEPT, None),
    }
    given |= _waiting() if not is_panel() and code < BROKEN else {"alarms": ()}
    response = Response(render_template(template, **given | values), code)
    response.headers.add("Vary", f"Cookie, {PANEL}")
    return told(response)


def told(response: Response) -> Response:
    """Say in the answer's headers who is signed in, and which form token counts: pages stay open for long."""
    response.headers[WHO], response.headers[TOKEN] = str(current_staff().id), generate_csrf()
    return response


def _waiting() -> dict[str, Any]:
    """Return what the rail counts and what nobody may miss; nothing for those who only treat."""
    if current_staff().role == PRACTITIONER:
        return {"counts": None, "alarms": ()}
    now = house().now()
    counts = count(here(), now, _opened(now))
    return {"counts": counts, "alarms": list_alarms(here(), counts, now)}


def _opened(now: datetime) -> int:
    """Return how many visits are left open, counted anew when something changed or a minute has passed."""
    clinic = here()
    mark = (here_stamp(), now.replace(second=0, microsecond=0))
    kept: dict[int, tuple[Any, int]] = current_app.extensions.setdefault(OPENED, {})
    if kept.get(clinic.id, (None, 0))[0] != mark:
        kept[clinic.id] = (mark, count_open(clinic, now))
    return kept[clinic.id][1]


def done(said: str, back_to: str, undo: str | None = None, go: str | None = None) -> Response:
    """Answer a change that was made: the status line says so.

    Args:
        said: one sentence; it names no patient, since it travels in a cookie or header.
        back_to: the path of ours that a browser without script is shown.
        undo: the path that a POST takes it back with, if it can be taken back.
        go: the path that the panel shows next, if it does not close.
    """
    if not is_panel():
        session[_KEPT] = {"words": said, "undo": undo}
        return see_other(go or back_to)
    response = told(Response(status=204))
    response.headers[SAID] = quote(said)
    for header, value in ((UNDO, undo), (NEXT, go)):
        if value:
            response.headers[header] = value
    return response
