"""What is counted for whoever watches the program; numbers only, of the whole database."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from booking.records.database import reading
from booking.records.message_tables import call_task, message
from booking.records.tables import clinic, hold

UNFINISHED = ("planned", "sending", "held", "failed")

_MESSAGES = (
    select(message.c.state, func.count()).where(message.c.state.in_(UNFINISHED)).group_by(message.c.state)
)
_REST = select(
    select(func.coalesce(func.sum(clinic.c.changes), 0)).scalar_subquery(),
    select(func.count())
    .select_from(hold)
    .where(hold.c.expires_at > bindparam("now", type_=hold.c.expires_at.type))
    .scalar_subquery(),
    select(func.count()).select_from(call_task).where(call_task.c.done_at.is_(None)).scalar_subquery(),
)


@dataclass(frozen=True)
class Numbers:
    """Messages by state, changes of what slots show since the beginning, holds, open calls."""

    messages: dict[str, int]
    changes: int
    holds: int
    calls: int


def count(now: datetime) -> Numbers:
    """Return the numbers, by two statements.

    Raises:
        Busy: the database does not answer.
    """
    states = reading(lambda conn: {row[0]: row[1] for row in conn.execute(_MESSAGES)})
    changes, holds, calls = reading(lambda conn: conn.execute(_REST, {"now": now}).one())
    return Numbers({state: states.get(state, 0) for state in UNFINISHED}, int(changes), holds, calls)
