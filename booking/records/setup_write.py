"""Writing a clinic's set-up; ``records/setup.py`` reads it.

Rows are matched by ``code`` and keep their ids; what is gone from the file becomes
inactive, never deleted. The form of the facts is told there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from booking.records.tables import clinic, closure, device, practitioner, resource, room, service
from booking.scheduling.zone import zone_data_version

Facts = Mapping[str, Any]
Rows = Mapping[str, Facts]  # by code, in the file's order

SECTIONS: Mapping[str, Table] = {
    "practitioners": practitioner,
    "rooms": room,
    "devices": device,
    "services": service,
}
_OWNER = {
    "hands": "practitioner_id",
    "seat": "practitioner_id",
    "room": "room_id",
    "device": "device_id",
}


@dataclass(frozen=True)
class SetUp:
    """A checked set-up file, as it is stored."""

    code: str
    facts: Facts
    closures: Mapping[date, tuple[str, Sequence[Sequence[int]]]]  # reason, spans
    rows: Mapping[str, Rows]  # "practitioners", "rooms", "devices", "services"


def found(conn: Connection, code: str) -> int:
    """Return the id of the clinic with a code, made empty (version 0) where there is none.

    For a transaction that locks every clinic: another one may have made it meanwhile.
    """
    query = select(clinic.c.id).where(clinic.c.code == code)
    known: int | None = conn.execute(query).scalar_one_or_none()
    if known is not None:
        return known
    row = {"code": code, "setup": 0, "changes": 0, "facts": {}, "zone_data": zone_data_version()}
    added: int = conn.execute(insert(clinic).values(row).returning(clinic.c.id)).scalar_one()
    return added


def save(conn: Connection, clinic_id: int, set_up: SetUp) -> bool:
    """Make the stored set-up equal to ``set_up``; say whether anything changed.

    A new version of the set-up is counted only then.
    """
    stored = conn.execute(select(clinic.c.setup, clinic.c.facts).where(clinic.c.id == clinic_id)).one()
    parts = [
        stored.facts != set_up.facts,
        _save_closures(conn, clinic_id, set_up),
        *(_save_rows(conn, clinic_id, table, set_up.rows[name]) for name, table in SECTIONS.items()),
        _save_resources(conn, clinic_id),
    ]
    if any(parts):
        conn.execute(
            update(clinic)
            .where(clinic.c.id == clinic_id)
            .values(facts=set_up.facts, setup=clinic.c.setup + 1, changes=clinic.c.changes + 1)
        )
    return any(parts)


def _save_closures(conn: Connection, clinic_id: int, set_up: SetUp) -> bool:
    mine = closure.c.clinic_id == clinic_id
    stored = {row.on_date: (row.reason, row.hours) for row in conn.execute(select(closure).where(mine))}
    wanted = {on: (reason, [list(span) for span in spans]) for on, (reason, spans) in set_up.closures.items()}
    if stored == wanted:
        return False
    conn.execute(delete(closure).where(mine))
    if wanted:
        rows = [
            {"clinic_id": clinic_id, "on_date": on, "reason": reason, "hours": hours}
            for on, (reason, hours) in sorted(wanted.items())
        ]
        conn.execute(insert(closure), rows)
    return True


def _save_rows(conn: Connection, clinic_id: int, table: Table, wanted: Rows) -> bool:
    stored = {row.code: row for row in conn.execute(select(table).where(table.c.clinic_id == clinic_id))}
    changed = False
    for position, (code, facts) in enumerate(wanted.items()):
        values = {"position": position, "active": True, "facts": facts}
        row = stored.pop(code, None)
        if row is None:
            conn.execute(insert(table).values(clinic_id=clinic_id, code=code, **values))
        elif (row.position, row.active, row.facts) != (position, True, facts):
            conn.execute(update(table).where(table.c.id == row.id).values(values))
        else:
            continue
        changed = True
    gone = [row.id for row in stored.values() if row.active]
    if gone:
        conn.execute(update(table).where(table.c.id.in_(gone)).values(active=False))
    return changed or bool(gone)


def _save_resources(conn: Connection, clinic_id: int) -> bool:
    """Make exactly the resources of the active rows active; ids never change."""
    wanted = _wanted_resources(conn, clinic_id)
    query = select(resource).where(resource.c.clinic_id == clinic_id, resource.c.patient_id.is_(None))
    stored = {
        (row.kind, row.practitioner_id or row.room_id or row.device_id, row.unit): row
        for row in conn.execute(query)
    }
    new = [
        {"clinic_id": clinic_id, "kind": kind, "unit": unit, _OWNER[kind]: owner, "active": True}
        for kind, owner, unit in wanted
        if (kind, owner, unit) not in stored
    ]
    for values in new:
        conn.execute(insert(resource).values(values))
    turned = [row for key, row in stored.items() if row.active != (key in wanted)]
    for row in turned:
        conn.execute(update(resource).where(resource.c.id == row.id).values(active=not row.active))
    return bool(new or turned)


def _wanted_resources(conn: Connection, clinic_id: int) -> dict[tuple[str, int, int], None]:
    """Return (kind, owner's row, unit) in a fixed order: a person's hands and seats, rooms, units."""
    keys: list[tuple[str, int, int]] = []
    for row in _active(conn, clinic_id, practitioner):
        keys.append(("hands", row.id, 1))
        keys += [("seat", row.id, unit + 1) for unit in range(row.facts["max_concurrent"])]
    keys += [("room", row.id, 1) for row in _active(conn, clinic_id, room)]
    for row in _active(conn, clinic_id, device):
        keys += [("device", row.id, unit + 1) for unit in range(row.facts["count"])]
    return dict.fromkeys(keys)


def _active(conn: Connection, clinic_id: int, table: Table) -> Sequence[Any]:
    query = select(table).where(table.c.clinic_id == clinic_id, table.c.active).order_by(table.c.position)
    return conn.execute(query).all()
