"""Sign-in links by mail: an invitation, or a way back for who has lost the password (A12, A13).

The token lies sealed in the message; its hash becomes a link when the message leaves.
"""

from base64 import b64decode, b64encode
from datetime import datetime

from booking.access.vault import Vault, digest, mint_token
from booking.actions.on_demand import STAFF_LINK, check_address, note_request, plan_message
from booking.actions.staff import LINK_LASTS
from booking.records import staff
from booking.records.outbox import Stored
from booking.records.transaction import Connection
from booking.scheduling.clinic import Clinic
from booking.scheduling.people import email_key

MISSING = "Please give the e-mail address of your account."


def request_link(clinic: Clinic, typed: str, origin: str | None, now: datetime, vault: Vault) -> None:
    """Note that somebody wants a sign-in link for an address; above a limit nothing, without a word.

    Args:
        clinic: whose staff.
        typed: the address as typed.
        origin: the keyed hash of the network address that asks; None where limits are off.
        now: the present instant.
        vault: seals the token, and names the address without naming it.

    Raises:
        Invalid: this is no e-mail address.
    """
    address = check_address(typed, MISSING)
    name = vault.pseudonym(f"staff:{email_key(address)}")
    note_request(clinic, name, origin, now, lambda conn: add_message(conn, clinic, address, now, vault))


def add_message(conn: Connection, clinic: Clinic, address: str, now: datetime, vault: Vault) -> None:
    """Plan a message with a new link."""
    token = mint_token()
    key = digest(token)
    snapshot = {"sealed": b64encode(vault.seal(token, STAFF_LINK)).decode(), "digest": key}
    plan_message(conn, clinic, STAFF_LINK, key, address, snapshot, now)


def open_link(conn: Connection, stored: Stored) -> bytes | None:
    """Let the link of a message that leaves be good from now on, and return its sealed token.

    None: no active account has the address, or the message cannot be read.
    """
    if stored.kind != STAFF_LINK:
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
