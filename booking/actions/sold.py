"""What a visit is sold as, on the day it is booked (D12), and who may buy it (E49, E50)."""

from booking.scheduling import prices
from booking.scheduling.appointment import Sold
from booking.scheduling.clinic import Clinic, Practitioner, Room, Service


def sell(clinic: Clinic, service: Service, practitioner: Practitioner, room: Room) -> Sold:
    """Return the visit's own copy of name, steps, price, tax and licence."""
    return Sold(
        service_name=service.name,
        kind=service.kind,
        shape=service.shape,
        price_cents=service.price_cents,
        tax_cents=prices.tax_cents(service.price_cents, service.gst, clinic.gst_percent),
        currency=clinic.currency,
        practitioner_name=practitioner.name,
        title=practitioner.title,
        licensing_body=practitioner.licensing_body,
        licence_number=practitioner.licence_number,
        room_name=room.name,
    )


def is_first_visit(service: Service, said: bool | None) -> bool:
    """Return the patient's own word, or what the service implies where nothing was said."""
    return service.for_patients == "new" if said is None else said


def fits(clinic: Clinic, service: Service, first_visit: bool) -> bool:
    """Say whether a first (or a later) visit may be booked with a service (E50).

    A first visit is at least ``new_patient_min_minutes`` of its kind long.
    """
    if not first_visit:
        return service.for_patients != "new"
    shortest = clinic.policy.new_patient_min_minutes.get(service.kind, 0)
    return service.for_patients != "returning" and service.shape.minutes >= shortest


def suggestions(clinic: Clinic, service: Service, first_visit: bool) -> tuple[str, ...]:
    """Return the codes of services of the same kind that do fit."""
    return tuple(
        other.code
        for other in clinic.services
        if other.kind == service.kind and fits(clinic, other, first_visit)
    )
