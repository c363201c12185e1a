"""Sign-in links by mail: an invitation, or a way back for who has lost the password (A12, A13).

The token lies sealed in the message; its hash becomes a link when the message leaves. So
nothing here depends on whether an address has an account: neither answer nor work.
"""

from base64 import b64decode, b64encode
from datetime import datetime, timedelta

from booking.access.vault import Vault, digest, mint_token
from booking.actions.contact import check_email
from booking.actions.staff import LINK_LASTS
from booking.records import link_requests, messages, staff
from booking.records.database import reading
from booking.records.outbox import Stored
from booking.records.transaction import Connection, transaction
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid
from booking.scheduling.people import email_key
from booking.scheduling.zone import zone_data_version

KIND = "staff_link"
PER_ADDRESS = 3  # requests an hour
PER_ORIGIN = 20
HOUR = timedelta(hours=1)


def request_link(clinic: Clinic, address: str, origin: str | None, now: datetime, vault: Vault) -> None:
    """Note that somebody wants a sign-in link for an address; above a limit nothing, without a word.

    Args:
        clinic: whose staff.
        address: as typed.
        origin: the keyed hash of the network address that asks; None where limits are off.
        now: the present instant.
        vault: seals the token, and names the address without naming it.

    Raises:
        Invalid: this is no e-mail address.
    """
    try:
        checked = check_email(address)
    except ValueError as error:
        raise Invalid({"email": str(error)}) from error
    if checked is None:
        raise Invalid({"email": "Please give the e-mail address of your account."})
    name = vault.pseudonym(f"staff:{email_key(checked)}")

    def work(conn: Connection) -> None:
        if not _is_too_much(conn, name, origin, now):
            link_requests.add(conn, clinic.id, name, origin, now)
            add_message(conn, clinic, checked, now, vault)

    if not reading(lambda conn: _is_too_much(conn, name, origin, now)):
        transaction(clinic.id, now, work)


def add_message(conn: Connection, clinic: Clinic, address: str, now: datetime, vault: Vault) -> str:
    """Plan a message with a new link and return the link's token."""
    token = mint_token()
    row = {
        "kind": KIND,
        "dedupe_key": f"{KIND}:{digest(token)}",
        "state": "planned",
        "reason": None,
        "planned_for": now,
    }
    shared = {
        "clinic_id": clinic.id,
        "appointment_id": None,
        "recipient": address,
        "language": clinic.default_locale,
        "snapshot": {"sealed": b64encode(vault.seal(token, KIND)).decode(), "digest": digest(token)},
        "sequence": 0,
        "zone_data": zone_data_version(),
        "created_at": now,
    }
    messages.add_all(conn, shared, [row])
    return token


def open_link(conn: Connection, stored: Stored) -> bytes | None:
    """Let the link of a message that leaves be good from now on, and return its sealed token.

    None: no active account has the address, or the message cannot be read.
    """
    if stored.kind != KIND:
        return None
    account = staff.find_by_email(conn, stored.clinic_id, email_key(stored.recipient))
    if account is None or not account.active:
        return None
    try:
        sealed, known = b64decode(stored.snapshot["sealed"]), str(stored.snapshot["digest"])
    except (KeyError, TypeError, ValueError):
        return None
    staff.add_link_once(conn, account.id, known, stored.created_at + LINK_LASTS)
    return sealed


def _is_too_much(conn: Connection, name: str, origin: str | None, now: datetime) -> bool:
    of_address, of_origin = link_requests.count(conn, name, origin, now - HOUR)
    return of_address >= PER_ADDRESS or (origin is not None and of_origin >= PER_ORIGIN)
