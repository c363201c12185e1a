"""Who asked for a lost link, and from where: counted for limits, named by keyed hashes (A18)."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from booking.records.message_tables import link_request

KEPT = timedelta(days=1)

_ADD = insert(link_request)
_SINCE = bindparam("since", type_=link_request.c.at.type)
_COUNTS = select(
    select(func.count())
    .where(link_request.c.address == bindparam("address"), link_request.c.at > _SINCE)
    .scalar_subquery(),
    select(func.count())
    .where(link_request.c.origin == bindparam("origin"), link_request.c.at > _SINCE)
    .scalar_subquery(),
)
_FORGET = delete(link_request).where(
    link_request.c.clinic_id == bindparam("clinic"),
    link_request.c.at < bindparam("before", type_=link_request.c.at.type),
)


def count(conn: Connection, address: str, origin: str | None, since: datetime) -> tuple[int, int]:
    """Return how often an address was asked for, and how often an origin asked, since an instant."""
    row = conn.execute(_COUNTS, {"address": address, "origin": origin, "since": since}).one()
    return row[0], row[1]


def add(conn: Connection, clinic_id: int, address: str, origin: str | None, now: datetime) -> None:
    """Note one request and forget those that no limit counts any more."""
    conn.execute(_FORGET, {"clinic": clinic_id, "before": now - KEPT})
    conn.execute(_ADD, {"clinic_id": clinic_id, "address": address, "origin": origin, "at": now})
