"""Send the links of an address's visits to that address, whoever asks (A17, A18)."""

from datetime import datetime

from booking.access.vault import Vault
from booking.actions.on_demand import LINK, check_address, note_request, plan_message
from booking.scheduling import people
from booking.scheduling.clinic import Clinic

MISSING = "Please give the e-mail address that you booked with."


def request(clinic: Clinic, typed: str, origin: str | None, now: datetime, vault: Vault) -> None:
    """Note that somebody wants the links of an address; above a limit nothing, without a word.

    Args:
        clinic: The clinic.
        typed: The address as typed.
        origin: The keyed hash of the network address that asks; None where limits are off.
        now: The present instant.
        vault: Names the address without naming it.

    Raises:
        Invalid: this is no e-mail address.
    """
    address = check_address(typed, MISSING)
    name = vault.pseudonym(people.email_key(address))
    key = f"{name}:{now.timestamp():.6f}"
    note_request(
        clinic, name, origin, now, lambda conn: plan_message(conn, clinic, LINK, key, address, {}, now)
    )
