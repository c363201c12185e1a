"""What the database really holds, read with plain SQL, and what it should hold."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, create_engine, text

Owner = tuple[str, int]  # "appointment", "hold" or "block", and its id
Row = tuple[str, str, int, int]  # kind of resource, whose, starts, ends (minutes since 2000)

EPOCH = datetime(2000, 1, 1)

OVERLAPS = text(
    "SELECT count(*) FROM claim AS one JOIN claim AS other ON one.resource_id = other.resource_id"
    " AND one.id < other.id AND one.starts < other.ends AND other.starts < one.ends"
)
_CLAIMS = text(
    "SELECT claim.appointment_id, claim.hold_id, claim.block_id, claim.starts, claim.ends,"
    " resource.kind, practitioner.code AS person, room.code AS room, device.facts AS device,"
    " resource.patient_id AS patient FROM claim JOIN resource ON resource.id = claim.resource_id"
    " LEFT JOIN practitioner ON practitioner.id = resource.practitioner_id"
    " LEFT JOIN room ON room.id = resource.room_id LEFT JOIN device ON device.id = resource.device_id"
    " WHERE claim.clinic_id = :clinic AND claim.starts >= :first AND claim.starts < :last"
)
_APPOINTMENTS = text(
    "SELECT appointment.id, appointment.reference, appointment.status, appointment.version,"
    " appointment.starts, appointment.companion, appointment.sold_as, appointment.patient_id,"
    " practitioner.code AS person, room.code AS room FROM appointment"
    " JOIN practitioner ON practitioner.id = appointment.practitioner_id"
    " JOIN room ON room.id = appointment.room_id WHERE appointment.clinic_id = :clinic"
)


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Give a connection of nobody else's: every statement sees what is committed by then."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as conn:
            yield conn
    finally:
        engine.dispose()


def minute(when: datetime) -> int:
    """Return a wall time as minutes since 2000."""
    return int((when - EPOCH).total_seconds()) // 60


def count_overlaps(conn: Connection) -> int:
    """Return how many pairs of claims of one resource overlap."""
    found: int = conn.execute(OVERLAPS).scalar_one()
    return found


def claims(
    conn: Connection, clinic_id: int, first: int = 0, last: int = 1 << 30
) -> dict[Owner, Counter[Row]]:
    """Return every owner's claims that begin within [first, last)."""
    found: dict[Owner, Counter[Row]] = {}
    for row in conn.execute(_CLAIMS, {"clinic": clinic_id, "first": first, "last": last}):
        owners = {"appointment": row.appointment_id, "hold": row.hold_id, "block": row.block_id}
        owner = next((name, number) for name, number in owners.items() if number is not None)
        device = _json(row.device)["kind"] if row.device else None
        whose = row.person or row.room or device or str(row.patient)
        found.setdefault(owner, Counter())[(row.kind, whose, row.starts, row.ends)] += 1
    return found


def appointments(conn: Connection, clinic_id: int) -> dict[str, dict[str, Any]]:
    """Return every appointment by reference; ``starts`` is a wall time, ``sold_as`` read."""
    found = {}
    for row in conn.execute(_APPOINTMENTS, {"clinic": clinic_id}).mappings():
        starts = row["starts"]
        starts = datetime.fromisoformat(starts) if isinstance(starts, str) else starts
        found[row["reference"]] = {**row, "starts": starts, "sold_as": _json(row["sold_as"])}
    return found


def count(conn: Connection, question: str) -> int:
    """Return the number that a question in SQL asks for."""
    found: int = conn.execute(text(question)).scalar_one()
    return found


def due_claims(visit: Mapping[str, Any]) -> Counter[Row]:
    """Return the claims that an appointment must have, worked out from what it was sold as."""
    if visit["status"] == "cancelled":
        return Counter()
    sold, at = visit["sold_as"], minute(visit["starts"])
    end = at + sum(minutes for minutes, _ in sold["steps"])
    clean = end + sold["reset_minutes"]
    found = Counter(_hands(visit["person"], sold, at))
    found[("seat", visit["person"], at, end)] += 1
    found[("patient", str(visit["patient_id"]), at, end)] += 1
    found[("room", visit["room"], at, clean if "room" in sold["reset_holds"] else end)] += 1
    until = clean if "device" in sold["reset_holds"] else end
    for kind, units in sold["needs"].items():
        with_companion = bool(visit["companion"]) and kind == "eyewear"
        found[("device", kind, at, until)] += units + with_companion
    return found


def _hands(person: str, sold: Mapping[str, Any], at: int) -> Iterator[Row]:
    """Yield the stretches in which hands are needed, touching ones as one."""
    parts = list(sold["steps"])
    if sold["reset_minutes"] and "practitioner" in sold["reset_holds"]:
        parts.append([sold["reset_minutes"], True])
    since = None
    for minutes, hands_on in [*parts, [0, False]]:
        if hands_on and since is None:
            since = at
        if not hands_on and since is not None:
            yield ("hands", person, since, at)
            since = None
        at += minutes


def wrong_claims(conn: Connection, clinic_id: int) -> list[str]:
    """Return a line for every appointment that does not have exactly its claims."""
    held = claims(conn, clinic_id)
    found = []
    for reference, visit in appointments(conn, clinic_id).items():
        due, has = due_claims(visit), held.get(("appointment", visit["id"]), Counter())
        if due != has:
            found.append(f"{reference} ({visit['status']}): due {due - has}, not due {has - due}")
    return found


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
