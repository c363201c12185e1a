"""The calendar as a page part, kept while nothing in it changes."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import current_app, render_template
from markupsafe import Markup

from booking.access.roles import PRACTITIONER
from booking.actions.day import load_days
from booking.house import house
from booking.scheduling.zone import to_wall
from booking.web.desk.grid import STEP
from booking.web.desk.shell import here, here_stamp
from booking.web.desk.views import Table, View, tables
from booking.web.desk.words import KINDS, STATUS, flags_of
from booking.web.staff import current_staff
from booking.wording.dates import clock_words, time_words

MOST = 32  # some 150 KB each in a house of thirty; the oldest goes
STORE = "desk_grids"


@dataclass(frozen=True)
class KeptGrid:
    """A rendered calendar: ``tag`` names its content, ``until`` is when a hold in it runs out.

    ``can_move``: visits can be moved in it, since it is one table of people.
    """

    html: Markup
    tag: str
    until: datetime
    can_move: bool


def find_grid(on: date, view: View) -> KeptGrid:
    """Return the calendar as the asking member of staff may see it; no statement while it is unchanged."""
    clinic, staff, now = here(), current_staff(), house().now()
    stamp, wall = here_stamp(), to_wall(now, clinic.zone)
    minute = (wall.hour * 60 + wall.minute) // STEP * STEP
    whose = staff.practitioner if staff.role == PRACTITIONER else "*"
    key = (clinic.id, on, view, whose, stamp, wall.date(), minute)
    store: OrderedDict[Any, KeptGrid] = current_app.extensions.setdefault(STORE, OrderedDict())
    kept = store.get(key)
    if kept is None or now >= kept.until:
        kept = store[key] = _render(
            on, view, now, minute, f"{stamp.setup}-{stamp.changes}-{wall:%Y%m%d}-{minute}"
        )
        while len(store) > MOST:
            store.popitem(last=False)
    return kept


def _render(on: date, view: View, now: datetime, minute: int, tag: str) -> KeptGrid:
    clinic, staff = here(), current_staff()
    days = load_days(clinic, on, view.days, staff, now)
    shown = tables(clinic, days, view, staff)
    wall = to_wall(now, clinic.zone)
    html = render_template(
        "desk/_grid.html",
        clinic=clinic,
        tables=shown,
        gone=[visit for one in days for visit in one.visits if visit.status == "cancelled"],
        today=wall.date(),
        by=view.by,
        now_at=minute,
        line_words=clock_words(time(minute // 60, minute % 60)),
        now_words=time_words(wall),
        status=STATUS,
        kinds=KINDS,
        flags_of=flags_of,
    )
    holds = [hold.expires_at for one in days for hold in one.holds]
    until = min(holds, default=now + timedelta(minutes=STEP))
    return KeptGrid(Markup(html), f"{tag}-{len(holds)}", until, _can_move(shown, view))  # noqa: S704  our own page part


def _can_move(shown: list[Table], view: View) -> bool:
    return view.by == "people" and len(shown) == 1 and current_staff().role != PRACTITIONER
