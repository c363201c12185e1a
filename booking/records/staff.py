"""Accounts of the staff and what signs them in; secrets lie here as SHA-256 only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, delete, func, insert, or_, select, update

from booking.records.staff_tables import (
    sign_in_try,
    staff,
    staff_link,
    staff_recovery,
    staff_session,
    staff_token,
)
from booking.records.tables import practitioner


@dataclass(frozen=True)
class Account:
    """One member of staff; ``practitioner`` is their code, if they treat."""

    id: int
    clinic_id: int
    email: str
    name: str
    role: str
    practitioner: str | None
    active: bool
    password: str | None
    totp: bytes | None


@dataclass(frozen=True)
class Listed:
    """An account as admins see it; ``seen_at`` None for somebody who never signed in."""

    account: Account
    seen_at: datetime | None


@dataclass(frozen=True)
class Session:
    """One browser that is signed in."""

    id: int
    began_at: datetime
    seen_at: datetime
    account: Account


_ACCOUNT: Select[Any] = (
    select(
        staff.c.id,
        staff.c.clinic_id,
        staff.c.email,
        staff.c.name,
        staff.c.role,
        practitioner.c.code.label("practitioner"),
        staff.c.active,
        staff.c.password,
        staff.c.totp,
    )
    .outerjoin(practitioner, practitioner.c.id == staff.c.practitioner_id)
    .where(staff.c.clinic_id == bindparam("clinic"))
)
_BY_EMAIL = _ACCOUNT.where(staff.c.email_key == bindparam("email_key"))
_BY_ID = _ACCOUNT.where(staff.c.id == bindparam("id"))
_LISTED = _ACCOUNT.add_columns(
    select(func.max(staff_session.c.seen_at))
    .where(staff_session.c.staff_id == staff.c.id)
    .scalar_subquery()
    .label("seen_at")
).order_by(staff.c.active.desc(), staff.c.name)
_NAMES = select(staff.c.name).where(staff.c.clinic_id == bindparam("clinic"))
_SESSION = (
    _ACCOUNT.join(staff_session, staff_session.c.staff_id == staff.c.id)
    .add_columns(staff_session.c.id.label("session"), staff_session.c.began_at, staff_session.c.seen_at)
    .where(
        staff_session.c.digest == bindparam("digest"),
        staff_session.c.ended_at.is_(None),
        staff.c.active,
    )
)
_TOKEN = _ACCOUNT.join(staff_token, staff_token.c.staff_id == staff.c.id).where(
    staff_token.c.digest == bindparam("digest"), staff_token.c.revoked_at.is_(None), staff.c.active
)
_LINK = (
    _ACCOUNT.join(staff_link, staff_link.c.staff_id == staff.c.id)
    .add_columns(staff_link.c.id.label("link"))
    .where(
        staff_link.c.digest == bindparam("digest"),
        staff_link.c.used_at.is_(None),
        staff_link.c.expires_at > bindparam("now", type_=staff_link.c.expires_at.type),
        staff.c.active,
    )
)


def find_by_email(conn: Connection, clinic_id: int, email_key: str) -> Account | None:
    """Return the account of an address, active or not."""
    return _account(conn.execute(_BY_EMAIL, {"clinic": clinic_id, "email_key": email_key}).first())


def find(conn: Connection, clinic_id: int, staff_id: int) -> Account | None:
    """Return an account by its number, active or not."""
    return _account(conn.execute(_BY_ID, {"clinic": clinic_id, "id": staff_id}).first())


def list_all(conn: Connection, clinic_id: int) -> list[Listed]:
    """Return every account, those that are in use first, each with when it was last seen; one statement."""
    rows = conn.execute(_LISTED, {"clinic": clinic_id}).all()
    return [Listed(account, row.seen_at) for row in rows if (account := _account(row)) is not None]


def list_names(conn: Connection, clinic_id: int) -> set[str]:
    """Return the names that are taken."""
    return set(conn.execute(_NAMES, {"clinic": clinic_id}).scalars())


def add(conn: Connection, clinic_id: int, fields: Mapping[str, Any]) -> int:
    """Store an account and return its id."""
    added = conn.execute(insert(staff).returning(staff.c.id), {"clinic_id": clinic_id, **fields})
    return int(added.scalar_one())


def change(conn: Connection, staff_id: int, fields: Mapping[str, Any]) -> None:
    """Set columns of an account."""
    conn.execute(update(staff).where(staff.c.id == staff_id).values(dict(fields)))


def add_link(conn: Connection, staff_id: int, digest: str, expires_at: datetime) -> None:
    """Store a link that signs in once."""
    conn.execute(insert(staff_link), {"staff_id": staff_id, "digest": digest, "expires_at": expires_at})


def add_link_once(conn: Connection, staff_id: int, digest: str, expires_at: datetime) -> None:
    """Store a link unless it is stored already, used up or not: a message may be tried several times."""
    if conn.execute(select(staff_link.c.id).where(staff_link.c.digest == digest)).first() is None:
        add_link(conn, staff_id, digest, expires_at)


def find_by_link(conn: Connection, clinic_id: int, digest: str, now: datetime) -> Account | None:
    """Return whom an unused link signs in."""
    return _account(conn.execute(_LINK, {"clinic": clinic_id, "digest": digest, "now": now}).first())


def use_link(conn: Connection, digest: str, now: datetime) -> bool:
    """Use a link up; False where somebody was quicker."""
    unused = update(staff_link).where(staff_link.c.digest == digest, staff_link.c.used_at.is_(None))
    return conn.execute(unused.values(used_at=now)).rowcount == 1


def add_session(conn: Connection, staff_id: int, digest: str, now: datetime) -> None:
    """Begin a session."""
    row = {"staff_id": staff_id, "digest": digest, "began_at": now, "seen_at": now}
    conn.execute(insert(staff_session), row)


def find_session(conn: Connection, clinic_id: int, digest: str) -> Session | None:
    """Return a session that was not ended."""
    row = conn.execute(_SESSION, {"clinic": clinic_id, "digest": digest}).first()
    account = _account(row)
    return Session(row.session, row.began_at, row.seen_at, account) if row and account else None


def touch_session(conn: Connection, session_id: int, now: datetime) -> None:
    """Note that a session is in use."""
    conn.execute(update(staff_session).where(staff_session.c.id == session_id).values(seen_at=now))


def end_sessions(conn: Connection, staff_id: int, now: datetime, *, but: str | None = None) -> None:
    """End every session of an account, except that of one digest."""
    open_ones = update(staff_session).where(
        staff_session.c.staff_id == staff_id, staff_session.c.ended_at.is_(None)
    )
    if but is not None:
        open_ones = open_ones.where(staff_session.c.digest != but)
    conn.execute(open_ones.values(ended_at=now))


def end_session(conn: Connection, digest: str, now: datetime) -> None:
    """End one session."""
    conn.execute(update(staff_session).where(staff_session.c.digest == digest).values(ended_at=now))


def replace_recovery(conn: Connection, staff_id: int, digests: Sequence[str]) -> None:
    """Store recovery codes in place of those that were there."""
    conn.execute(delete(staff_recovery).where(staff_recovery.c.staff_id == staff_id))
    if digests:
        conn.execute(insert(staff_recovery), [{"staff_id": staff_id, "digest": one} for one in digests])


def use_recovery(conn: Connection, staff_id: int, digest: str, now: datetime) -> bool:
    """Use a recovery code up; False where there is none such, or it was used."""
    mine = (staff_recovery.c.staff_id == staff_id, staff_recovery.c.digest == digest)
    unused = update(staff_recovery).where(*mine, staff_recovery.c.used_at.is_(None))
    return conn.execute(unused.values(used_at=now)).rowcount == 1


def use_step(conn: Connection, staff_id: int, step: int) -> bool:
    """Note that a code of a time step was used; False where it, or a later one, was used already."""
    fresh = or_(staff.c.totp_step.is_(None), staff.c.totp_step < step)
    return (
        conn.execute(update(staff).where(staff.c.id == staff_id, fresh).values(totp_step=step)).rowcount == 1
    )


def add_token(conn: Connection, staff_id: int, digest: str, now: datetime) -> None:
    """Store a token for the API."""
    conn.execute(insert(staff_token), {"staff_id": staff_id, "digest": digest, "created_at": now})


def find_by_token(conn: Connection, clinic_id: int, digest: str) -> Account | None:
    """Return whose token this is."""
    return _account(conn.execute(_TOKEN, {"clinic": clinic_id, "digest": digest}).first())


def add_try(conn: Connection, clinic_id: int, account: str, origin: str | None, now: datetime) -> None:
    """Note a failed try to sign in."""
    row = {"clinic_id": clinic_id, "account": account, "origin": origin, "at": now}
    conn.execute(insert(sign_in_try), row)


def count_tries(
    conn: Connection, clinic_id: int, account: str, origin: str | None, since: datetime
) -> tuple[int, int]:
    """Return how often this account failed from an address since an instant, and any account from there."""
    recent = (sign_in_try.c.clinic_id == clinic_id, sign_in_try.c.at > since)
    here = sign_in_try.c.origin.is_(None) if origin is None else sign_in_try.c.origin == origin
    mine = _count(conn, sign_in_try, *recent, here, sign_in_try.c.account == account)
    return mine, _count(conn, sign_in_try, *recent, here)


def _count(conn: Connection, table: Table, *where: Any) -> int:
    return int(conn.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


def _account(row: Any) -> Account | None:
    if row is None:
        return None
    return Account(**{name: row._mapping[name] for name in Account.__annotations__})
