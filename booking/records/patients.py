"""Patients: one record per unsigned booking; equal name and contact count as one person."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Select, bindparam, insert, or_, select, union, update

from booking.records.prepared import Prepared
from booking.records.tables import appointment, patient, resource
from booking.scheduling.lifecycle import HOLDS_CLAIMS, LIVE
from booking.scheduling.people import search_key


def _with(contact: Column[Any], name: str) -> Select[tuple[int]]:
    return select(patient.c.id).where(
        patient.c.clinic_id == bindparam("clinic"),
        contact == bindparam(name),
        patient.c.name_key == bindparam("name_key"),
    )


_ADD = Prepared(insert(patient).returning(patient.c.id))
_ADD_RESOURCE = Prepared(insert(resource).returning(resource.c.id))
# One index look-up for each way to be reached; an OR would make SQLite read everybody.
_SAME_PERSON = union(_with(patient.c.email_key, "email_key"), _with(patient.c.phone, "phone"))
_UPCOMING = Prepared(
    select(appointment.c.id, appointment.c.starts, appointment.c.ends).where(
        appointment.c.patient_id.in_(_SAME_PERSON),
        or_(*(appointment.c.status == status for status in sorted(LIVE))),
        appointment.c.ends > bindparam("after"),
    )
)
_LAST_OF_KIND = (
    select(appointment.c.starts)
    .where(
        appointment.c.patient_id.in_(_SAME_PERSON),
        appointment.c.status.in_(sorted(HOLDS_CLAIMS - {"noshow"})),
        appointment.c.sold_as["kind"].as_string() == bindparam("kind"),
    )
    .order_by(appointment.c.starts.desc())
    .limit(1)
)
_RESOURCE = select(resource.c.id).where(resource.c.patient_id == bindparam("patient"))


@dataclass(frozen=True)
class Record:
    """A patient's record."""

    id: int
    name: str
    name_key: str
    email: str | None
    email_key: str | None
    phone: str | None
    email_failed_at: datetime | None
    language: str
    consented_at: datetime | None
    consent_text: str | None
    created_at: datetime
    merged_into_id: int | None
    under_19: bool


@dataclass(frozen=True)
class Alike:
    """A record that may be of the same person, and when its visits are (with their status), newest first."""

    person: Record
    visits: tuple[tuple[datetime, str], ...]


_RECORD = select(*(patient.c[name] for name in Record.__annotations__)).where(
    patient.c.clinic_id == bindparam("clinic")
)
_BY_ID = _RECORD.where(patient.c.id == bindparam("patient"))


def add(conn: Connection, clinic_id: int, fields: Mapping[str, Any]) -> tuple[int, int]:
    """Store a patient and return (patient id, the resource that their visits claim)."""
    search = search_key(fields["name"], fields["email"], fields["phone"])
    (patient_id,) = _ADD.first(conn, {"clinic_id": clinic_id, "search": search, **fields})
    (resource_id,) = _ADD_RESOURCE.first(
        conn,
        {"clinic_id": clinic_id, "kind": "patient", "patient_id": patient_id, "unit": 1, "active": True},
    )
    return patient_id, resource_id


def find(conn: Connection, clinic_id: int, patient_id: int) -> Record | None:
    """Return a record, merged or not."""
    row = conn.execute(_BY_ID, {"clinic": clinic_id, "patient": patient_id}).one_or_none()
    return Record(*row) if row else None


def find_whole(conn: Connection, clinic_id: int, patient_id: int) -> Record | None:
    """Return a patient's record, or the one that it was merged into (E52)."""
    sought: int | None = patient_id
    seen: set[int] = set()
    while sought is not None and sought not in seen:
        seen.add(sought)
        found = find(conn, clinic_id, sought)
        if found is None or found.merged_into_id is None:
            return found
        sought = found.merged_into_id
    return None


def list_alike(conn: Connection, clinic_id: int, record: Record) -> list[Alike]:
    """Return other records with the same name, address or phone number, by name; at most 20."""
    same = [patient.c.name_key == record.name_key]
    if record.email_key:
        same.append(patient.c.email_key == record.email_key)
    if record.phone:
        same.append(patient.c.phone == record.phone)
    query = _RECORD.where(or_(*same), patient.c.id != record.id, patient.c.merged_into_id.is_(None))
    some = query.order_by(patient.c.name_key, patient.c.id).limit(20).subquery()
    visits = select(some, appointment.c.starts, appointment.c.status).outerjoin(
        appointment, appointment.c.patient_id == some.c.id
    )
    ordered = visits.order_by(some.c.name_key, some.c.id, appointment.c.starts.desc())
    found: dict[Record, list[tuple[datetime, str]]] = {}
    for *columns, starts, status in conn.execute(ordered, {"clinic": clinic_id}):
        of_one = found.setdefault(Record(*columns), [])
        of_one.extend([(starts, status)] if starts else [])
    return [Alike(one, tuple(its)) for one, its in found.items()]


def list_merged(conn: Connection, clinic_id: int, patient_id: int) -> list[Record]:
    """Return the records that became part of one."""
    query = _RECORD.where(patient.c.merged_into_id == patient_id).order_by(patient.c.id)
    return [Record(*row) for row in conn.execute(query, {"clinic": clinic_id})]


def list_names(conn: Connection, clinic_id: int, ids: Set[int]) -> dict[int, str]:
    """Return the names of records by their ids; asks nothing for none."""
    if not ids:
        return {}
    query = select(patient.c.id, patient.c.name).where(patient.c.clinic_id == clinic_id)
    return {row.id: row.name for row in conn.execute(query.where(patient.c.id.in_(ids)))}


def get_resource(conn: Connection, patient_id: int) -> int:
    """Return the resource that a patient's visits claim."""
    found: int = conn.execute(_RESOURCE, {"patient": patient_id}).scalar_one()
    return found


def list_upcoming(
    conn: Connection,
    clinic_id: int,
    *,
    name_key: str,
    email_key: str | None,
    phone: str | None,
    after: datetime,
) -> list[tuple[int, datetime, datetime]]:
    """Return (id, starts, ends) of the person's live visits that end after a wall time.

    The person is everybody of equal normalised name and an equal contact.
    """
    rows = _UPCOMING.rows(
        conn,
        {
            "clinic": clinic_id,
            "name_key": name_key,
            "email_key": email_key,
            "phone": phone,
            "after": after,
        },
    )
    return [(row.id, row.starts, row.ends) for row in rows]


def find_last_of_kind(
    conn: Connection, clinic_id: int, kind: str, *, name_key: str, email_key: str | None, phone: str | None
) -> datetime | None:
    """Return when the person's latest visit of a kind begins; what was cancelled or missed does not count."""
    who = {"clinic": clinic_id, "name_key": name_key, "email_key": email_key, "phone": phone}
    return conn.execute(_LAST_OF_KIND, {**who, "kind": kind}).scalar_one_or_none()


def change(conn: Connection, patient_id: int, fields: Mapping[str, Any]) -> None:
    """Set columns of a patient; what they are found by follows."""
    mine = patient.c.id == patient_id
    conn.execute(update(patient).where(mine).values(dict(fields)))
    if fields.keys() & {"name", "email", "phone"}:
        row = conn.execute(select(patient.c.name, patient.c.email, patient.c.phone).where(mine)).one()
        conn.execute(update(patient).where(mine).values(search=search_key(*row)))
