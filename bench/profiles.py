"""Where a call's time goes: by the part of the program or the library that it is spent in."""

import cProfile
import pstats
from collections.abc import Callable

CALLS, WARM = 40, 3
PARTS = (  # the first that fits; a C function without a file is told by its name
    ("database and driver", ("sqlite3.", "psycopg", "select.", "poll")),
    ("rules", ("booking/scheduling",)),
    ("rest of this program", ("/booking/", "<template>", "/templates/")),
    ("SQLAlchemy", ("sqlalchemy",)),
    ("Flask, Werkzeug, Jinja", ("flask", "werkzeug", "jinja2", "markupsafe", "wtforms", "itsdangerous")),
)
ELSE = "Python and others"


def shares(call: Callable[[], object], before: Callable[[], object]) -> dict[str, float]:
    """Return the seconds of some calls by part; what is done ``before`` each does not count."""
    profile = cProfile.Profile()
    for number in range(WARM + CALLS):
        before()
        if number >= WARM:
            profile.enable()
        call()
        profile.disable()
    found = {name: 0.0 for name, _ in PARTS} | {ELSE: 0.0}
    for (file, _line, name), (_, _, own, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]  # typeshed leaves out `stats`
        where = f"{file}:{name}".lower()
        part = next((part for part, marks in PARTS if any(mark in where for mark in marks)), ELSE)
        found[part] += own
    return found
