"""The outbox as workers see it: what is due, who has it, what became of it (D6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, func, or_, select, update

from booking.records.message_tables import message, reminder_stop
from booking.records.messages import UNSURE
from booking.records.tables import appointment, clinic, patient


@dataclass(frozen=True)
class Stored:
    """A message that is due, and its appointment as it is now (None where it has none)."""

    id: int
    clinic_id: int
    appointment_id: int | None
    patient_id: int | None
    kind: str
    recipient: str
    language: str
    snapshot: Mapping[str, Any]
    sequence: int
    state: str
    reason: str | None
    attempts: int
    zone_data: str
    created_at: datetime
    status: str | None
    starts: datetime | None
    is_stopped: bool

    @property
    def is_unsure(self) -> bool:
        """Say whether an earlier try may have arrived: its sender fell silent or was killed."""
        return self.state == "sending" or (self.reason or "").startswith(UNSURE)


_NOW = bindparam("now", type_=message.c.due_at.type)
_FURTHEST = bindparam("furthest", type_=message.c.leased_until.type)
_IS_GIVEN_UP = and_(
    message.c.state == "sending",
    or_(
        message.c.leased_until <= _NOW,  # its worker was killed, or is slower than its lease
        message.c.leased_until > _FURTHEST,  # leased by a clock that was put back since (K14)
    ),
)
_IS_STOPPED = exists().where(
    reminder_stop.c.clinic_id == message.c.clinic_id, reminder_stop.c.email_key == patient.c.email_key
)
_WITH_VISIT = (
    select(
        *(message.c[name] for name in Stored.__annotations__ if name in message.c),
        appointment.c.patient_id,
        appointment.c.status,
        appointment.c.starts,
        _IS_STOPPED.label("is_stopped"),
    )
    .outerjoin(appointment, appointment.c.id == message.c.appointment_id)
    .outerjoin(patient, patient.c.id == appointment.c.patient_id)
)
# Each is answered by the first rows of ix_message_due, however many messages are due.
_DUE, _GIVEN_UP = (
    _WITH_VISIT.where(condition)
    .order_by(message.c.due_at)
    .limit(1)
    .with_for_update(of=message, skip_locked=True)
    for condition in (and_(message.c.state == "planned", message.c.due_at <= _NOW), _IS_GIVEN_UP)
)
_BY_ID = _WITH_VISIT.where(message.c.id == bindparam("id"))
_OF_CLINIC = _BY_ID.where(message.c.clinic_id == bindparam("clinic"))
_NEXT = select(
    select(func.min(message.c.due_at)).where(message.c.state == "planned").scalar_subquery(),
    select(func.min(message.c.leased_until)).where(message.c.state == "sending").scalar_subquery(),
    select(func.max(message.c.leased_until)).where(message.c.state == "sending").scalar_subquery(),
    select(func.count()).where(message.c.state == "held").scalar_subquery(),
    select(func.count())
    .where(clinic.c.setup > 0, func.coalesce(clinic.c.zone_data, "") != bindparam("zone_data"))
    .scalar_subquery(),
)


@dataclass(frozen=True)
class Next:
    """What a worker has to do next.

    ``at`` is when a message is due or given up by its worker, ``held`` how many wait for
    right zone data, ``strange`` how many clinics' due times are of other zone data,
    ``last_lease`` when the last worker at work gives up its message.
    """

    at: datetime | None
    held: int
    strange: int
    last_lease: datetime | None = None


def find_next(conn: Connection, zone_data: str) -> Next:
    """Return what there is to do, by one statement."""
    planned, leased, last, held, strange = conn.execute(_NEXT, {"zone_data": zone_data}).one()
    return Next(min((at for at in (planned, leased) if at is not None), default=None), held, strange, last)


def find_due(conn: Connection, now: datetime, furthest: datetime) -> Stored | None:
    """Return the message to send next: one that its worker has left, else the one that is due longest.

    What another worker is looking at is passed over.

    Args: a lease that ends after ``furthest`` is void: it was given by a clock that was wrong.
    """
    left = conn.execute(_GIVEN_UP, {"now": now, "furthest": furthest}).one_or_none()
    row = left or conn.execute(_DUE, {"now": now}).one_or_none()
    return None if row is None else Stored(**row._mapping)


def get(conn: Connection, message_id: int) -> Stored:
    """Return a message as it is now."""
    return Stored(**conn.execute(_BY_ID, {"id": message_id}).one()._mapping)


def find(conn: Connection, clinic_id: int, message_id: int) -> Stored | None:
    """Return a clinic's message as it is now."""
    row = conn.execute(_OF_CLINIC, {"id": message_id, "clinic": clinic_id}).one_or_none()
    return None if row is None else Stored(**row._mapping)


def lease(conn: Connection, stored: Stored, until: datetime) -> None:
    """Give a due message to the caller until an instant; others leave it alone so long."""
    reason = (
        UNSURE + (stored.reason or "its worker stopped").removeprefix(UNSURE) if stored.is_unsure else None
    )
    fields = {"state": "sending", "attempts": stored.attempts + 1, "leased_until": until, "reason": reason}
    conn.execute(_guarded(stored.id, stored.attempts).values(fields))


def settle(conn: Connection, message_id: int, attempts: int, fields: Mapping[str, Any]) -> bool:
    """Set ``fields`` unless somebody else has taken the message since.

    Args:
        conn: A light transaction's connection.
        message_id: Which message.
        attempts: Its attempts as the caller knows them: who leased it last counts higher.
        fields: Columns and values.

    Returns:
        False when another worker has it, or had it.
    """
    return conn.execute(_guarded(message_id, attempts).values(dict(fields))).rowcount == 1


def _guarded(message_id: int, attempts: int) -> Any:
    return update(message).where(
        message.c.id == message_id,
        message.c.attempts == attempts,
        message.c.state.in_(("planned", "sending")),
    )
