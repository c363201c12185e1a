"""Links: SHA-256 of a token for look-up, the token sealed for later mails (D9)."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from booking.records.prepared import Prepared
from booking.records.tables import link

_ADD = Prepared(insert(link))
_SEALED = (
    select(link.c.sealed)
    .where(link.c.appointment_id == bindparam("appointment"), link.c.revoked_at.is_(None))
    .order_by(link.c.id.desc())
    .limit(1)
)

_REVOKE = (
    update(link)
    .where(link.c.appointment_id == bindparam("appointment"), link.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now", type_=link.c.revoked_at.type))
)


def add(
    conn: Connection, clinic_id: int, appointment_id: int, digest: str, sealed: bytes, now: datetime
) -> None:
    """Store the link of an appointment."""
    _ADD.run(
        conn,
        {
            "clinic_id": clinic_id,
            "appointment_id": appointment_id,
            "digest": digest,
            "sealed": sealed,
            "created_at": now,
        },
    )


def find_sealed(conn: Connection, appointment_id: int) -> bytes | None:
    """Return the sealed token of an appointment's valid link."""
    found: bytes | None = conn.execute(_SEALED, {"appointment": appointment_id}).scalar()
    return found


def revoke(conn: Connection, appointment_id: int, now: datetime) -> None:
    """Close every link of an appointment (E71)."""
    conn.execute(_REVOKE, {"appointment": appointment_id, "now": now})
