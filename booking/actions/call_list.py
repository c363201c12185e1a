"""The call list: whom reception has to phone, and why; ticked off one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from booking.actions.closed_over import CLOSED
from booking.actions.recording import actor_name, record_of_patient
from booking.actions.values import Actor
from booking.records import call_list, clinic_row
from booking.records.call_list import Task
from booking.records.database import reading
from booking.records.transaction import Connection, transaction
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Stale
from booking.scheduling.zone import to_instant, to_wall

WHY = {
    "safety": "Asked to be called about the laser notice before the visit",
    "confirmation": "No e-mail: confirm the visit",
    "moved": "No e-mail: tell the new time",
    "cancelled": "No e-mail: tell that the visit is cancelled",
    "reminder": "No e-mail: remind of the visit",
    "callback": "Asked for a call",
    "bounced": "The e-mail address does not work: ask for another",
    "reminders_stopped": "Gets no reminder mails: remind of the visit",
    CLOSED: "Closed at that time by now: move the visit, or keep it",
    "clinic_change": "The clinic cannot keep this time: find another",
}


@dataclass(frozen=True)
class Call:
    """One phone job; ``when`` (clinic wall time) None is as soon as possible."""

    id: int
    why: str
    when: datetime | None
    created: datetime
    done: datetime | None
    done_by: str | None
    task: Task


@dataclass(frozen=True)
class CallList:
    """What is to be phoned by the end of today, what later, and what is done today already."""

    now: Sequence[Call]
    later: Sequence[Call]
    done: Sequence[Call]


def list_calls(clinic: Clinic, now: datetime) -> CallList:
    """Return the clinic's calls; one statement.

    Args:
        clinic: The clinic.
        now: The present instant.
    """
    today = to_wall(now, clinic.zone).date()
    begins = to_instant(datetime.combine(today, time()), clinic.zone)
    tomorrow = datetime.combine(today + timedelta(days=1), time())
    tasks = reading(lambda conn: call_list.list_since(conn, clinic.id, begins))
    found = [_call(clinic, task) for task in tasks]
    to_do = sorted((one for one in found if one.done is None), key=_in_order)
    return CallList(
        now=[one for one in to_do if one.when is None or one.when < tomorrow],
        later=[one for one in to_do if one.when is not None and one.when >= tomorrow],
        done=[one for one in found if one.done is not None],
    )


def tick_off(clinic: Clinic, call_id: int, by: Actor, now: datetime) -> None:
    """Note that a call was made.

    Raises:
        Stale: somebody has ticked it off already, or what it was about has changed.
    """
    _set(clinic, call_id, by, now, is_done=True)


def open_again(clinic: Clinic, call_id: int, by: Actor, now: datetime) -> None:
    """Take back that a call was made.

    Raises:
        Stale: it is open already, or there is none.
    """
    _set(clinic, call_id, by, now, is_done=False)


def _set(clinic: Clinic, call_id: int, by: Actor, now: datetime, *, is_done: bool) -> None:
    def work(conn: Connection) -> None:
        who = call_list.set_done(
            conn, clinic.id, call_id, now if is_done else None, actor_name(by) if is_done else None
        )
        if who is None:
            raise Stale("This call was changed a moment ago. The list shows how it stands now.")
        clinic_row.count_change(conn, clinic.id)
        action = "call:done" if is_done else "call:open"
        record_of_patient(conn, clinic, action, by, now, who, {"call": call_id})

    transaction(clinic.id, now, work)


def _in_order(one: Call) -> tuple[bool, datetime]:
    return one.when is not None, one.when or one.created


def _call(clinic: Clinic, task: Task) -> Call:
    def wall(at: datetime | None) -> datetime | None:
        return to_wall(at, clinic.zone) if at else None

    why = WHY.get(task.kind, task.kind)
    created = to_wall(task.created_at, clinic.zone)
    return Call(task.id, why, wall(task.due_at), created, wall(task.done_at), task.done_by, task)
