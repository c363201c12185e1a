"""Claims: what an appointment, a hold or a block occupies, and for how long (D3).

Claims are added and deleted, never updated. Every change counts ``clinic.changes`` up
once per transaction, so that kept answers know that they are old.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy import delete as sql_delete

from booking.records import clinic_row
from booking.records.prepared import Prepared
from booking.records.schema import LONGEST_CLAIM
from booking.records.tables import claim
from booking.scheduling import assign

Owner = tuple[str, int]
ClaimRow = tuple[int, int, int]

_OWNERS = ("appointment_id", "hold_id", "block_id")
_OWN = ("resource_id", "starts", "ends")  # what one claim of an owner has for itself
_DELETE = {
    name: sql_delete(claim).where(
        claim.c[name] == bindparam("owner"), claim.c.clinic_id == bindparam("clinic")
    )
    for name in _OWNERS
}
_DELETE_IDS = sql_delete(claim).where(claim.c.id.in_(bindparam("ids", expanding=True)))
_POOL = (
    select(claim)
    .where(
        claim.c.resource_id.in_(bindparam("units", expanding=True)),
        claim.c.starts > bindparam("after"),
        claim.c.starts < bindparam("ends"),
        claim.c.ends > bindparam("starts"),
    )
    .order_by(claim.c.starts, claim.c.resource_id)
)


def add(
    conn: Connection,
    clinic_id: int,
    owner: Owner,
    rows: Iterable[ClaimRow],
    expires: int | None = None,
) -> None:
    """Claim resources for an owner.

    Args:
        conn: the transaction's connection.
        clinic_id: the clinic.
        owner: ("appointment_id" | "hold_id" | "block_id", its id).
        rows: (resource id, starts, ends) in minutes since 2000.
        expires: a hold's end in epoch seconds; None for the others.

    Raises:
        SlotTaken: the guard refused one of them; the transaction is lost.
    """
    claimed = list(rows)
    if not claimed:
        return
    shared = {"clinic_id": clinic_id, **dict.fromkeys(_OWNERS), owner[0]: owner[1], "expires": expires}
    own = dict(zip(_names(len(claimed)), chain.from_iterable(claimed), strict=True))
    _adding(len(claimed)).run(conn, shared | own)
    clinic_row.count_change(conn, clinic_id)


@lru_cache(maxsize=64)
def _names(count: int) -> tuple[str, ...]:
    return tuple(f"{name}_{n}" for n in range(count) for name in _OWN)


@lru_cache(maxsize=64)
def _adding(count: int) -> Prepared:
    """Return the statement that adds so many claims of one owner at once."""
    shared: dict[str, Any] = {name: bindparam(name) for name in ("clinic_id", *_OWNERS, "expires")}
    rows = [shared | {name: bindparam(f"{name}_{n}") for name in _OWN} for n in range(count)]
    return Prepared(insert(claim).values(rows).inline())


def delete(conn: Connection, clinic_id: int, owner: Owner) -> None:
    """Give up every claim of an owner."""
    name, owner_id = owner
    conn.execute(_DELETE[name], {"owner": owner_id, "clinic": clinic_id})
    clinic_row.count_change(conn, clinic_id)


def list_of(conn: Connection, owner: Owner) -> list[ClaimRow]:
    """Return what an owner claims, each (resource id, starts, ends)."""
    name, owner_id = owner
    query = select(claim.c.resource_id, claim.c.starts, claim.c.ends).where(claim.c[name] == owner_id)
    return [(row.resource_id, row.starts, row.ends) for row in conn.execute(query.order_by(claim.c.id))]


def list_blocked(conn: Connection, resources: Sequence[int], starts: int, ends: int) -> list[ClaimRow]:
    """Return what blocks have claimed of some resources in a stretch of minutes."""
    query = select(claim.c.resource_id, claim.c.starts, claim.c.ends).where(
        claim.c.resource_id.in_(resources),
        claim.c.starts > starts - LONGEST_CLAIM,
        claim.c.starts < ends,
        claim.c.ends > starts,
        claim.c.block_id.is_not(None),
    )
    return [tuple(row) for row in conn.execute(query)]


def recolour(
    conn: Connection, clinic_id: int, units: Sequence[int], need: int, starts: int, ends: int
) -> tuple[int, ...]:
    """Move claims among interchangeable units so that ``need`` of them are free throughout.

    Args:
        conn: the transaction's connection.
        clinic_id: the clinic.
        units: resource ids of the pool (a practitioner's seats, the units of a device).
        need: how many units are wanted.
        starts: minutes since 2000, like ``ends``.
        ends: the end of the stretch.

    Returns:
        the units that are free from ``starts`` to ``ends`` afterwards.
    """
    rows = _pool_claims(conn, units, starts, ends)
    existing = [(row["id"], row["resource_id"], row["starts"], row["ends"]) for row in rows]
    changes, chosen = assign.recolour(existing, tuple(units), need, starts, ends)
    moved = [{**row, "resource_id": changes[row["id"]]} for row in rows if row["id"] in changes]
    if moved:
        conn.execute(_DELETE_IDS, {"ids": [row["id"] for row in moved]})
        for row in moved:
            owner = next((name, row[name]) for name in _OWNERS if row[name] is not None)
            add(conn, clinic_id, owner, [tuple(row[name] for name in _OWN)], row["expires"])
    return tuple(chosen)


def _pool_claims(conn: Connection, units: Sequence[int], starts: int, ends: int) -> list[dict[str, Any]]:
    """Return the pool's claims that overlap the stretch, and all that hang together with them."""
    while True:
        found = conn.execute(
            _POOL,
            {"units": list(units), "after": starts - LONGEST_CLAIM, "starts": starts, "ends": ends},
        )
        rows = [dict(row) for row in found.mappings()]
        first = min((row["starts"] for row in rows), default=starts)
        last = max((row["ends"] for row in rows), default=ends)
        if first >= starts and last <= ends:
            return rows
        starts, ends = min(first, starts), max(last, ends)
