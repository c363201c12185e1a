"""Messages about no visit that anybody may ask for: whether somebody gets one is looked up when it leaves.

So nothing here depends on whether an address is known: neither the answer nor the work done,
so nor does the time it takes (A17, A18).
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from booking.actions.contact import check_email
from booking.records import link_requests, messages
from booking.records.database import reading
from booking.records.transaction import Connection, transaction
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid
from booking.scheduling.zone import zone_data_version

LINK = "link"  # the links of an address's visits
STAFF_LINK = "staff_link"  # signs a member of staff in
ON_DEMAND = (LINK, STAFF_LINK)
PER_ADDRESS = 3  # requests an hour
PER_ORIGIN = 20
HOUR = timedelta(hours=1)


def check_address(typed: str, missing: str) -> str:
    """Return an address as stored. Args: ``missing`` is what to say where nothing was typed.

    Raises:
        Invalid: this is no e-mail address.
    """
    try:
        address = check_email(typed)
    except ValueError as error:
        raise Invalid({"email": str(error)}) from error
    if address is None:
        raise Invalid({"email": missing})
    return address


def note_request(
    clinic: Clinic, name: str, origin: str | None, now: datetime, plan: Callable[[Connection], object]
) -> None:
    """Note a request and do what it asks for; above a limit nothing, without a word.

    Args:
        clinic: The clinic.
        name: The keyed hash of the address that is asked for.
        origin: The keyed hash of the network address that asks; None where limits are off.
        now: The present instant.
        plan: Plans the message, in the same transaction.
    """

    def work(conn: Connection) -> None:
        if not _is_too_much(conn, name, origin, now):  # somebody may have been quicker
            link_requests.add(conn, clinic.id, name, origin, now)
            plan(conn)

    if not reading(lambda conn: _is_too_much(conn, name, origin, now)):
        transaction(clinic.id, now, work)


def plan_message(
    conn: Connection,
    clinic: Clinic,
    kind: str,
    key: str,
    address: str,
    snapshot: Mapping[str, str],
    now: datetime,
) -> None:
    """Plan a message that is due at once. Args: ``key`` tells it from others of its kind."""
    shared = {
        "clinic_id": clinic.id,
        "appointment_id": None,
        "recipient": address,
        "language": clinic.default_locale,
        "snapshot": snapshot,
        "sequence": 0,
        "zone_data": zone_data_version(),
        "created_at": now,
    }
    row = {
        "kind": kind,
        "dedupe_key": f"{kind}:{key}",
        "state": "planned",
        "reason": None,
        "planned_for": now,
    }
    messages.add_all(conn, shared, [row])


def _is_too_much(conn: Connection, name: str, origin: str | None, now: datetime) -> bool:
    of_address, of_origin = link_requests.count(conn, name, origin, now - HOUR)
    return of_address >= PER_ADDRESS or (origin is not None and of_origin >= PER_ORIGIN)
