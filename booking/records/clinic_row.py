"""What a transaction leaves on the clinic's own row, by one UPDATE at its end.

``changes`` counts transactions that changed anything that slots or the desk show;
``audit_head`` is the end of the audit trail's chain.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from booking.records.prepared import Prepared
from booking.records.tables import clinic

_ENDING = "clinic_rows"

_HEAD = select(clinic.c.audit_head).where(clinic.c.id == bindparam("clinic")).with_for_update(key_share=True)
_MINE = update(clinic).where(clinic.c.id == bindparam("clinic"))
_COUNTED: dict[str, Any] = {"changes": clinic.c.changes + 1}
_CHAINED: dict[str, Any] = {"audit_head": bindparam("head")}
_UPDATES = {
    (True, False): Prepared(_MINE.values(_COUNTED)),
    (False, True): Prepared(_MINE.values(_CHAINED)),
    (True, True): Prepared(_MINE.values(_COUNTED | _CHAINED)),
}


@dataclass
class _Ending:
    """What is to be written of one clinic."""

    head: str | None
    is_changed: bool = False
    is_chained: bool = False


def begin(conn: Connection) -> None:
    """Forget what an earlier transaction on this connection left."""
    conn.info[_ENDING] = {}


def locked(conn: Connection, clinic_id: int, head: str | None) -> None:
    """Remember the end of the chain, read together with the clinic's lock."""
    conn.info[_ENDING][clinic_id] = _Ending(head)


def count_change(conn: Connection, clinic_id: int) -> None:
    """Let kept answers and open calendars know, once per transaction, that they are old."""
    _ending(conn, clinic_id).is_changed = True


def head(conn: Connection, clinic_id: int) -> str | None:
    """Return the digest of the clinic's newest audit row; None where the chain has not begun."""
    return _ending(conn, clinic_id).head


def set_head(conn: Connection, clinic_id: int, digest: str) -> None:
    """Let the chain end at ``digest``."""
    ending = _ending(conn, clinic_id)
    ending.head, ending.is_chained = digest, True


def finish(conn: Connection) -> None:
    """Write what is to be written, before the commit."""
    for clinic_id, ending in conn.info[_ENDING].items():
        statement = _UPDATES.get((ending.is_changed, ending.is_chained))
        if statement is not None:
            given = {"clinic": clinic_id} | ({"head": ending.head} if ending.is_chained else {})
            statement.run(conn, given)


def _ending(conn: Connection, clinic_id: int) -> _Ending:
    endings: dict[int, _Ending] = conn.info.setdefault(_ENDING, {})
    if clinic_id not in endings:  # a transaction that took no clinic's lock at its beginning
        endings[clinic_id] = _Ending(conn.execute(_HEAD, {"clinic": clinic_id}).scalar_one())
    return endings[clinic_id]
