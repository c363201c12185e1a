"""What the desk keeps beside visits: notes, fees, and which record became part of which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from booking.records.appointments import VISIT, visit_of
from booking.records.desk_tables import fee
from booking.records.message_tables import call_task
from booking.records.tables import appointment
from booking.records.wait_tables import wait_entry
from booking.scheduling.appointment import Visit

MOST_VISITS = 200
OWNED = {"visits": appointment, "calls": call_task, "waits": wait_entry}

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
    """Let what is somebody's belong to a record. Args: ``ids`` by the names of ``OWNED``."""
    for name, table in OWNED.items():
        if ids[name]:
            conn.execute(update(table).where(table.c.id.in_(ids[name])).values(patient_id=patient_id))


def list_calls_of(conn: Connection, appointment_ids: Sequence[int]) -> list[int]:
    """Return the ids of the calls about some visits."""
    query = select(call_task.c.id).where(call_task.c.appointment_id.in_(appointment_ids))
    return list(conn.execute(query).scalars())


def list_owned(conn: Connection, clinic_id: int, patient_id: int) -> dict[str, list[int]]:
    """Return the ids of what is a record's, by the names of ``OWNED``."""
    found = {}
    for name, table in OWNED.items():
        query = select(table.c.id).where(table.c.clinic_id == clinic_id, table.c.patient_id == patient_id)
        found[name] = list(conn.execute(query.order_by(table.c.id)).scalars())
    return found
