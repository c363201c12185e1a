"""The audit trail: who changed what, when, before and after (L15); append only, in one chain (P6)."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select

from booking.records import clinic_row
from booking.records.prepared import Prepared
from booking.records.tables import audit, clinic

AT_A_TIME = 1000

_ADD = Prepared(insert(audit))
_CHAIN = select(audit).where(audit.c.clinic_id == bindparam("clinic")).order_by(audit.c.id)
_HEAD = select(clinic.c.audit_head).where(clinic.c.id == bindparam("clinic"))
_OF_VISIT = select(audit).where(audit.c.appointment_id == bindparam("appointment")).order_by(audit.c.id)
_OF_PATIENT = (
    select(audit)
    .where(audit.c.patient_id == bindparam("patient"), audit.c.appointment_id.is_(None))
    .order_by(audit.c.id)
)
_TOLD = ("actor", "action", "appointment_id", "patient_id", "before", "after")


@dataclass(frozen=True)
class Recorded:
    """One row of the trail; ``actor`` is "patient", "system" or "staff:NAME"."""

    at: datetime
    actor: str
    action: str
    appointment_id: int | None
    patient_id: int | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def add(conn: Connection, clinic_id: int, entry: Recorded) -> None:
    """Append one row and move the end of the clinic's chain to it."""
    row = vars(entry)
    digest = _digest(clinic_row.head(conn, clinic_id), row)
    _ADD.run(conn, {"clinic_id": clinic_id, "digest": digest, **row})
    clinic_row.set_head(conn, clinic_id, digest)


def list_of_patient(conn: Connection, patient_id: int) -> list[Recorded]:
    """Return what happened to a patient's record, visits apart, oldest first."""
    rows = conn.execute(_OF_PATIENT, {"patient": patient_id})
    return [Recorded(**{name: row._mapping[name] for name in Recorded.__annotations__}) for row in rows]


def list_of_visit(conn: Connection, appointment_id: int) -> list[Recorded]:
    """Return what happened to an appointment, oldest first."""
    rows = conn.execute(_OF_VISIT, {"appointment": appointment_id})
    return [Recorded(*(row._mapping[name] for name in Recorded.__annotations__)) for row in rows]


def is_whole(conn: Connection, clinic_id: int) -> bool:
    """Say whether no row of the clinic's chain was altered, taken out or put in between."""
    end: str | None = None
    for row in _chained(conn, clinic_id):
        if row.digest != _digest(end, dict(row._mapping)):
            return False
        end = row.digest
    return bool(end == conn.execute(_HEAD, {"clinic": clinic_id}).scalar_one())


def _chained(conn: Connection, clinic_id: int) -> Iterator[Row[Any]]:
    """Yield the rows since the chain began; those before it carry no digest."""
    begun = False
    for row in conn.execute(_CHAIN, {"clinic": clinic_id}).yield_per(AT_A_TIME):
        begun = begun or row.digest is not None
        if begun:
            yield row


def _digest(before: str | None, row: Mapping[str, Any]) -> str:
    told = [before, row["at"].isoformat(), *(row[name] for name in _TOLD)]
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
