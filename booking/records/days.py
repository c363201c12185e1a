"""What is claimed in a stretch of days: one statement, through the index alone (D4)."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, and_, any_, bindparam, or_, select

from booking.records.holds import releaser
from booking.records.prepared import Prepared
from booking.records.schema import LONGEST_CLAIM
from booking.records.tables import claim, hold
from booking.scheduling.busy import Busy
from booking.scheduling.timeline import Window


def load_busy(
    conn: Connection,
    resources: Sequence[int],
    window: Window,
    now: datetime,
    *,
    skip_hold: int | None = None,
    skip_appointment: int | None = None,
    through_holds: bool = False,
) -> Busy:
    """Return when each of ``resources`` is claimed within a window.

    Holds that have run out do not count, deleted or not.

    Args:
        conn: a reader, or a transaction's connection.
        resources: resource ids.
        window: the days.
        now: the present instant, aware.
        skip_hold: leave this hold's own claims out (the visitor's, when booking).
        skip_appointment: leave this appointment's own claims out (when moving), and what is kept
            back of its earlier times.
        through_holds: leave the claims of every hold out.
    """
    if not resources:
        return Busy.empty(window)
    skips = (through_holds, skip_hold is not None, skip_appointment is not None)
    count, among = _places(conn, resources)
    given = {
        "after": window.origin - LONGEST_CLAIM,
        "begins": window.origin,
        "ends": window.until,
        "now": int(now.timestamp()),
        "hold": skip_hold,
        "appointment": skip_appointment,
        "releaser": None if skip_appointment is None else releaser(skip_appointment),
        **among,
    }
    return Busy.from_rows(window, _statement(count, *skips).tuples(conn, given))


def _places(conn: Connection, resources: Sequence[int]) -> tuple[int, dict[str, Any]]:
    """Return how many places a statement has for resources (0: they are one array), and their values."""
    if conn.dialect.name == "sqlite":
        return len(resources), {f"r{n}": resource for n, resource in enumerate(resources)}
    return 0, {"resources": list(resources)}


@lru_cache(maxsize=256)
def _statement(count: int, through_holds: bool, skip_hold: bool, skip_appointment: bool) -> Prepared:
    """Build the statement for a number of resources once; every later use is a look-up.

    Args: ``count`` is 0 where they come as one array: psycopg reads a text of more than fifty values
        anew each time, and so one plan of the server's serves every number.
    """
    several = any_(bindparam("resources", type_=ARRAY(BigInteger)))
    among = claim.c.resource_id.in_([bindparam(f"r{place}") for place in range(count)])
    wanted = [
        among if count else claim.c.resource_id == several,
        claim.c.starts > bindparam("after"),
        claim.c.starts < bindparam("ends"),
        claim.c.ends > bindparam("begins"),
    ]
    live = claim.c.expires > bindparam("now")
    if skip_hold:
        live = and_(live, claim.c.hold_id != bindparam("hold"))
    if skip_appointment:
        own = select(hold.c.id).where(hold.c.visitor == bindparam("releaser"))
        live = and_(live, claim.c.hold_id.not_in(own))
    wanted.append(claim.c.expires.is_(None) if through_holds else or_(claim.c.expires.is_(None), live))
    if skip_appointment:
        mine = claim.c.appointment_id == bindparam("appointment")
        wanted.append(or_(claim.c.appointment_id.is_(None), ~mine))
    return Prepared(select(claim.c.resource_id, claim.c.starts, claim.c.ends, claim.c.expires).where(*wanted))
