"""Passkeys of the staff: the public half of a key that never leaves a phone or computer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from booking.records.staff_tables import staff, staff_passkey

_OF_ACCOUNT = (
    select(staff_passkey)
    .where(staff_passkey.c.staff_id == bindparam("staff"))
    .order_by(staff_passkey.c.created_at, staff_passkey.c.id)
)
_BY_CREDENTIAL = (
    select(staff_passkey)
    .join(staff, staff.c.id == staff_passkey.c.staff_id)
    .where(
        staff_passkey.c.credential == bindparam("credential"),
        staff.c.clinic_id == bindparam("clinic"),
        staff.c.active,
    )
)


@dataclass(frozen=True)
class Passkey:
    """One passkey; ``credential`` names it, base64url."""

    id: int
    staff_id: int
    credential: str
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    used_at: datetime | None


def list_of(conn: Connection, staff_id: int) -> Sequence[Passkey]:
    """Return an account's passkeys, oldest first."""
    return [Passkey(**row._mapping) for row in conn.execute(_OF_ACCOUNT, {"staff": staff_id})]


def find(conn: Connection, clinic_id: int, credential: str) -> Passkey | None:
    """Return the passkey of that name, if its account is in use."""
    row = conn.execute(_BY_CREDENTIAL, {"credential": credential, "clinic": clinic_id}).one_or_none()
    return Passkey(**row._mapping) if row else None


def add(conn: Connection, fields: Mapping[str, Any]) -> None:
    """Store a passkey."""
    conn.execute(insert(staff_passkey), fields)


def use(conn: Connection, known: Passkey, sign_count: int, now: datetime) -> bool:
    """Note that a passkey was used; False where somebody used it in between."""
    mine = (staff_passkey.c.id == known.id, staff_passkey.c.sign_count == known.sign_count)
    done = update(staff_passkey).where(*mine).values(sign_count=sign_count, used_at=now)
    return conn.execute(done).rowcount == 1


def remove(conn: Connection, staff_id: int, passkey_id: int) -> bool:
    """Delete one of an account's passkeys; False where it has none such."""
    mine = (staff_passkey.c.id == passkey_id, staff_passkey.c.staff_id == staff_id)
    return conn.execute(delete(staff_passkey).where(*mine)).rowcount == 1
