"""Plan what a patient is told of a change, in the change's own transaction (D6).

News (confirmation, moved, cancelled) and reminders are rows of one ledger. Who cannot
be written to gets a phone call instead, as a task for reception (E54, E68).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from booking.actions.calls import reminder_call
from booking.records import call_tasks, messages, reminder_stops
from booking.records.call_tasks import Call
from booking.records.database import reading
from booking.records.transaction import Connection
from booking.scheduling import people, reminders
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.zone import zone_data_version
from booking.wording.letter import Letter

REMINDER = "reminder"  # stands for the reminders of every offset, whose kinds are reminder_48 and the like
NEWS = ("confirmation", "moved", "cancelled")
KINDS = (*NEWS, REMINDER, "link")
WHY_WITHDRAWN = {
    "confirmation": "Replaced: the appointment was confirmed again.",
    "moved": "Replaced: the appointment was moved.",
    "cancelled": "Replaced: the appointment was cancelled.",
}
STOPPED = "Not sent: the patient stopped reminder e-mails."


@dataclass(frozen=True)
class _Row:
    """One message to plan: the columns of ``messages.EACH``."""

    kind: str
    dedupe_key: str
    planned_for: datetime
    reason: str | None = None

    def columns(self) -> dict[str, object]:
        return self.__dict__ | {"state": "skipped" if self.reason else "planned"}


@dataclass(frozen=True)
class _Dropped:
    """What the patient was not told of yet, and the phone calls that are no longer needed."""

    kinds: frozenset[str]
    is_unsure: bool  # one of the messages may have arrived all the same


def plan(
    conn: Connection, clinic: Clinic, visit: Visit, kind: str, now: datetime, *, tell: bool = True
) -> None:
    """Plan the news of a change and the visit's reminders, and drop what has become wrong (E66).

    Who is moved before the confirmation left gets a confirmation of the new time; who
    cancels before it left hears nothing, nor does who moves away and back.

    Args:
        conn: The connection of the transaction that makes the change.
        clinic: The visit's clinic.
        visit: The appointment as it is after the change.
        kind: "confirmation", "moved" or "cancelled": what has happened to it.
        now: The present instant.
        tell: False where staff have told the patient themselves.
    """
    # The first version of an appointment cannot have an unsent message: statements less.
    dropped = _drop(conn, visit, kind, now) if visit.version > 1 else _Dropped(frozenset(), is_unsure=False)
    letter = Letter.about(clinic, visit, now)
    news = _news(conn, visit, kind, dropped, letter)
    if not tell and news != "confirmation":  # who has heard nothing at all is told that it is booked
        news = None
    if kind == "confirmation" and not tell:
        news = None
    if news == "cancelled":
        letter = _as_told(conn, visit, dropped, letter)
    _tell(conn, clinic, visit, news, letter, now)


def plan_again(conn: Connection, clinic: Clinic, visit: Visit, mark: str, now: datetime) -> None:
    """Confirm a visit once more, to an address that has just been corrected (E71).

    Args: ``mark`` tells this confirmation from every other of the same version.
    """
    _drop(conn, visit, "confirmation", now)
    _tell(conn, clinic, visit, "confirmation", Letter.about(clinic, visit, now), now, mark=f":{mark}")


def plan_anew(conn: Connection, clinic: Clinic, visit: Visit, now: datetime) -> None:
    """Plan once more what has not left, since the patient is reached another way now (E52)."""
    dropped = _drop(conn, visit, "moved", now)
    news = next((kind for kind in ("confirmation", "moved") if kind in dropped.kinds), None)
    _tell(conn, clinic, visit, news, Letter.about(clinic, visit, now), now)


def plan_reminders(conn: Connection, clinic: Clinic, visit: Visit, now: datetime) -> None:
    """Plan a visit's reminders alone; those that have left or wait already stay as they are."""
    _tell(conn, clinic, visit, None, Letter.about(clinic, visit, now), now)


def _drop(conn: Connection, visit: Visit, kind: str, now: datetime) -> _Dropped:
    """Take back what has not left, phone calls included, and return the news among it."""
    withdrawn = messages.withdraw_of_visit(conn, visit.id, WHY_WITHDRAWN[kind])
    calls = call_tasks.close(conn, visit.id, call_tasks.REPLACED, now)
    news = [one for one in withdrawn if reminders.offset_of(one.kind) is None]
    return _Dropped(
        frozenset({one.kind for one in news} | set(calls)),
        is_unsure=any(one.is_unsure for one in news),
    )


