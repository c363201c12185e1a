"""Rows that claims need around them: owners and resources, written past the actions."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select

from booking.records.tables import appointment, block, claim, hold, patient, resource
from booking.scheduling.clinic import Clinic
from booking.scheduling.timeline import minute_of
from tests.databases import MORNING

TEN = datetime(2026, 11, 24, 10, 0)  # a Tuesday, clinic wall time
AT = minute_of(TEN)
HOUR = timedelta(hours=1)

Owner = tuple[str, int]


def add_block(conn: Connection, clinic: Clinic) -> Owner:
    """Store a block without claims and return it as an owner."""
    row = {
        "clinic_id": clinic.id,
        "kind": "admin",
        "starts": TEN,
        "ends": TEN + HOUR,
        "reason": "stocktaking",
        "created_at": MORNING,
        "created_by": "test",
    }
    return ("block_id", conn.execute(insert(block).values(row).returning(block.c.id)).scalar_one())


def add_hold(conn: Connection, clinic: Clinic, expires_at: datetime) -> Owner:
    """Store a hold without claims and return it as an owner."""
    row = {
        "clinic_id": clinic.id,
        "kind": "online",
        "visitor": "v" * 43,
        "service_id": clinic.services[0].id,
        "practitioner_id": clinic.practitioners[0].id,
        "room_id": clinic.rooms[0].id,
        "starts": TEN,
        "ends": TEN + HOUR,
        "expires_at": expires_at,
        "first_held_at": MORNING,
    }
    return ("hold_id", conn.execute(insert(hold).values(row).returning(hold.c.id)).scalar_one())


def add_patient(conn: Connection, clinic: Clinic) -> int:
    """Store a patient and return the id."""
    row = {
        "clinic_id": clinic.id,
        "name": "Zoë O'Neil-آرش",
        "name_key": "zoë o'neil-آرش",
        "email": "zoe@example.org",
        "email_key": "zoe@example.org",
        "language": "en-CA",
        "created_at": MORNING,
    }
    return conn.execute(insert(patient).values(row).returning(patient.c.id)).scalar_one()


def add_appointment(conn: Connection, clinic: Clinic, reference: str = "K7WQ2M") -> Owner:
    """Store an appointment without claims and return it as an owner."""
    row = {
        "clinic_id": clinic.id,
        "reference": reference,
        "patient_id": add_patient(conn, clinic),
        "practitioner_id": clinic.practitioners[0].id,
        "room_id": clinic.rooms[0].id,
        "service_id": clinic.services[0].id,
        "starts": TEN,
        "ends": TEN + HOUR,
        "sold_as": {"service_name": "Acupuncture"},
        "first_visit": False,
        "created_at": MORNING,
        "created_by": "test",
    }
    stored = conn.execute(insert(appointment).values(row).returning(appointment.c.id)).scalar_one()
    return ("appointment_id", stored)


def add_claim(conn: Connection, clinic: Clinic, owner: Owner, unit: int, starts: int, ends: int) -> int:
    """Store one claim, bare, and return its id."""
    row = {"clinic_id": clinic.id, "resource_id": unit, "starts": starts, "ends": ends, owner[0]: owner[1]}
    if owner[0] == "hold_id":
        row["expires"] = int(MORNING.timestamp()) + 600
    return conn.execute(insert(claim).values(row).returning(claim.c.id)).scalar_one()


def one_of_each_kind(conn: Connection, clinic: Clinic) -> dict[str, int]:
    """Return the id of one resource of each kind, a patient's included."""
    person, room, device = clinic.practitioners[0], clinic.rooms[0], clinic.devices[0]
    row = {"clinic_id": clinic.id, "kind": "patient", "patient_id": add_patient(conn, clinic)}
    return {
        "hands": person.hands,
        "seat": person.seats[0],
        "room": room.resource,
        "device": device.units[0],
        "patient": conn.execute(insert(resource).values(row).returning(resource.c.id)).scalar_one(),
    }


def list_claims(conn: Connection) -> list[tuple[int, int, int]]:
    """Return (resource, starts, ends) of every claim, in order."""
    columns = (claim.c.resource_id, claim.c.starts, claim.c.ends)
    return [tuple(row) for row in conn.execute(select(*columns).order_by(*columns))]
