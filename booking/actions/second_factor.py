"""Second steps of staff: set up, ask for, use up, and take away (A16)."""

from base64 import b64decode, b64encode
from datetime import datetime, timedelta

from booking.access.passwords import SHORTEST, needs_second_step
from booking.access.second_factor import (
    address_of,
    find_step,
    key_words,
    new_secret,
    plain_recovery_code,
    recovery_codes,
)
from booking.access.vault import Unsealable, Vault, digest, mint_token
from booking.actions.recording import record
from booking.actions.values import Actor, Staff
from booking.records import staff
from booking.records.database import reading
from booking.records.staff import Account
from booking.records.transaction import Connection, light_transaction, transaction
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, NotFound, TooMany

HALF_LASTS = timedelta(minutes=10)
MOST_TRIES, TRIES_IN = 10, timedelta(hours=1)
WRONG = "This code is not right, or was used already. Wait for the next one and try again."
TOO_MANY = "Too many codes were tried. Please wait an hour, or ask an admin."
GONE = "This took too long. Please sign in again."
TOO_SHORT = (
    "Your password is short, which is enough only beside a second step. "
    f"Choose one of at least {SHORTEST} characters first, then turn the second step off."
)


def offer_secret(clinic: Clinic, account: Staff, vault: Vault) -> tuple[str, str, str]:
    """Return a new secret sealed for the form, as people type it, and as an app's address."""
    secret = new_secret()
    sealed = b64encode(vault.seal(secret.hex(), _context(account.id))).decode()
    return sealed, key_words(secret), address_of(secret, account.email, clinic.discreet_name)


def words_of(account: Staff, sealed: str, clinic: Clinic, vault: Vault) -> tuple[str, str]:
    """Return an offered secret again, as people type it and as an app's address.

    Raises:
        Invalid: it was not offered to this account.
    """
    secret = _opened(account.id, sealed, vault)
    return key_words(secret), address_of(secret, account.email, clinic.discreet_name)


def turn_on(
    clinic: Clinic, account: Staff, sealed: str, code: str, by: Actor, now: datetime, vault: Vault
) -> list[str]:
    """Ask for codes of this secret from now on, and return the recovery codes, which are shown once.

    The same form again (a reload, a double click) changes nothing and shows the same codes: what
    was printed stays good, and what was used stays used. The same secret at another time has others.

    Raises:
        Invalid: the code is not one of the offered secret, or the secret was not offered.
    """
    secret = _opened(account.id, sealed, vault)
    step = find_step(secret, code, now)
    if step is None:
        raise Invalid({"code": WRONG})
    codes = recovery_codes(vault.pseudonym(f"recovery:{secret.hex()}:{step}"))

    def work(conn: Connection) -> None:
        is_on = _secret_of(_get(conn, clinic, account.id), vault) == secret
        if is_on and not staff.use_step(conn, account.id, step):
            return
        stored = vault.seal(secret.hex(), _context(account.id))
        staff.change(conn, account.id, {"totp": stored, "totp_step": step})
        staff.replace_recovery(conn, account.id, [digest(plain_recovery_code(one)) for one in codes])
        record(conn, clinic, "staff:second-step-on", by, now, None, None, {"staff": account.id})

    transaction(clinic.id, now, work)
    return codes


def turn_off(clinic: Clinic, staff_id: int, by: Actor, now: datetime) -> None:
    """Ask one's own account for no second step any more.

    Raises:
        NotFound: no such account.
        Invalid: its password is too short to stand alone (A14).
    """

    def work(conn: Connection) -> None:
        account = _get(conn, clinic, staff_id)
        if needs_second_step(account.password):
            raise Invalid({"off": TOO_SHORT})
        _take_away(conn, clinic, account, {}, by, now)

    transaction(clinic.id, now, work)


