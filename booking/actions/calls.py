"""The phone call that takes a reminder's place (E54, E68, L21)."""

from collections.abc import Sequence
from datetime import datetime

from booking.records.call_tasks import Call
from booking.records.messages import Withdrawn
from booking.scheduling import reminders
from booking.scheduling.clinic import Clinic


def reminder_call(
    clinic: Clinic, patient_id: int, visit_id: int, kind: str, times: Sequence[datetime], now: datetime
) -> Call:
    """Return one call for all the reminders of a visit, due before the first of them.

    Args: ``times`` are the instants at which reminders would have left, at least one.
    """
    return Call(clinic.id, patient_id, visit_id, kind, now, reminders.call_at(clinic, min(times), now))


def calls_instead(clinic: Clinic, kind: str, withdrawn: Sequence[Withdrawn], now: datetime) -> list[Call]:
    """Return one call for each visit whose reminders were withdrawn."""
    times: dict[tuple[int, int], list[datetime]] = {}
    for one in withdrawn:
        if reminders.offset_of(one.kind) is not None:
            times.setdefault((one.patient_id, one.appointment_id), []).append(one.planned_for)
    return [
        reminder_call(clinic, patient, visit, kind, found, now) for (patient, visit), found in times.items()
    ]
