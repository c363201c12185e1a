"""What the ledger says of reminders: which wait, which failed, which zone data they were computed with."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, bindparam, exists, func, select, update

from booking.records.message_tables import message, reminder_stop
from booking.records.messages import UNSENT
from booking.records.tables import appointment, clinic, patient
from booking.scheduling.reminders import PREFIX

_IS_REMINDER = message.c.kind.startswith(PREFIX, autoescape=True)
_MINE: tuple[ColumnElement[bool], ...] = (message.c.clinic_id == bindparam("clinic"), _IS_REMINDER)


def _instant(name: str) -> ColumnElement[datetime]:
    return bindparam(name, type_=message.c.due_at.type)


@dataclass(frozen=True)
class Counted:
    """How many reminders, and when the first of them was to leave."""

    count: int
    since: datetime | None


@dataclass(frozen=True)
class Waiting:
    """A reminder that has not left, of a visit at a wall time."""

    id: int
    kind: str
    starts: datetime
    planned_for: datetime
    due_at: datetime


@dataclass(frozen=True)
class Entry:
    """A message as stored, and its visit and patient as they are now (None where it has none)."""

    id: int
    kind: str
    state: str
    reason: str | None
    attempts: int
    recipient: str
    planned_for: datetime
    due_at: datetime
    sent_at: datetime | None
    patient: str | None
    reference: str | None
    status: str | None
    starts: datetime | None
    ends: datetime | None
    has_address: bool
    is_stopped: bool


STATES = ("planned", "held", "sending", "sent", "failed", "skipped")
MOST_OF_DAY = 5000  # more are not listed
# A try moves a message's due time on by a day at most, other zone data by hours.
APART = timedelta(days=2)
_STOPPED = exists().where(
    reminder_stop.c.clinic_id == message.c.clinic_id, reminder_stop.c.email_key == patient.c.email_key
)
_OF_DAY = (
    select(
        *(message.c[name] for name in Entry.__annotations__ if name in message.c),
        patient.c.name.label("patient"),
        appointment.c.reference,
        appointment.c.status,
        appointment.c.starts,
        appointment.c.ends,
        patient.c.email.is_not(None).label("has_address"),
        _STOPPED.label("is_stopped"),
    )
    .outerjoin(appointment, appointment.c.id == message.c.appointment_id)
    .outerjoin(patient, patient.c.id == appointment.c.patient_id)
    .where(
        message.c.state.in_(STATES),  # for the index, as are the bounds of due_at
        message.c.due_at.between(_instant("after"), _instant("before")),
        message.c.clinic_id == bindparam("clinic"),
        message.c.planned_for >= _instant("begins"),
        message.c.planned_for < _instant("ends"),
    )
    .order_by(message.c.planned_for, message.c.id)
    .limit(MOST_OF_DAY)
)
_COUNTED = select(func.count().label("count"), func.min(message.c.planned_for).label("since"))
_WAITING = _COUNTED.where(
    *_MINE,
    message.c.state.in_((*UNSENT, "sending")),
    message.c.due_at <= _instant("until"),  # for the index: a failed try moves it on
    message.c.planned_for <= _instant("late"),
)
_FAILED = _COUNTED.where(*_MINE, message.c.state == "failed", message.c.due_at > _instant("after"))
_SENT = (
    select(func.count())
    .select_from(message)
    .where(*_MINE, message.c.state == "sent", message.c.due_at >= _instant("since"))
)
_STRANGE = select(clinic.c.id).where(
    clinic.c.setup > 0, func.coalesce(clinic.c.zone_data, "") != bindparam("version")
)
_OTHER_ZONE_DATA = (
    select(message.c.id, message.c.kind, appointment.c.starts, message.c.planned_for, message.c.due_at)
    .join(appointment, appointment.c.id == message.c.appointment_id)
    .where(*_MINE, message.c.state.in_(UNSENT), message.c.zone_data != bindparam("version"))
    .with_for_update(of=message)
)


def list_planned(conn: Connection, clinic_id: int, begins: datetime, ends: datetime) -> list[Entry]:
    """Return the messages that were to leave from one instant to another, in that order."""
    given = {"clinic": clinic_id, "begins": begins, "ends": ends}
    rows = conn.execute(_OF_DAY, {**given, "after": begins - APART, "before": ends + APART})
    return [Entry(**row._mapping) for row in rows]


def waiting_reminders(conn: Connection, clinic_id: int, late: datetime, until: datetime) -> Counted:
    """Return the reminders that should have left by ``late`` and whose next try is by ``until``."""
    return Counted(*conn.execute(_WAITING, {"clinic": clinic_id, "late": late, "until": until}).one())


def failed_reminders(conn: Connection, clinic_id: int, after: datetime) -> Counted:
    """Return the reminders that were given up and due after an instant."""
    return Counted(*conn.execute(_FAILED, {"clinic": clinic_id, "after": after}).one())


def count_sent_reminders(conn: Connection, clinic_id: int, since: datetime) -> int:
    """Return how many reminders that were due since an instant have left."""
    found: int = conn.execute(_SENT, {"clinic": clinic_id, "since": since}).scalar_one()
    return found


def list_strange(conn: Connection, version: str) -> list[int]:
    """Return the clinics whose due times were last looked at with other zone data."""
    return list(conn.execute(_STRANGE, {"version": version}).scalars())


def get_zone_data(conn: Connection, clinic_id: int) -> str | None:
    """Return the version of the zone data that the clinic's due times were last looked at with."""
    found: str | None = conn.execute(select(clinic.c.zone_data).where(clinic.c.id == clinic_id)).scalar_one()
    return found


def set_zone_data(conn: Connection, clinic_id: int, version: str) -> None:
    """Note the version of the zone data that the clinic's due times agree with."""
    conn.execute(update(clinic).where(clinic.c.id == clinic_id).values(zone_data=version))


def list_waiting_reminders(conn: Connection, clinic_id: int, version: str) -> list[Waiting]:
    """Return the unsent reminders whose times were computed with other zone data."""
    rows = conn.execute(_OTHER_ZONE_DATA, {"clinic": clinic_id, "version": version})
    return [Waiting(*row) for row in rows]


def plan_for(conn: Connection, waiting: Waiting, at: datetime, version: str) -> None:
    """Let a reminder leave at another instant; one that waits for another try keeps that try's time."""
    is_first_try = waiting.due_at == waiting.planned_for
    fields = {"planned_for": at, "zone_data": version} | ({"due_at": at} if is_first_try else {})
    conn.execute(update(message).where(message.c.id == waiting.id).values(fields))
