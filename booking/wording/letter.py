"""What a message about an appointment has to say: everything but the link's token.

A letter is taken when the message is planned and kept with it, so that a later
change of the menu, the fees or the address does not change what the patient is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.zone import to_instant, to_wall

MOMENTS = ("starts", "ends", "cancel_until", "move_until")
OF_A_SALE = (
    "reference",
    "patient",
    "service",
    "kind",
    "practitioner",
    "title",
    "licensing_body",
    "licence_number",
)


@dataclass(frozen=True)
class Letter:
    """The facts of one appointment at one moment.

    ``starts``, ``ends``, ``cancel_until`` and ``move_until`` are clinic wall time; the
    last two are None where the time to cancel or move by link had passed already.
    ``attach_calendar`` says whether reminders carry the calendar entry.
    """

    clinic_code: str
    clinic_name: str
    discreet_name: str
    address: str
    phone: str
    email: str
    zone: str
    time_label: str
    reference: str
    patient: str
    service: str
    kind: str
    practitioner: str
    title: str
    licensing_body: str
    licence_number: str
    total_cents: int
    tax_cents: int
    starts: datetime
    ends: datetime
    first_visit: bool
    companion: bool
    call_me: bool
    is_patients_wish: bool
    cancel_until: datetime | None
    move_until: datetime | None
    late_cancel_fee_percent: int
    no_show_fee_percent: int
    no_show_after_minutes: int
    attach_calendar: bool

    @classmethod
    def about(cls, clinic: Clinic, visit: Visit, now: datetime) -> "Letter":
        """Return the letter about ``visit`` as things stand at the instant ``now``."""
        sold, policy = visit.sold, clinic.policy
        return cls(
            **_facts_of(clinic),
            reference=visit.reference,
            patient=visit.patient.name,
            service=sold.service_name,
            kind=sold.kind,
            practitioner=sold.practitioner_name,
            title=sold.title,
            licensing_body=sold.licensing_body,
            licence_number=sold.licence_number,
            total_cents=sold.total_cents,
            tax_cents=sold.tax_cents,
            starts=visit.starts,
            ends=visit.ends,
            first_visit=visit.first_visit,
            companion=visit.companion,
            call_me=visit.safety == "call_me",
            is_patients_wish=visit.cancelled_by == "patient",
            cancel_until=_deadline(clinic, visit, policy.cancel_until_hours, now),
            move_until=_deadline(clinic, visit, policy.move_until_hours, now),
        )

    @classmethod
    def without_visit(cls, clinic: Clinic, now: datetime) -> "Letter":
        """Return a letter of the clinic that is about no visit, to its own staff for example."""
        wall = to_wall(now, clinic.zone)
        blank: dict[str, Any] = dict.fromkeys(OF_A_SALE, "")
        return cls(
            **_facts_of(clinic),
            **blank,
            total_cents=0,
            tax_cents=0,
            starts=wall,
            ends=wall,
            first_visit=False,
            companion=False,
            call_me=False,
            is_patients_wish=False,
            cancel_until=None,
            move_until=None,
        )

    def as_of(self, now: datetime) -> "Letter":
        """Return the letter as it reads at a later instant: what has passed since is not offered."""
        wall = to_wall(now, self.zone)

        def still(until: datetime | None) -> datetime | None:
            return until if until and until >= wall else None

        return replace(self, cancel_until=still(self.cancel_until), move_until=still(self.move_until))

    def as_json(self) -> dict[str, Any]:
        """Return the stored form."""
        stored = dict(vars(self))  # every fact is a plain value
        for name in MOMENTS:
            stored[name] = stored[name] and stored[name].isoformat(timespec="minutes")
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Letter":
        """Return the letter of a stored form; what this version does not know is left out."""
        known = {field.name: stored[field.name] for field in fields(cls)}
        for name in MOMENTS:
            known[name] = known[name] and datetime.fromisoformat(known[name])
        return cls(**known)


def _facts_of(clinic: Clinic) -> dict[str, Any]:
    policy = clinic.policy
    return {
        "clinic_code": clinic.code,
        "clinic_name": clinic.name,
        "discreet_name": clinic.discreet_name,
        "address": clinic.address,
        "phone": clinic.phone,
        "email": clinic.email,
        "zone": clinic.zone,
        "time_label": clinic.time_label,
        "late_cancel_fee_percent": policy.late_cancel_fee_percent,
        "no_show_fee_percent": policy.no_show_fee_percent,
        "no_show_after_minutes": policy.no_show_after_minutes,
        "attach_calendar": clinic.reminders.attach_ics,
    }


def _deadline(clinic: Clinic, visit: Visit, hours: int, now: datetime) -> datetime | None:
    """Return until when patients may act, ``hours`` real hours before the visit (E37)."""
    until = to_instant(visit.starts, clinic.zone) - timedelta(hours=hours)
    return to_wall(until, clinic.zone) if until > now else None
