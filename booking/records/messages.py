"""The ledger of messages: planned, changed and withdrawn in the transaction of their cause (D6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Text, bindparam, func, select, text, update

from booking.records.message_tables import message
from booking.records.prepared import Prepared
from booking.records.tables import appointment, patient
from booking.scheduling.lifecycle import LIVE
from booking.scheduling.reminders import PREFIX

UNSENT = ("planned", "held")
UNSURE = "Perhaps delivered: "  # begins the reason of a message that may have arrived

SHARED = ("clinic_id", "appointment_id", "recipient", "language", "snapshot", "sequence", "zone_data")
EACH = ("kind", "dedupe_key", "state", "reason", "planned_for")
NEWER = (*SHARED[2:], "kind", "state", "reason", "planned_for", "due_at", "created_at")


@dataclass(frozen=True)
class Withdrawn:
    """A message that was taken back; ``is_unsure``: it may have arrived all the same."""

    id: int
    kind: str
    appointment_id: int
    patient_id: int
    planned_for: datetime
    is_unsure: bool


_UNSENT = (
    select(
        message.c.id,
        message.c.kind,
        message.c.appointment_id,
        appointment.c.patient_id,
        message.c.planned_for,
        message.c.reason,
    )
    .join(appointment, appointment.c.id == message.c.appointment_id)
    .where(message.c.state.in_(UNSENT))
    .order_by(message.c.planned_for, message.c.id)
    # waits for a worker that is claiming one right now; SQLite has one writer anyway
    .with_for_update(of=message)
)
_UNSENT_OF_VISIT = _UNSENT.where(message.c.appointment_id == bindparam("appointment"))
_UNSENT_OF_PATIENT = _UNSENT.where(appointment.c.patient_id == bindparam("patient"))
_UNSENT_REMINDERS_TO = _UNSENT.join(patient, patient.c.id == appointment.c.patient_id).where(
    patient.c.clinic_id == bindparam("clinic"),
    patient.c.email_key == bindparam("email_key"),
    appointment.c.status.in_(LIVE),
    message.c.kind.startswith(PREFIX, autoescape=True),
)
_SKIP = (
    update(message)
    .where(message.c.id.in_(bindparam("ids", expanding=True)))
    .values(state="skipped", reason=bindparam("why", type_=Text))
)
_TOLD = (
    select(message.c.snapshot)
    .where(
        message.c.appointment_id == bindparam("appointment"),
        message.c.kind.in_(("confirmation", "moved")),
        message.c.state.in_(("sent", "sending")),
    )
    .order_by(message.c.id.desc())
    .limit(1)
)

_WAITING = (
    select(message.c.id)
    .where(message.c.state.in_((*UNSENT, "sending")), message.c.kind == bindparam("kind"))
    .order_by(message.c.id)
    .limit(1)
)
_WAITING_OF_VISIT = _WAITING.where(message.c.appointment_id == bindparam("appointment"))
_WAITING_TO = _WAITING.where(
    message.c.appointment_id.is_(None), message.c.recipient == bindparam("recipient")
)
_BY_KEY = select(message.c.id).where(message.c.dedupe_key == bindparam("key"))


def was_withdrawn(conn: Connection, appointment_id: int, reason: str) -> bool:
    """Say whether the visit's confirmation was taken back for a reason before it left."""
    withdrawn = select(message.c.id).where(
        message.c.appointment_id == appointment_id,
        message.c.kind == "confirmation",
        message.c.state == "skipped",
        message.c.reason == reason,
    )
    return conn.execute(withdrawn.limit(1)).first() is not None