def turn_off_for(clinic: Clinic, staff_id: int, by: Actor, now: datetime) -> None:
    """Ask a colleague who has lost phone and recovery codes for no second step any more.

    A password that is too short to stand alone goes with it (A14); a sign-in link is the way back.

    Raises:
        NotFound: no such account.
    """

    def work(conn: Connection) -> None:
        account = _get(conn, clinic, staff_id)
        gone = {"password": None} if needs_second_step(account.password) else {}
        _take_away(conn, clinic, account, gone, by, now)

    transaction(clinic.id, now, work)


def half_way(staff_id: int, now: datetime, vault: Vault) -> str:
    """Return what a browser brings back that has shown the first factor."""
    return b64encode(vault.seal(f"{staff_id} {now.isoformat()}", "half")).decode()


def take_second_step(clinic: Clinic, half: str, code: str, now: datetime, vault: Vault) -> str:
    """Return the token of a new session for who brings a right code after the first factor.

    Raises:
        NotFound: the first factor was shown too long ago, or by nobody.
        TooMany: ten codes were tried within the hour.
        Invalid: the code is wrong or was used.
    """
    staff_id = _staff_of(half, now, vault)
    name = vault.pseudonym(f"second:{staff_id}")
    tried, _ = reading(lambda conn: staff.count_tries(conn, clinic.id, name, None, now - TRIES_IN))
    if tried >= MOST_TRIES:
        raise TooMany(TOO_MANY)
    token = mint_token()

    def work(conn: Connection) -> bool:
        account = staff.find(conn, clinic.id, staff_id)
        if account is None or not account.active or account.totp is None:
            raise NotFound(GONE)
        if not _use(conn, account, code, now, vault):
            return False
        staff.add_session(conn, staff_id, digest(token), now)
        return True

    if not transaction(clinic.id, now, work):
        light_transaction(lambda conn: staff.add_try(conn, clinic.id, name, None, now))
        raise Invalid({"code": WRONG})
    return token


def _get(conn: Connection, clinic: Clinic, staff_id: int) -> Account:
    account = staff.find(conn, clinic.id, staff_id)
    if account is None:
        raise NotFound("There is no such account.")
    return account


def _take_away(
    conn: Connection, clinic: Clinic, account: Account, gone: dict[str, None], by: Actor, now: datetime
) -> None:
    staff.change(conn, account.id, {"totp": None, "totp_step": None, **gone})
    staff.replace_recovery(conn, account.id, [])
    record(conn, clinic, "staff:second-step-off", by, now, None, None, {"staff": account.id})


def _use(conn: Connection, account: Account, code: str, now: datetime, vault: Vault) -> bool:
    """Use a code up, of the app or for recovery; a used one is refused (A16)."""
    secret = _secret_of(account, vault)
    step = find_step(secret, code, now) if secret else None
    if step is not None:
        return staff.use_step(conn, account.id, step)
    plain = plain_recovery_code(code)
    return bool(plain) and staff.use_recovery(conn, account.id, digest(plain), now)


def _secret_of(account: Account, vault: Vault) -> bytes:
    """Return the secret that an account's app has; empty without one, and after SECRET_KEY was changed."""
    try:
        return bytes.fromhex(vault.unseal(account.totp or b"", _context(account.id)))
    except (Unsealable, ValueError):
        return b""


def _staff_of(half: str, now: datetime, vault: Vault) -> int:
    try:
        number, _, since = vault.unseal(b64decode(half), "half").partition(" ")
        if now - datetime.fromisoformat(since) < HALF_LASTS:
            return int(number)
    except (Unsealable, ValueError):
        pass
    raise NotFound(GONE)


def _opened(staff_id: int, sealed: str, vault: Vault) -> bytes:
    try:
        return bytes.fromhex(vault.unseal(b64decode(sealed), _context(staff_id)))
    except (Unsealable, ValueError):
        raise Invalid({"code": "This form is too old. Please begin again."}) from None


def _context(staff_id: int) -> str:
    return f"totp:{staff_id}"
