"""Appointments as stored and as the plain value ``Visit``."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, update

from booking.records.prepared import Prepared
from booking.records.tables import appointment, link, patient, practitioner, room, service
from booking.scheduling.appointment import Patient, Sold, Visit
from booking.scheduling.lifecycle import LIVE

MOST_COMING = 50  # of one address or patient; more are not listed

_ADD = Prepared(insert(appointment).returning(appointment.c.id))
_SINCE = Prepared(
    select(func.count()).where(
        appointment.c.origin == bindparam("origin"), appointment.c.created_at > bindparam("since")
    )
)
VISIT: Select[Any] = (
    select(
        appointment,
        patient.c.name,
        patient.c.email,
        patient.c.email_failed_at,
        patient.c.phone,
        patient.c.language,
        patient.c.under_19,
        practitioner.c.code.label("practitioner"),
        room.c.code.label("room"),
        service.c.code.label("service"),
    )
    .join(patient, patient.c.id == appointment.c.patient_id)
    .join(practitioner, practitioner.c.id == appointment.c.practitioner_id)
    .join(room, room.c.id == appointment.c.room_id)
    .join(service, service.c.id == appointment.c.service_id)
)
_BY_ID = VISIT.where(appointment.c.id == bindparam("id"), appointment.c.clinic_id == bindparam("clinic"))
_BY_REFERENCE = VISIT.where(
    appointment.c.reference == bindparam("reference"), appointment.c.clinic_id == bindparam("clinic")
)
_BY_DIGEST = (
    VISIT.join(link, link.c.appointment_id == appointment.c.id)
    .add_columns(link.c.sealed)
    .where(
        link.c.digest == bindparam("digest"),
        link.c.clinic_id == bindparam("clinic"),
        link.c.revoked_at.is_(None),
    )
)

_ALL_COMING = VISIT.where(
    appointment.c.clinic_id == bindparam("clinic"),
    appointment.c.status.in_(LIVE),
    appointment.c.ends > bindparam("after"),
).order_by(appointment.c.starts, appointment.c.id)
_COMING = _ALL_COMING.limit(MOST_COMING)
_COMING_BY_EMAIL = _COMING.where(patient.c.email_key == bindparam("email_key"))
_COMING_OF_PATIENT = _COMING.where(appointment.c.patient_id == bindparam("patient"))


def add(conn: Connection, visit: Visit, beside: Mapping[str, Any]) -> int:
    """Store a new visit and return its id; ``beside`` are the columns that ``Visit`` does not have."""
    row = {
        "clinic_id": visit.clinic_id,
        "reference": visit.reference,
        "patient_id": visit.patient.id,
        "starts": visit.starts,
        "ends": visit.ends,
        "status": visit.status,
        "version": visit.version,
        "sold_as": visit.sold.as_json(),
        "first_visit": visit.first_visit,
        "companion": visit.companion,
        "safety": visit.safety,
        "created_at": visit.created_at,
        "late": False,
    }
    added: int = _ADD.first(conn, {**row, **beside})[0]
    return added


def set_series(conn: Connection, clinic_id: int, references: Sequence[str]) -> None:
    """Note which visits were booked together; the first one's reference names them (E76)."""
    mine = (appointment.c.clinic_id == clinic_id, appointment.c.reference.in_(references))
    conn.execute(update(appointment).where(*mine).values(series=references[0]))


def count_since(conn: Connection, origin: str, since: datetime) -> int:
    """Return how many appointments came from an address since an instant."""
    found: int = _SINCE.first(conn, {"origin": origin, "since": since})[0]
    return found


def find_visit(conn: Connection, clinic_id: int, appointment_id: int) -> Visit | None:
    """Return one appointment of the clinic."""
    row = conn.execute(_BY_ID, {"id": appointment_id, "clinic": clinic_id}).one_or_none()
    return visit_of(row) if row else None


def find_by_reference(conn: Connection, clinic_id: int, reference: str) -> Visit | None:
    """Return the appointment with a public reference."""
    row = conn.execute(_BY_REFERENCE, {"reference": reference, "clinic": clinic_id}).one_or_none()
    return visit_of(row) if row else None


def find_by_digest(conn: Connection, clinic_id: int, digest: str) -> Visit | None:
    """Return the appointment that a link's token opens, given the token's SHA-256."""
    row = conn.execute(_BY_DIGEST, {"digest": digest, "clinic": clinic_id}).one_or_none()
    return visit_of(row) if row else None


def get_service_id(conn: Connection, clinic_id: int, code: str) -> int:
    """Return the row of a service by its code, of one too that has left the menu."""
    query = select(service.c.id).where(service.c.clinic_id == clinic_id, service.c.code == code)
    found: int = conn.execute(query).scalar_one()
    return found


def list_coming_by_email(conn: Connection, clinic_id: int, email_key: str, after: datetime) -> list[Visit]:
    """Return the live visits of an address that end after a wall time, in order of time."""
    given = {"clinic": clinic_id, "email_key": email_key, "after": after}
    return [visit_of(row) for row in conn.execute(_COMING_BY_EMAIL, given)]


def list_coming_of_patient(conn: Connection, clinic_id: int, patient_id: int, after: datetime) -> list[Visit]:
    """Return the live visits of a patient that end after a wall time, in order of time."""
    given = {"clinic": clinic_id, "patient": patient_id, "after": after}
    return [visit_of(row) for row in conn.execute(_COMING_OF_PATIENT, given)]


def list_coming(conn: Connection, clinic_id: int, after: datetime) -> list[Visit]:
    """Return every live visit of a clinic that ends after a wall time, in order of time."""
    return [visit_of(row) for row in conn.execute(_ALL_COMING, {"clinic": clinic_id, "after": after})]


def list_by_id(conn: Connection, clinic_id: int, ids: list[int]) -> list[Visit]:
    """Return the appointments with the given ids, in order of time."""
    if not ids:
        return []
    query = VISIT.where(appointment.c.clinic_id == clinic_id, appointment.c.id.in_(ids))
    return [visit_of(row) for row in conn.execute(query.order_by(appointment.c.starts, appointment.c.id))]


def change(conn: Connection, visit: Visit, fields: Mapping[str, Any]) -> bool:
    """Set ``fields`` if nobody changed the appointment in between (compare and set).

    Returns:
        False when the stored version is no longer that of ``visit``; nothing is changed then.
    """
    done = conn.execute(
        update(appointment)
        .where(appointment.c.id == visit.id, appointment.c.version == visit.version)
        .values(version=visit.version + 1, **fields)
    )
    return done.rowcount == 1


def visit_of(row: Row[Any]) -> Visit:
    """Return the value of a row of ``VISIT``."""
    return Visit(
        id=row.id,
        clinic_id=row.clinic_id,
        reference=row.reference,
        patient=Patient(
            row.patient_id,
            row.name,
            row.email,
            row.phone,
            row.language,
            row.email_failed_at is not None,
            row.under_19,
        ),
        service=row.service,
        practitioner=row.practitioner,
        room=row.room,
        starts=row.starts,
        ends=row.ends,
        status=row.status,
        version=row.version,
        sold=Sold.from_json(row.sold_as),
        first_visit=row.first_visit,
        companion=row.companion,
        safety=row.safety,
        created_at=row.created_at,
        cancelled_by=row.cancelled_by,
    )
