"""The one commit site: one writer per clinic at a time, all or nothing (D5)."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, bindparam, delete, select

from booking.records import clinic_row, patience
from booking.records.database import writer
from booking.records.failures import UNCONFIRMED, Conflict, Lost
from booking.records.prepared import Prepared
from booking.records.tables import claim, clinic, hold
from booking.scheduling.errors import Busy, NotFound

__all__ = ["Connection", "light_transaction", "transaction"]

T = TypeVar("T")

RETRIES = 2
SETUP = "setup_version"

_thread = threading.local()

# The lock, and in the same round trip the holds that have run out. SQLite locks by
# BEGIN IMMEDIATE and leaves FOR NO KEY UPDATE out.
_LOCK = Prepared(
    select(clinic.c.setup, clinic.c.audit_head, hold.c.id)
    .select_from(
        clinic.outerjoin(
            hold,
            (hold.c.clinic_id == clinic.c.id)
            & (hold.c.expires_at <= bindparam("now", type_=hold.c.expires_at.type)),
        )
    )
    .where(clinic.c.id == bindparam("clinic"))
    .with_for_update(key_share=True, of=clinic)
)
_EXPIRED_CLAIMS = delete(claim).where(claim.c.hold_id.in_(bindparam("ids", expanding=True)))
_EXPIRED_HOLDS = delete(hold).where(hold.c.id.in_(bindparam("ids", expanding=True)))


def transaction(clinic_id: int | None, now: datetime, work: Callable[[Connection], T]) -> T:
    """Do ``work`` as this clinic's only writer and commit; roll back on any exception.

    Holds that have run out are deleted first. ``work`` may be called again when the
    database gave the first try up, so it must have no effect outside the database.

    Args:
        clinic_id: whose rows are written; None while the clinic itself is being stored,
            which locks every clinic.
        now: the present instant, aware.
        work: is given the connection; what it returns is returned.

    Raises:
        RuntimeError: called inside another transaction of this thread.
        SlotTaken: the guard refused a claim (D3).
        Busy: locked, full, read-only or unreachable; nothing was changed, unless
            ``reason`` is "unconfirmed": then the server went away during the commit.
        NotFound: there is no such clinic.
    """
    if clinic_id is None:
        return _run(_lock_all, work)
    return _run(lambda conn: _lock(conn, clinic_id, now), work)


def has_setup(conn: Connection, version: int) -> bool:
    """Say whether the locked clinic's set-up is still the version that the caller decided by."""
    return bool(conn.info[SETUP] == version)


def light_transaction(work: Callable[[Connection], T]) -> T:
    """Do ``work`` on outbox rows only and commit; no clinic is locked, so no booking waits (D6).

    On SQLite it is the one writer all the same. Rows are told apart by their own
    guards (state, attempts), so ``work`` needs no other lock.

    Raises:
        RuntimeError: called inside another transaction of this thread.
        Busy: locked, full, read-only or unreachable; see ``transaction``.
    """
    return _run(_lock_nothing, work)


def _run(lock: Callable[[Connection], None], work: Callable[[Connection], T]) -> T:
    if getattr(_thread, "is_open", False):
        raise RuntimeError("a transaction is already open: one action, one transaction")
    _thread.is_open = True
    try:
        return patience.wait_in_turn(lambda wait: _try(lock, work, wait))
    finally:
        _thread.is_open = False


def _try(lock: Callable[[Connection], None], work: Callable[[Connection], T], wait: float | None) -> T:
    for _ in range(RETRIES):
        try:
            return _attempt(lock, work, wait)
        except (Conflict, Lost):
            continue
    return _attempt(lock, work, wait)


def _attempt(lock: Callable[[Connection], None], work: Callable[[Connection], T], wait: float | None) -> T:
    with writer(wait) as conn, conn.begin() as opened:
        patience.limit(conn)
        clinic_row.begin(conn)
        lock(conn)
        done = work(conn)
        clinic_row.finish(conn)
        try:
            opened.commit()
        except Lost as error:
            raise Busy(UNCONFIRMED, reason="unconfirmed") from error
        return done


def _lock_nothing(_conn: Connection) -> None:
    """Take no lock but the one that beginning takes."""


def _lock_all(conn: Connection) -> None:
    if conn.dialect.name != "sqlite":
        conn.exec_driver_sql("LOCK TABLE clinic IN SHARE ROW EXCLUSIVE MODE")


def _lock(conn: Connection, clinic_id: int, now: datetime) -> None:
    rows = _LOCK.rows(conn, {"clinic": clinic_id, "now": now})
    if not rows:
        raise NotFound("There is no such clinic.")
    conn.info[SETUP] = rows[0][0]
    clinic_row.locked(conn, clinic_id, rows[0][1])
    expired = [row[2] for row in rows if row[2] is not None]
    if expired:
        conn.execute(_EXPIRED_CLAIMS, {"ids": expired})
        conn.execute(_EXPIRED_HOLDS, {"ids": expired})
