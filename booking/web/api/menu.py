"""What can be booked, and with whom."""

from typing import Any

from flask import Response, jsonify

from booking.scheduling.clinic import Clinic, Practitioner, Service
from booking.scheduling.prices import tax_cents
from booking.web.api.blueprint import blueprint, clinic


@blueprint.get("/services")
def services() -> Response:
    """List the services in the clinic's order."""
    here = clinic()
    return jsonify([_service(here, service) for service in here.services])


@blueprint.get("/practitioners")
def practitioners() -> Response:
    """List the practitioners in the clinic's order."""
    return jsonify([_practitioner(person) for person in clinic().practitioners])


def _service(here: Clinic, service: Service) -> dict[str, Any]:
    return {
        "id": service.code,
        "name": service.name,
        "kind": service.kind,
        "minutes": service.shape.minutes,
        "price_cents": service.price_cents,
        "total_cents": service.price_cents + tax_cents(service.price_cents, service.gst, here.gst_percent),
        "gst": service.gst,
        "safety_notice": service.safety_gate is not None,
        "companion_allowed": service.shape.companion_allowed,
        "for_patients": service.for_patients,
    }


def _practitioner(person: Practitioner) -> dict[str, Any]:
    return {
        "id": person.code,
        "name": person.name,
        "title": person.title,
        "licensing_body": person.licensing_body,
        "licence_number": person.licence_number,
        "kinds": sorted(person.kinds),
        "languages": list(person.languages),
    }
