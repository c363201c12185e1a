"""Reading a clinic's set-up; ``records/setup_write.py`` writes it.

``facts`` columns hold every field of the set-up file under the file's own name, the
row's ``id`` and what has a column of its own left out. Spans are ``[[from, to], ...]``
minutes of a day; tables by weekday have the keys "0" (Monday) to "6"; dates are ISO
texts; what the file leaves out holds its default, or null.

* clinic: the fields of ``[clinic]``, ``hours`` by weekday, ``closed_on_bc_statutory``,
  ``gst_percent`` (text), ``gst_valid_from``, ``policy``, ``reminders`` (``quiet_from``,
  ``quiet_until`` and ``quiet_moves_to`` as minutes). Extra closures are rows of ``closure``.
* practitioner: ``shifts`` and ``breaks`` by weekday, ``shift_exceptions`` by date.
* room, device, service: as in the file; ``needs_devices`` by kind, ``steps`` as minutes
  of hands-on, rest, hands-on, ...

Only active rows and active resources are loaded. A clinic with ``setup`` 0 has been
founded but not set up yet: only its code finds it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Row, Table, bindparam, select

from booking.records import tables
from booking.records.database import reading
from booking.records.failures import WRITE
from booking.records.prepared import Prepared
from booking.scheduling.clinic import (
    Clinic,
    Closure,
    Device,
    Policy,
    Practitioner,
    Reminders,
    Room,
    Service,
    Spans,
)
from booking.scheduling.errors import NotFound
from booking.scheduling.visit import Reset, Shape, steps_from_minutes


class Stamp(NamedTuple):
    """The versions of a clinic's set-up and of its claims; unchanged means nothing changed."""

    setup: int
    changes: int


_CODES = select(tables.clinic.c.id, tables.clinic.c.code, tables.clinic.c.setup)
_STAMP = Prepared(
    select(tables.clinic.c.setup, tables.clinic.c.changes).where(tables.clinic.c.id == bindparam("clinic"))
)
_CLINIC = select(tables.clinic).where(tables.clinic.c.id == bindparam("clinic"))
_CLOSURES = select(tables.closure).where(tables.closure.c.clinic_id == bindparam("clinic"))
_RESOURCES = (
    select(tables.resource)
    .where(
        tables.resource.c.clinic_id == bindparam("clinic"),
        tables.resource.c.patient_id.is_(None),
        tables.resource.c.kind.in_(("hands", "seat", "room", "device")),
        tables.resource.c.active,
    )
    .order_by(tables.resource.c.unit, tables.resource.c.id)
)


def _rows(table: Table) -> Any:
    mine = table.c.clinic_id == bindparam("clinic")
    return select(table).where(mine, table.c.active).order_by(table.c.position)


_ROWS = {
    table.name: _rows(table) for table in (tables.practitioner, tables.room, tables.device, tables.service)
}

# One entry per database (a dialect object belongs to one engine) and clinic.
_kept: WeakKeyDictionary[Dialect, dict[int, Clinic]] = WeakKeyDictionary()
_kept_ids: WeakKeyDictionary[Dialect, dict[str | None, int]] = WeakKeyDictionary()


def find_clinic_id(code: str | None) -> int | None:
    """Return the id of the clinic with a code, or of the only one.

    Ids never change, so what was found is kept; that the only clinic is not the only
    one any more is noticed at the next start.

    None: there is no such clinic, or no code was given and there are several.
    """
    return reading(lambda conn: _find_clinic_id(conn, code))


def _find_clinic_id(conn: Connection, code: str | None) -> int | None:
    kept = _kept_ids.setdefault(conn.dialect, {})
    if code not in kept:
        rows = conn.execute(_CODES).all()
        found = [row.id for row in rows if (row.setup > 0 if code is None else row.code == code)]
        if len(found) != 1:
            return None
        kept[code] = found[0]
    return kept[code]


def list_clinic_ids() -> list[int]:
    """Return the ids of every clinic that is set up."""
    return reading(lambda conn: [row.id for row in conn.execute(_CODES) if row.setup > 0])


def stamp(clinic_id: int) -> Stamp:
    """Return the present versions of a clinic, by one short statement.

    Raises:
        NotFound: there is no such clinic.
    """
    row = reading(lambda conn: _STAMP.first(conn, {"clinic": clinic_id}))
    if row is None:
        raise NotFound("There is no such clinic.")
    return Stamp(row[0], row[1])


def get_clinic(clinic_id: int, known: Stamp) -> Clinic:
    """Return the clinic of a stamp just read; no statement while its set-up is unchanged."""

    def find_or_load(conn: Connection) -> Clinic:
        kept = _kept.get(conn.dialect, {}).get(clinic_id)
        return kept if kept and kept.setup == known.setup else load_clinic(conn, clinic_id)

    return reading(find_or_load)


