"""What waits at the desk, counted in one statement."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, or_, select

from booking.records.message_tables import call_task, message
from booking.records.messages import UNSENT
from booking.records.prepared import Prepared
from booking.records.tables import appointment
from booking.scheduling.lifecycle import LIVE
from booking.scheduling.reminders import PREFIX

_CALLS = (
    select(func.count())
    .select_from(call_task)
    .where(
        call_task.c.clinic_id == bindparam("clinic"),
        call_task.c.done_at.is_(None),
        or_(
            call_task.c.due_at.is_(None),
            call_task.c.due_at < bindparam("tomorrow", type_=call_task.c.due_at.type),
        ),
    )
    .scalar_subquery()
)
_FAILURES = (
    select(func.count())
    .select_from(message)
    .where(
        message.c.state == "failed",  # for the index, as is the bound of due_at
        message.c.due_at >= bindparam("today", type_=message.c.due_at.type),
        message.c.clinic_id == bindparam("clinic"),
        message.c.planned_for >= bindparam("today", type_=message.c.due_at.type),
        message.c.planned_for < bindparam("tomorrow", type_=message.c.due_at.type),
    )
    .scalar_subquery()
)
_OPEN = Prepared(
    select(func.count())
    .select_from(appointment)
    .where(
        appointment.c.clinic_id == bindparam("clinic"),
        appointment.c.starts >= bindparam("after"),
        appointment.c.starts < bindparam("before"),
        appointment.c.ends <= bindparam("before"),
        or_(*(appointment.c.status == status for status in sorted(LIVE))),
    )
)
_REMINDER = (
    message.c.clinic_id == bindparam("clinic"),
    message.c.kind.startswith(PREFIX, autoescape=True),
)
_LATE = (
    select(func.count())
    .select_from(message)
    .where(
        *_REMINDER,
        message.c.state.in_((*UNSENT, "sending")),
        message.c.due_at <= bindparam("until", type_=message.c.due_at.type),
        message.c.planned_for <= bindparam("late", type_=message.c.due_at.type),
    )
    .scalar_subquery()
)
_GIVEN_UP = (
    select(func.count())
    .select_from(message)
    .where(
        *_REMINDER,
        message.c.state == "failed",
        message.c.due_at > bindparam("within", type_=message.c.due_at.type),
    )
    .scalar_subquery()
)
_COUNT = select(_CALLS, _FAILURES, _LATE + _GIVEN_UP)


@dataclass(frozen=True)
class Bounds:
    """Between which instants things count.

    ``today`` and ``tomorrow`` begin a day, for calls and messages; a reminder that was to leave by
    ``late`` and is tried again by ``until``, or was given up since ``within``, is in trouble.
    """

    today: datetime
    tomorrow: datetime
    late: datetime
    until: datetime
    within: datetime


def count(conn: Connection, clinic_id: int, bounds: Bounds) -> tuple[int, int, int]:
    """Return how many calls are open, messages failed, reminders are in trouble."""
    calls, failures, late = conn.execute(_COUNT, {"clinic": clinic_id, **vars(bounds)}).one()
    return calls, failures, late


def count_open(conn: Connection, clinic_id: int, after: datetime, before: datetime) -> int:
    """Return how many visits that began after a wall time and ended before another are unfinished."""
    found: int = _OPEN.first(conn, {"clinic": clinic_id, "after": after, "before": before})[0]
    return found