def add_all(conn: Connection, shared: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Plan messages by one statement.

    One of the same ``dedupe_key`` stays as it is, unless it was skipped: then it is as
    it would be new. So a visit that is moved away and back has one row for its reminder.

    Args:
        conn: A transaction's connection.
        shared: The columns ``SHARED`` and ``created_at``.
        rows: The columns ``EACH`` of every message.
    """
    if not rows:
        return
    own = {f"{name}_{n}": row[name] for n, row in enumerate(rows) for name in EACH}
    _adding(len(rows)).run(conn, {**shared, **own})


@lru_cache(maxsize=16)
def _adding(count: int) -> Prepared:
    """Return the statement that adds so many messages; SQLAlchemy's own would be compiled every time."""
    names = (*SHARED, "created_at", *EACH, "due_at", "attempts")
    shared = ", ".join(f":{name}" for name in (*SHARED, "created_at"))
    rows = (", ".join(f":{name}_{n}" for name in (*EACH, "planned_for")) for n in range(count))
    values = ", ".join(f"({shared}, {row}, 0)" for row in rows)
    newer = ", ".join(f"{name} = excluded.{name}" for name in NEWER)
    statement = text(
        f"INSERT INTO message ({', '.join(names)}) VALUES {values}"  # noqa: S608 - column names only
        f" ON CONFLICT (dedupe_key) DO UPDATE SET {newer} WHERE message.state = 'skipped'"
    )
    typed = [bindparam(name, type_=message.c[name].type) for name in (*SHARED, "created_at")]
    typed += [bindparam(f"{name}_{n}", type_=message.c[name].type) for n in range(count) for name in EACH]
    return Prepared(statement.bindparams(*typed))


def withdraw_of_visit(conn: Connection, appointment_id: int, why: str) -> list[Withdrawn]:
    """Skip an appointment's messages that have not left and return them."""
    return _withdraw(conn, conn.execute(_UNSENT_OF_VISIT, {"appointment": appointment_id}), why)


def withdraw_of_patient(conn: Connection, patient_id: int, why: str) -> list[Withdrawn]:
    """Skip a patient's messages that have not left and return them."""
    return _withdraw(conn, conn.execute(_UNSENT_OF_PATIENT, {"patient": patient_id}), why)


def withdraw_reminders_to(conn: Connection, clinic_id: int, email_key: str, why: str) -> list[Withdrawn]:
    """Skip the reminders of live visits that have not left for an address and return them."""
    given = {"clinic": clinic_id, "email_key": email_key}
    return _withdraw(conn, conn.execute(_UNSENT_REMINDERS_TO, given), why)


def _withdraw(conn: Connection, found: Iterable[Any], why: str) -> list[Withdrawn]:
    rows = [
        Withdrawn(
            row.id,
            row.kind,
            row.appointment_id,
            row.patient_id,
            row.planned_for,
            (row.reason or "").startswith(UNSURE),
        )
        for row in found
    ]
    if rows:
        conn.execute(_SKIP, {"ids": [row.id for row in rows], "why": why})
    return rows


def settle_failed(conn: Connection, message_id: int, reason: str) -> None:
    """Let a message that failed be one that is not sent, for a reason; any other stays as it is."""
    failed = update(message).where(message.c.id == message_id, message.c.state == "failed")
    conn.execute(failed.values(state="skipped", reason=reason))


def list_astray(conn: Connection, patient_id: int) -> set[int]:
    """Return the ids of a patient's appointments of which something waits to go to another's address."""
    query = (
        select(message.c.appointment_id)
        .join(appointment, appointment.c.id == message.c.appointment_id)
        .join(patient, patient.c.id == appointment.c.patient_id)
        .where(
            patient.c.id == patient_id,
            message.c.state.in_(UNSENT),
            message.c.recipient.is_distinct_from(patient.c.email),
        )
    )
    return set(conn.execute(query).scalars())


def find_told(conn: Connection, appointment_id: int) -> Mapping[str, Any] | None:
    """Return what the patient was last told of an appointment's time, as it was stored."""
    found: Mapping[str, Any] | None = conn.execute(_TOLD, {"appointment": appointment_id}).scalar()
    return found


def find_waiting(conn: Connection, appointment_id: int | None, kind: str, recipient: str) -> int | None:
    """Return the message of a kind that has yet to leave for a visit, or to an address where it has none."""
    given = {"appointment": appointment_id, "kind": kind, "recipient": recipient}
    found: int | None = conn.execute(_WAITING_OF_VISIT if appointment_id else _WAITING_TO, given).scalar()
    return found


def get_id(conn: Connection, dedupe_key: str) -> int:
    """Return the id of the message of a key."""
    found: int = conn.execute(_BY_KEY, {"key": dedupe_key}).scalar_one()
    return found


def hold(conn: Connection, now: datetime, why: str) -> int:
    """Hold what is due; return how many."""
    due = update(message).where(message.c.state == "planned", message.c.due_at <= now)
    return conn.execute(due.values(state="held", reason=func.coalesce(message.c.reason, why))).rowcount


def release(conn: Connection, why: str) -> int:
    """Plan again what was held for a reason that no longer holds; return how many."""
    held = update(message).where(message.c.state == "held")
    return conn.execute(held.values(state="planned", reason=func.nullif(message.c.reason, why))).rowcount