def load_clinic(conn: Connection, clinic_id: int) -> Clinic:
    """Return a clinic's set-up as one value, kept per version of the set-up.

    What is read inside a transaction is not kept: it may be rolled back.

    Raises:
        NotFound: there is no such clinic.
    """
    while True:
        row = _clinic_row(conn, clinic_id)
        kept = _kept.setdefault(conn.dialect, {}).get(clinic_id)
        if kept and kept.setup == row.setup:
            return kept
        loaded = _assemble(conn, row)
        if WRITE in conn.get_execution_options():
            return loaded
        if _clinic_row(conn, clinic_id).setup == row.setup:  # else it was changed between two statements
            _kept[conn.dialect][clinic_id] = loaded
            return loaded


def _clinic_row(conn: Connection, clinic_id: int) -> Row[Any]:
    row = conn.execute(_CLINIC, {"clinic": clinic_id}).one_or_none()
    if row is None:
        raise NotFound("There is no such clinic.")
    return row


def _assemble(conn: Connection, row: Row[Any]) -> Clinic:
    mine = {"clinic": row.id}
    facts: dict[str, Any] = dict(row.facts)
    resources = conn.execute(_RESOURCES, mine).all()
    rows = {name: conn.execute(query, mine).all() for name, query in _ROWS.items()}
    closures = conn.execute(_CLOSURES, mine).all()
    return Clinic(
        id=row.id,
        setup=row.setup,
        code=row.code,
        zone=facts.pop("time_zone"),
        locales=tuple(facts.pop("locales")),
        hours=_weekly(facts.pop("hours")),
        closures={one.on_date: Closure(_spans(one.hours), one.reason) for one in closures},
        gst_valid_from=date.fromisoformat(facts.pop("gst_valid_from")),
        policy=Policy(**_tuples(facts.pop("policy"))),
        reminders=Reminders(**_tuples(facts.pop("reminders"))),
        practitioners=tuple(_practitioner(one, resources) for one in rows["practitioner"]),
        rooms=tuple(_room(one, resources) for one in rows["room"]),
        devices=tuple(_device(one, resources) for one in rows["device"]),
        services=tuple(_service(one) for one in rows["service"]),
        **facts,
    )


def _practitioner(row: Row[Any], resources: Sequence[Row[Any]]) -> Practitioner:
    facts = dict(row.facts)
    del facts["max_concurrent"]  # the number of seats
    until = facts.pop("licence_valid_until")
    exceptions = facts.pop("shift_exceptions")
    mine = [one for one in resources if one.practitioner_id == row.id]
    return Practitioner(
        id=row.id,
        code=row.code,
        kinds=frozenset(facts.pop("kinds")),
        languages=tuple(facts.pop("languages")),
        shifts=_weekly(facts.pop("shifts")),
        breaks=_weekly(facts.pop("breaks")),
        hands=next(one.id for one in mine if one.kind == "hands"),
        seats=tuple(one.id for one in mine if one.kind == "seat"),
        licence_valid_until=date.fromisoformat(until) if until else None,
        shift_exceptions={date.fromisoformat(on): _spans(hours) for on, hours in exceptions.items()},
        **facts,
    )


def _room(row: Row[Any], resources: Sequence[Row[Any]]) -> Room:
    facts = dict(row.facts)
    return Room(
        id=row.id,
        code=row.code,
        kinds=frozenset(facts.pop("kinds")),
        resource=next(one.id for one in resources if one.room_id == row.id),
        **facts,
    )


def _device(row: Row[Any], resources: Sequence[Row[Any]]) -> Device:
    facts = dict(row.facts)
    del facts["count"]  # the number of units
    units = tuple(one.id for one in resources if one.device_id == row.id)
    return Device(id=row.id, code=row.code, units=units, **facts)


def _service(row: Row[Any]) -> Service:
    facts = dict(row.facts)
    del facts["minutes"]  # the sum of the steps
    reset = facts.pop("reset")
    shape = Shape(
        steps=steps_from_minutes(tuple(facts.pop("steps"))),
        reset=Reset(reset["minutes"], frozenset(reset["holds"])),
        needs=facts.pop("needs_devices"),
    )
    return Service(id=row.id, code=row.code, shape=shape, **facts)


def _weekly(stored: Mapping[str, Iterable[Sequence[int]]]) -> dict[int, Spans]:
    return {int(weekday): _spans(spans) for weekday, spans in stored.items()}


def _spans(stored: Iterable[Sequence[int]]) -> Spans:
    return tuple((begin, end) for begin, end in stored)


def _tuples(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()}
