"""Passkeys: added to one's account, signed in with, taken away. One counts as both factors (WebAuthn)."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from booking.access.vault import digest, mint_token
from booking.actions.recording import record
from booking.actions.values import Actor, Staff
from booking.records import passkeys, staff
from booking.records.database import reading
from booking.records.passkeys import Passkey
from booking.records.transaction import Connection, transaction
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, NotFound

LOOPBACK = ("127.0.0.1", "::1", "localhost")
LONGEST_NAME = 40
WRONG = "This passkey was not accepted. Please try again, or sign in with your password."


def list_passkeys(account: Staff) -> Sequence[Passkey]:
    """Return an account's passkeys."""
    return reading(lambda conn: passkeys.list_of(conn, account.id))


def creation_options(clinic: Clinic, account: Staff, challenge: str, base_url: str) -> str:
    """Return what a browser needs to make a passkey for an account, as JSON."""
    have = [
        PublicKeyCredentialDescriptor(base64url_to_bytes(one.credential)) for one in list_passkeys(account)
    ]
    options = webauthn.generate_registration_options(
        rp_id=_site(base_url),
        rp_name=clinic.discreet_name,
        user_id=f"staff:{account.id}".encode(),
        user_name=account.email,
        user_display_name=account.name,
        challenge=challenge.encode(),
        exclude_credentials=have,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return webauthn.options_to_json(options)


def request_options(challenge: str, base_url: str) -> str:
    """Return what a browser needs to sign in by any passkey of this site, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=_site(base_url),
        challenge=challenge.encode(),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def add_passkey(
    clinic: Clinic,
    account: Staff,
    credential: str,
    challenge: str,
    name: str,
    by: Actor,
    now: datetime,
    base_url: str,
) -> None:
    """Store a passkey that a browser has made for this challenge.

    Raises:
        Invalid: it was not made for this site and challenge, or without asking for the person.
    """
    made = _verified(credential, challenge, base_url)
    fields = {
        "staff_id": account.id,
        "credential": bytes_to_base64url(made.credential_id),
        "public_key": made.credential_public_key,
        "sign_count": made.sign_count,
        "name": " ".join(name.split())[:LONGEST_NAME] or "Passkey",
        "created_at": now,
    }

    def work(conn: Connection) -> None:
        if passkeys.find(conn, clinic.id, str(fields["credential"])) is not None:
            raise Invalid({"passkey": "This passkey is known already."})
        passkeys.add(conn, fields)
        record(conn, clinic, "staff:passkey", by, now, None, None, {"staff": account.id})

    transaction(clinic.id, now, work)


def sign_in_by_passkey(clinic: Clinic, credential: str, challenge: str, now: datetime, base_url: str) -> str:
    """Return the token of a new session for who proves to have a passkey.

    Raises:
        Invalid: nobody's passkey, or not proven for this site and challenge.
    """
    token = mint_token()

    def work(conn: Connection) -> bool:
        try:
            told = webauthn.helpers.parse_authentication_credential_json(credential)
            known = passkeys.find(conn, clinic.id, told.id)
            if known is None:
                return False
            proven = webauthn.verify_authentication_response(
                credential=told,
                expected_challenge=challenge.encode(),
                expected_rp_id=_site(base_url),
                expected_origin=_origins(base_url),
                credential_public_key=known.public_key,
                credential_current_sign_count=known.sign_count,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError):
            return False
        if not passkeys.use(conn, known, proven.new_sign_count, now):
            return False
        staff.add_session(conn, known.staff_id, digest(token), now)
        return True

    if not transaction(clinic.id, now, work):
        raise Invalid({"passkey": WRONG})
    return token


def remove_passkey(clinic: Clinic, account: Staff, passkey_id: int, by: Actor, now: datetime) -> None:
    """Take one of an account's passkeys away.

    Raises:
        NotFound: it has none such.
    """

    def work(conn: Connection) -> None:
        if not passkeys.remove(conn, account.id, passkey_id):
            raise NotFound("There is no such passkey.")
        record(conn, clinic, "staff:passkey-gone", by, now, None, None, {"staff": account.id})

    transaction(clinic.id, now, work)


def _verified(credential: str, challenge: str, base_url: str) -> VerifiedRegistration:
    try:
        return webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge.encode(),
            expected_rp_id=_site(base_url),
            expected_origin=_origins(base_url),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise Invalid({"passkey": WRONG}) from error


def _site(base_url: str) -> str:
    """Return the name that passkeys are bound to: a numeric loopback address is none."""
    host = urlsplit(base_url).hostname or "localhost"
    return "localhost" if host in LOOPBACK else host


def _origins(base_url: str) -> list[str]:
    parts = urlsplit(base_url)
    if parts.hostname not in LOOPBACK:
        return [base_url]
    port = f":{parts.port}" if parts.port else ""
    return [base_url, f"{parts.scheme}://localhost{port}"]
