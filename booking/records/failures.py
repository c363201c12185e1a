"""What the database's refusals mean, told once for every statement (SQLAlchemy's ``handle_error``).

A person meets only ``SlotTaken`` (the guard refused) or ``Busy`` (locked, full, read-only,
gone); programming errors stay what they are.
"""

from typing import Any

from sqlalchemy import Connection, exc
from sqlalchemy.engine import ExceptionContext

from booking.scheduling.errors import Busy, SlotTaken

GUARD = "claim_no_overlap"
WRITE = "write"  # the execution option of a connection that may write

TAKEN = "That time has just been taken."
BUSY = "The booking system is busy just now. Nothing was changed. Please try again in a minute."
NO_LOG = (
    "This place cannot hold the database's write-ahead log, without which a power cut loses bookings."
    " Keep the file on a disk of this machine, not on a network drive, or use PostgreSQL."
)
UNCONFIRMED = "The connection broke while saving. Please look whether it was saved before trying again."

# primary result codes: busy, locked; i/o error, full, cannot open, file locking protocol
_SQLITE_LOCKED = frozenset({5, 6})
_SQLITE_BUSY = frozenset({10, 13, 14, 15})
_SQLITE_READ_ONLY = 8
# idle_in_transaction_session_timeout; classes: connection, resources, intervention, system
_PG_BUSY = frozenset({"25P03"})
_PG_BUSY_CLASSES = frozenset({"08", "53", "57", "58"})
_PG_READ_ONLY = "25006"


class Lost(Busy):
    """The connection to the server went away; what was not committed is undone."""


class Locked(Busy):
    """Somebody else held a lock for longer than this statement was to wait."""


class Conflict(Busy):
    """The database gave up one of two transactions that were in each other's way."""


_PG_KINDS = {"55P03": Locked, "40001": Conflict, "40P01": Conflict}  # lock_timeout, serialisation, deadlock


def translate(context: ExceptionContext) -> Exception | None:
    """Return the refusal to raise instead of a driver's error, or None to leave it as it is."""
    if not isinstance(context.sqlalchemy_exception, exc.DBAPIError):
        return None
    may_write = context.connection is None or WRITE in context.connection.get_execution_options()
    return _refusal(
        context.original_exception, context.dialect, may_write=may_write, is_lost=context.is_disconnect
    )


def refuse(conn: Connection, error: Any) -> None:
    """Raise the refusal that a driver's error means, met behind SQLAlchemy's back; none for other errors.

    A connection that is gone is not used again.
    """
    is_lost = conn.dialect.is_disconnect(error, conn.connection.dbapi_connection, None)
    may_write = WRITE in conn.get_execution_options()
    if is_lost:
        conn.invalidate(error)
    refusal = _refusal(error, conn.dialect, may_write=may_write, is_lost=is_lost)
    if refusal is not None:
        raise refusal from error


def _refusal(error: Any, dialect: Any, *, may_write: bool, is_lost: bool) -> Exception | None:
    if hasattr(error, "sqlite_errorcode"):
        return _of_sqlite(error, may_write=may_write)
    if hasattr(error, "sqlstate"):
        return _of_postgresql(error, dialect.loaded_dbapi, may_write=may_write, is_lost=is_lost)
    return None


def _of_sqlite(error: Any, *, may_write: bool) -> Exception | None:
    if str(error) == GUARD:
        return SlotTaken(TAKEN)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _SQLITE_LOCKED:
        return Locked(BUSY, reason="database")
    if code in _SQLITE_BUSY or (code == _SQLITE_READ_ONLY and may_write):
        return Busy(BUSY, reason="database")
    return None


def _of_postgresql(error: Any, driver: Any, *, may_write: bool, is_lost: bool) -> Exception | None:
    state, diagnosis = error.sqlstate, getattr(error, "diag", None)
    if getattr(diagnosis, "constraint_name", None) == GUARD:
        return SlotTaken(TAKEN)
    if is_lost:
        return Lost(BUSY, reason="database")
    if state in _PG_KINDS:
        return _PG_KINDS[state](BUSY, reason="database")
    if state is None:  # no answer of the server at all: it could not be reached
        return Busy(BUSY, reason="database") if isinstance(error, driver.OperationalError) else None
    if state in _PG_BUSY or state[:2] in _PG_BUSY_CLASSES or (state == _PG_READ_ONLY and may_write):
        return Busy(BUSY, reason="database")
    return None
