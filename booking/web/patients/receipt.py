"""What a visit is, in a few lines: the same before and after it is booked."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.prices import tax_cents
from booking.scheduling.zone import offset_text
from booking.web.patients.choices import Choices
from booking.wording.language import N_, _
from booking.wording.sentences import register_words

ANYONE = N_("Anyone who is free")


@dataclass(frozen=True)
class Receipt:
    """The lines of the summary; ``starts`` and ``ends`` are clinic wall time."""

    what: str
    starts: datetime
    ends: datetime
    who: str
    licence: str
    companion: bool
    total_cents: int
    tax_cents: int
    zone: str

    @property
    def machine_time(self) -> str:
        """The start for programs: ISO 8601 with the clinic's offset."""
        return self.starts.isoformat() + offset_text(self.starts, self.zone)


def receipt_of_choice(clinic: Clinic, choices: Choices, start: datetime, practitioner: str | None) -> Receipt:
    """Return the receipt of a visit that is not booked yet; ``practitioner`` None is anyone."""
    service = choices.service
    person = clinic.practitioner.get(practitioner or "")
    tax = tax_cents(service.price_cents, service.gst, clinic.gst_percent)
    return Receipt(
        what=service.name,
        starts=start,
        ends=start + timedelta(minutes=service.shape.minutes),
        who=f"{person.name}, {person.title}" if person else _(ANYONE),
        licence=register_words(person.licensing_body, person.licence_number) if person else "",
        companion=choices.companion,
        total_cents=service.price_cents + tax,
        tax_cents=tax,
        zone=clinic.zone,
    )


def receipt_of_visit(clinic: Clinic, visit: Visit) -> Receipt:
    """Return the receipt of a visit as it was sold (D12)."""
    sold = visit.sold
    return Receipt(
        what=sold.service_name,
        starts=visit.starts,
        ends=visit.ends,
        who=f"{sold.practitioner_name}, {sold.title}",
        licence=register_words(sold.licensing_body, sold.licence_number),
        companion=visit.companion,
        total_cents=sold.total_cents,
        tax_cents=sold.tax_cents,
        zone=clinic.zone,
    )


def receipt_of_move(clinic: Clinic, visit: Visit, start: datetime, practitioner: str | None) -> Receipt:
    """Return the receipt of a visit as it would be at another start; ``practitioner`` None is anyone.

    What it was sold as and its price stay (D12).
    """
    moved = replace(
        receipt_of_visit(clinic, visit),
        starts=start,
        ends=start + timedelta(minutes=visit.sold.shape.minutes),
    )
    if practitioner == visit.practitioner:
        return moved
    person = clinic.practitioner.get(practitioner or "")
    if person is None:
        return replace(moved, who=_(ANYONE), licence="")
    return replace(
        moved,
        who=f"{person.name}, {person.title}",
        licence=register_words(person.licensing_body, person.licence_number),
    )
