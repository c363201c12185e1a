"""What the desk keeps beside visits: notes, fees, and which record became part of which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from booking.records.appointments import VISIT, visit_of
from booking.records.desk_tables import fee
from booking.records.message_tables import call_task
from booking.records.tables import appointment, patient
from booking.scheduling.appointment import Visit

MOST_VISITS = 200

_VISITS = (
    VISIT.where(
        appointment.c.clinic_id == bindparam("clinic"), appointment.c.patient_id == bindparam("patient")
    )
    .order_by(appointment.c.starts.desc(), appointment.c.id.desc())
    .limit(MOST_VISITS)
)
_KEPT = select(appointment.c.note, appointment.c.late).where(appointment.c.id == bindparam("appointment"))
_FEES = select(
    fee.c.appointment_id,
    fee.c.kind,
    fee.c.percent,
    fee.c.amount_cents,
    fee.c.waived_reason,
    fee.c.decided_at,
    fee.c.decided_by,
)
_PERSON = select(
    patient.c.id,
    patient.c.name,
    patient.c.name_key,
    patient.c.email,
    patient.c.email_key,
    patient.c.phone,
    patient.c.email_failed_at,
    patient.c.language,
    patient.c.consented_at,
    patient.c.consent_text,
    patient.c.created_at,
    patient.c.merged_into_id,
    patient.c.under_19,
).where(patient.c.clinic_id == bindparam("clinic"))


@dataclass(frozen=True)
class Kept:
    """What the desk keeps with a visit: its note, and whether it was cancelled late by the patient."""

    note: str | None
    late: bool


@dataclass(frozen=True)
class Fee:
    """A fee that was decided: recorded, never charged; ``waived_reason`` None while it stands."""

    appointment_id: int
    kind: str
    percent: int
    amount_cents: int
    waived_reason: str | None
    decided_at: datetime
    decided_by: str


@dataclass(frozen=True)
class Person:
    """A patient's record as the desk sees it."""

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


def find_person(conn: Connection, clinic_id: int, patient_id: int) -> Person | None:
    """Return a record, merged or not."""
    query = _PERSON.where(patient.c.id == bindparam("patient"))
    row = conn.execute(query, {"clinic": clinic_id, "patient": patient_id}).one_or_none()
    return Person(**row._mapping) if row else None


def list_alike(conn: Connection, clinic_id: int, person: Person) -> list[Person]:
    """Return other records with the same name, address or phone number, by name."""
    same = [patient.c.name_key == person.name_key]
    if person.email_key:
        same.append(patient.c.email_key == person.email_key)
    if person.phone:
        same.append(patient.c.phone == person.phone)
    query = _PERSON.where(or_(*same), patient.c.id != person.id, patient.c.merged_into_id.is_(None))
    rows = conn.execute(query.order_by(patient.c.name_key, patient.c.id).limit(20), {"clinic": clinic_id})
    return [Person(**row._mapping) for row in rows]


def list_merged(conn: Connection, clinic_id: int, patient_id: int) -> list[Person]:
    """Return the records that became part of one."""
    query = _PERSON.where(patient.c.merged_into_id == patient_id).order_by(patient.c.id)
    return [Person(**row._mapping) for row in conn.execute(query, {"clinic": clinic_id})]


def list_visits(conn: Connection, clinic_id: int, patient_id: int) -> list[Visit]:
    """Return the visits of a record, newest first, cancelled ones too, at most 200."""
    return [visit_of(row) for row in conn.execute(_VISITS, {"clinic": clinic_id, "patient": patient_id})]


def get_kept(conn: Connection, appointment_id: int) -> Kept:
    """Return what is kept with a visit."""
    return Kept(*conn.execute(_KEPT, {"appointment": appointment_id}).one())


def list_fees(conn: Connection, appointment_ids: Sequence[int]) -> list[Fee]:
    """Return the fees that were decided for visits."""
    query = _FEES.where(fee.c.appointment_id.in_(appointment_ids)).order_by(fee.c.id)
    return [Fee(*row) for row in conn.execute(query)] if appointment_ids else []


def decide_fee(conn: Connection, clinic_id: int, decided: Fee) -> None:
    """Store a decision, in place of an earlier one of the same kind."""
    row: dict[str, Any] = vars(decided)
    mine = (fee.c.appointment_id == decided.appointment_id, fee.c.kind == decided.kind)
    if conn.execute(update(fee).where(*mine).values(row)).rowcount == 0:
        conn.execute(insert(fee), {"clinic_id": clinic_id, **row})


def set_patient(conn: Connection, ids: Mapping[str, Sequence[int]], patient_id: int) -> None:
    """Let visits and calls belong to a record. Args: ``ids`` of "visits" and "calls"."""
    tables = {"visits": appointment, "calls": call_task}
    for name, table in tables.items():
        if ids[name]:
            conn.execute(update(table).where(table.c.id.in_(ids[name])).values(patient_id=patient_id))


def list_owned(conn: Connection, clinic_id: int, patient_id: int) -> dict[str, list[int]]:
    """Return the ids of a record's "visits" and "calls"."""
    tables = {"visits": appointment, "calls": call_task}
    found = {}
    for name, table in tables.items():
        query = select(table.c.id).where(table.c.clinic_id == clinic_id, table.c.patient_id == patient_id)
        found[name] = list(conn.execute(query.order_by(table.c.id)).scalars())
    return found
