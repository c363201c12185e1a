"""What a visit is sold as, on the day it is booked (D12)."""

from dataclasses import replace
from typing import Any

from booking.scheduling import prices
from booking.scheduling.appointment import Sold, Visit
from booking.scheduling.clinic import Clinic, Practitioner, Room, Service
from booking.scheduling.errors import Invalid


def sell(clinic: Clinic, service: Service, practitioner: Practitioner, room: Room) -> Sold:
    """Return the visit's own copy of name, steps, price, tax and licence."""
    return Sold(
        service_name=service.name,
        kind=service.kind,
        shape=service.shape,
        price_cents=service.price_cents,
        tax_cents=prices.tax_cents(service.price_cents, service.gst, clinic.gst_percent),
        currency=clinic.currency,
        **_given(practitioner, room),
    )


def given_by(sold: Sold, practitioner: Practitioner, room: Room) -> Sold:
    """Return what was sold, given by somebody else or elsewhere: treatment and price stay."""
    return replace(sold, **_given(practitioner, room))


def sell_anew(clinic: Clinic, visit: Visit, code: str) -> Sold:
    """Return what a visit is sold as when it becomes another service of its kind, at the price of today.

    Raises:
        Invalid: there is no such service of its kind, or who gives the visit has left the set-up.
    """
    service = clinic.service.get(code)
    if service is None or service.kind != visit.sold.kind:
        raise Invalid({"service": "Choose another length of the same treatment."})
    person, room = clinic.practitioner.get(visit.practitioner), clinic.room.get(visit.room)
    if person is None or room is None:
        raise Invalid({"service": "This visit's practitioner or room has left the set-up. Move it first."})
    return sell(clinic, service, person, room)


def _given(practitioner: Practitioner, room: Room) -> dict[str, Any]:
    return {
        "practitioner_name": practitioner.name,
        "title": practitioner.title,
        "licensing_body": practitioner.licensing_body,
        "licence_number": practitioner.licence_number,
        "room_name": room.name,
    }
