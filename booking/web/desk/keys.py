"""The keys of the desk."""

from flask import Response

from booking.access.roles import PRACTITIONER
from booking.web.desk.blueprint import blueprint
from booking.web.desk.shell import show
from booking.web.staff import current_staff

# Each key, what it does, and whether it is for those who may change visits only.
KEYS = (
    ("Arrow keys", "go from visit to visit in the calendar", False),
    ("Enter", "open the visit", False),
    ("a", "mark the visit as here", True),
    ("i", "mark it as in the room", True),
    ("d", "mark it as done", True),
    ("x", "mark it as a no-show", True),
    ("m", "pick the visit up: arrows move it, Enter drops it, Esc puts it back", True),
    ("n", "book a visit", True),
    ("u", "undo what was just done", True),
    ("t", "today", False),
    ("[ and ]", "the day before, the day after", False),
    ("Esc", "close the panel, back to where you were", False),
    ("?", "these keys", False),
)


@blueprint.get("/keys")
def keys() -> Response:
    """Show which keys do what, for whoever asks."""
    reads_only = current_staff().role == PRACTITIONER
    return show("desk/keys.html", keys=[one[:2] for one in KEYS if not (reads_only and one[2])])
