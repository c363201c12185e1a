"""What the database's refusals mean, told once for every statement (SQLAlchemy's ``handle_error``).

A person meets only ``SlotTaken`` (the guard refused) or ``Busy`` (locked, full, read-only,
gone); programming errors stay what they are.
"""

from typing import Any

from sqlalchemy import exc
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
    original = context.original_exception
    may_write = context.connection is None or WRITE in context.connection.get_execution_options()
    if hasattr(original, "sqlite_errorcode"):
        return of_sqlite(original, may_write=may_write)
    if hasattr(original, "sqlstate"):
        return _of_postgresql(context, original.sqlstate, may_write)
    return None


def of_sqlite(error: Any, *, may_write: bool = True) -> Exception | None:
    """Return the refusal that an error of SQLite's driver means, or None."""
    if str(error) == GUARD:
        return SlotTaken(TAKEN)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _SQLITE_LOCKED:
        return Locked(BUSY, reason="database")
    if code in _SQLITE_BUSY or (code == _SQLITE_READ_ONLY and may_write):
        return Busy(BUSY, reason="database")
    return None


def _of_postgresql(context: ExceptionContext, state: str | None, may_write: bool) -> Exception | None:
    diagnosis = getattr(context.original_exception, "diag", None)
    if getattr(diagnosis, "constraint_name", None) == GUARD:
        return SlotTaken(TAKEN)
    if context.is_disconnect:
        return Lost(BUSY, reason="database")
    if state in _PG_KINDS:
        return _PG_KINDS[state](BUSY, reason="database")
    if state is None:  # no answer of the server at all: it could not be reached
        lost = isinstance(context.sqlalchemy_exception, exc.OperationalError)
        return Busy(BUSY, reason="database") if lost else None
    if state in _PG_BUSY or state[:2] in _PG_BUSY_CLASSES or (state == _PG_READ_ONLY and may_write):
        return Busy(BUSY, reason="database")
    return None
