"""The keys of the desk."""

from flask import Response

from booking.web.desk.blueprint import blueprint
from booking.web.desk.shell import show

KEYS = (
    ("Arrow keys", "go from visit to visit in the calendar"),
    ("Enter", "open the visit"),
    ("a", "mark the visit as here"),
    ("i", "mark it as in the room"),
    ("d", "mark it as done"),
    ("x", "mark it as a no-show"),
    ("m", "pick the visit up: arrows move it, Enter drops it, Esc puts it back"),
    ("n", "book a visit"),
    ("u", "undo what was just done"),
    ("t", "today"),
    ("[ and ]", "the day before, the day after"),
    ("Esc", "close the panel, back to where you were"),
    ("?", "these keys"),
)


@blueprint.get("/keys")
def keys() -> Response:
    """Show which keys do what."""
    return show("desk/keys.html", keys=KEYS)