def _news(conn: Connection, visit: Visit, kind: str, dropped: _Dropped, letter: Letter) -> str | None:
    """Return what is to be told: nothing, the change, or that the visit is booked."""
    is_new = "confirmation" in dropped.kinds and not dropped.is_unsure
    if kind == "cancelled":
        return None if is_new and visit.cancelled_by == "patient" else kind
    if is_new:
        return "confirmation"
    if dropped.kinds and not dropped.is_unsure and _told(conn, visit) == _seen(letter):
        return None
    return kind


def is_known(clinic: Clinic, visit: Visit, now: datetime) -> bool:
    """Say whether the patient was told of a visit as it stands and nothing about it waits to leave.

    So it is after an Undo in time: neither of the two changes is heard of.
    """
    address, letter = visit.patient.mail_address, Letter.about(clinic, visit, now)

    def work(conn: Connection) -> bool:
        waits = (messages.find_waiting(conn, visit.id, kind, address or "") for kind in NEWS)
        return _told(conn, visit) == _seen(letter) and not any(waits)

    return reading(work)


def _told(conn: Connection, visit: Visit) -> tuple[object, ...] | None:
    snapshot = messages.find_told(conn, visit.id)
    return None if snapshot is None else _seen(Letter.from_json(snapshot))


def _seen(letter: Letter) -> tuple[object, ...]:
    """Return what patients know an appointment by."""
    return letter.starts, letter.ends, letter.practitioner


def _as_told(conn: Connection, visit: Visit, dropped: _Dropped, letter: Letter) -> Letter:
    """Name the time that the patient knows: that of a move of which they never heard is not it."""
    if "moved" not in dropped.kinds or dropped.is_unsure or visit.cancelled_by == "patient":
        return letter
    snapshot = messages.find_told(conn, visit.id)
    if snapshot is None:
        return letter
    told = Letter.from_json(snapshot)
    return replace(letter, starts=told.starts, ends=told.ends, practitioner=told.practitioner)


def _tell(
    conn: Connection,
    clinic: Clinic,
    visit: Visit,
    news: str | None,
    letter: Letter,
    now: datetime,
    *,
    mark: str = "",
) -> None:
    """Plan news and reminders: by e-mail where the patient can be reached by it, else by phone."""
    coming = [] if visit.status == "cancelled" else reminders.plan(clinic, visit.starts, now, now)
    rows, calls = [], []
    address = visit.patient.mail_address
    if news and address:
        leaves = now + timedelta(minutes=clinic.policy.confirmation_delay_minutes)
        rows.append(_Row(news, f"{visit.reference}:{news}:{visit.version}{mark}", leaves))
    elif news:
        calls.append(Call(clinic.id, visit.patient.id, visit.id, news, now))
    stopped = bool(
        address and coming and reminder_stops.is_stopped(conn, clinic.id, people.email_key(address))
    )
    if address:
        rows += [_reminder(visit, one, STOPPED if stopped else one.reason) for one in coming]
    if stopped or not address:
        times = [one.due_at for one in coming if one.reason is None]
        calls += [reminder_call(clinic, visit.patient.id, visit.id, "reminder", times, now)] if times else []
    messages.add_all(conn, _shared(visit, address, letter, now), [row.columns() for row in rows])
    call_tasks.add_all(conn, calls)


def _reminder(visit: Visit, one: reminders.Planned, reason: str | None) -> _Row:
    key = f"{visit.reference}:{one.kind}:{visit.starts.isoformat(timespec='minutes')}"
    return _Row(one.kind, key, one.due_at, reason)


def _shared(visit: Visit, address: str | None, letter: Letter, now: datetime) -> dict[str, object]:
    return {
        "clinic_id": visit.clinic_id,
        "appointment_id": visit.id,
        "recipient": address,
        "language": visit.patient.language,
        "snapshot": letter.as_json(),
        "sequence": visit.version - 1,
        "zone_data": zone_data_version(),
        "created_at": now,
    }
