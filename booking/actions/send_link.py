"""Send the links of an address's visits to that address, whoever asks (A17, A18)."""

from datetime import datetime, timedelta

from booking.access.vault import Vault
from booking.actions.contact import check_email
from booking.records import link_requests, messages
from booking.records.database import reading
from booking.records.transaction import Connection, transaction
from booking.scheduling import people
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid
from booking.scheduling.zone import zone_data_version

KIND = "link"
PER_ADDRESS = 3  # requests an hour
PER_ORIGIN = 20
HOUR = timedelta(hours=1)


def request(clinic: Clinic, address: str, origin: str | None, now: datetime, vault: Vault) -> None:
    """Note that somebody wants the links of an address.

    Nothing here depends on whether the address is known: neither the answer nor the
    work done, so nor does the time it takes. Whether there is anything to send is
    looked up when the message is due. Above a limit nothing is noted, without a word.

    Args:
        clinic: The clinic.
        address: As typed.
        origin: The keyed hash of the network address that asks; None where limits are off.
        now: The present instant.
        vault: Names the address without naming it.

    Raises:
        Invalid: this is no e-mail address.
    """
    checked = _checked(address)
    name = vault.pseudonym(people.email_key(checked))
    if reading(lambda conn: _is_too_much(conn, name, origin, now)):
        return

    def work(conn: Connection) -> None:
        if _is_too_much(conn, name, origin, now):  # somebody was quicker
            return
        link_requests.add(conn, clinic.id, name, origin, now)
        messages.add_all(conn, _shared(clinic, checked, now), [_row(name, now)])

    transaction(clinic.id, now, work)


def _checked(address: str) -> str:
    try:
        checked = check_email(address)
    except ValueError as error:
        raise Invalid({"email": str(error)}) from error
    if checked is None:
        raise Invalid({"email": "Please give the e-mail address that you booked with."})
    return checked


def _is_too_much(conn: Connection, name: str, origin: str | None, now: datetime) -> bool:
    of_address, of_origin = link_requests.count(conn, name, origin, now - HOUR)
    return of_address >= PER_ADDRESS or (origin is not None and of_origin >= PER_ORIGIN)


def _row(name: str, now: datetime) -> dict[str, object]:
    return {
        "kind": KIND,
        "dedupe_key": f"{KIND}:{name}:{now.timestamp():.6f}",
        "state": "planned",
        "reason": None,
        "planned_for": now,
    }


def _shared(clinic: Clinic, address: str, now: datetime) -> dict[str, object]:
    return {
        "clinic_id": clinic.id,
        "appointment_id": None,
        "recipient": address,
        "language": clinic.default_locale,
        "snapshot": {},
        "sequence": 0,
        "zone_data": zone_data_version(),
        "created_at": now,
    }
