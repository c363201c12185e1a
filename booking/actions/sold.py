"""What a visit is sold as, on the day it is booked (D12)."""

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
