"""What a visit is sold as, on the day it is booked (D12)."""

from dataclasses import replace
from typing import Any

from booking.records import audit
from booking.records.database import reading
from booking.scheduling import prices
from booking.scheduling.appointment import Sold, Visit
from booking.scheduling.clinic import Clinic, Practitioner, Room, Service
from booking.scheduling.errors import Invalid

WAS_SOLD = "was_sold"
GIVER = ("practitioner_name", "title", "licensing_body", "licence_number", "room_name")


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


def sold_before(visit: Visit, code: str) -> Sold:
    """Return what a visit was sold as before its length was last changed, as the trail keeps it.

    The service may have left the menu since: the visit had it (D12).

    Raises:
        Invalid: it was not sold as this service then.
    """
    moves = [one for one in reading(lambda conn: audit.list_of_visit(conn, visit.id)) if one.action == "move"]
    last = moves[-1] if moves else None
    was = (last.after or {}).get(WAS_SOLD) if last and (last.before or {}).get("service") == code else None
    if was is None:
        raise Invalid({"service": "The length that it had cannot be given back. Choose one of the list."})
    return Sold.from_json({**visit.sold.as_json(), **was})


def was_sold(before: Visit, after: Visit) -> dict[str, Any]:
    """Return what the trail keeps of a treatment that was changed, so that it can be given back (D12)."""
    if before.service == after.service:
        return {}
    kept = {name: value for name, value in before.sold.as_json().items() if name not in GIVER}
    return {WAS_SOLD: kept}


def _given(practitioner: Practitioner, room: Room) -> dict[str, Any]:
    return {
        "practitioner_name": practitioner.name,
        "title": practitioner.title,
        "licensing_body": practitioner.licensing_body,
        "licence_number": practitioner.licence_number,
        "room_name": room.name,
    }
