"""What is done when a message cannot be delivered: reception calls, and no retry storm (E68)."""

from dataclasses import dataclass
from datetime import datetime

from booking.actions.calls import calls_instead
from booking.records import call_tasks, messages, outbox, patients, setup
from booking.records.call_tasks import Call
from booking.records.transaction import Connection
from booking.scheduling import reminders

BOUNCED = "Not sent: the e-mail address does not work."


@dataclass(frozen=True)
class Undelivered:
    """A message that was not taken; ``patient_id`` and ``appointment_id`` None where it is about neither."""

    id: int
    clinic_id: int
    patient_id: int | None
    appointment_id: int | None
    kind: str
    attempts: int


def give_up(conn: Connection, message: Undelivered, reason: str, now: datetime, *, is_bounce: bool) -> None:
    """Fail a message and ask reception to call; after a bounce nothing more is sent to the patient.

    Args:
        conn: A light transaction's connection.
        message: What could not be delivered.
        reason: The server's answer, for staff.
        now: The present instant.
        is_bounce: Whether the address was refused for good.
    """
    if not outbox.settle(conn, message.id, message.attempts, {"state": "failed", "reason": reason}):
        return  # another worker has it
    patient, visit = message.patient_id, message.appointment_id
    if patient is None or visit is None:
        return
    if is_bounce:
        _stop_writing(conn, message.clinic_id, patient, visit, now)
    else:
        kind = message.kind if reminders.offset_of(message.kind) is None else "reminder"
        call_tasks.add(conn, message.clinic_id, patient, visit, kind, now)


def _stop_writing(conn: Connection, clinic_id: int, patient: int, visit: int, now: datetime) -> None:
    patients.change(conn, patient, {"email_failed_at": now})
    if not call_tasks.is_open(conn, visit, "bounced"):
        call_tasks.add(conn, clinic_id, patient, visit, "bounced", now)
    withdrawn = messages.withdraw_of_patient(conn, patient, BOUNCED)
    news = [one for one in withdrawn if reminders.offset_of(one.kind) is None]
    calls = [Call(clinic_id, patient, one.appointment_id, one.kind, now) for one in news]
    clinic = setup.load_clinic(conn, clinic_id)
    call_tasks.add_all(conn, calls + calls_instead(clinic, "reminder", withdrawn, now))
