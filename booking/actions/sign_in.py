"""Sign staff in and out; a session is a row, so that it ends when we say so (A11)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.access.passwords import is_password
from booking.access.vault import Vault, digest, mint_token
from booking.actions.second_factor import half_way
from booking.actions.values import Staff
from booking.records import staff
from booking.records.database import reading
from booking.records.staff import Account
from booking.records.transaction import Connection, light_transaction, transaction
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, NotFound, TooMany
from booking.scheduling.people import email_key

IDLE = timedelta(minutes=30)
LONGEST_SESSION = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
TRIES_IN = timedelta(minutes=15)
MOST_TRIES = 5  # of one account from one address; others are not locked out by them (A15)
MOST_TRIES_FROM = 20  # of all accounts from one address

WRONG = "Address or password are not right. Please try again, or ask for a sign-in link."
TOO_MANY = "Too many tries. Please wait a quarter of an hour, or ask an admin for a sign-in link."
USED = "This link was used or has run out. Please ask an admin for a new one."


@dataclass(frozen=True)
class Entered:
    """Who has shown the first factor: the new session's token, or what the second step needs."""

    token: str | None
    half: str | None


def sign_in(
    clinic: Clinic, email: str, password: str, origin: str | None, vault: Vault, now: datetime
) -> Entered:
    """Begin a session or ask for the second step; an unknown address is like a wrong password.

    Raises:
        Invalid: they do not fit.
        TooMany: too many tries of this account, or of any, from this address.
    """
    account = vault.pseudonym(f"staff:{email_key(email)}")
    since = now - TRIES_IN
    mine, all_from_there = reading(lambda conn: staff.count_tries(conn, clinic.id, account, origin, since))
    if mine >= MOST_TRIES or all_from_there >= MOST_TRIES_FROM:
        raise TooMany(TOO_MANY)
    found = reading(lambda conn: staff.find_by_email(conn, clinic.id, email_key(email)))
    if not is_password(found.password if found else None, password) or found is None or not found.active:
        light_transaction(lambda conn: staff.add_try(conn, clinic.id, account, origin, now))
        raise Invalid({"password": WRONG})
    if found.totp is not None:
        return Entered(None, half_way(found.id, now, vault))
    token = mint_token()
    light_transaction(lambda conn: staff.add_session(conn, found.id, digest(token), now))
    return Entered(token, None)


def find_invited(clinic: Clinic, link: str, now: datetime) -> Staff | None:
    """Return whom a link would sign in; it is not used up by looking (M7)."""
    return _seen(reading(lambda conn: staff.find_by_link(conn, clinic.id, digest(link), now)))


def sign_in_by_link(clinic: Clinic, link: str, now: datetime, vault: Vault) -> Entered:
    """Use a link up and begin a session, or ask for the second step.

    Raises:
        NotFound: it was used, has run out, or there is no such link.
    """
    token = mint_token()

    def work(conn: Connection) -> Entered:
        account = staff.find_by_link(conn, clinic.id, digest(link), now)
        if account is None or not staff.use_link(conn, digest(link), now):
            raise NotFound(USED)
        if account.totp is not None:
            return Entered(None, half_way(account.id, now, vault))
        staff.add_session(conn, account.id, digest(token), now)
        return Entered(token, None)

    return transaction(clinic.id, now, work)


def find_signed_in(clinic: Clinic, token: str, now: datetime, *, is_used: bool = True) -> Staff | None:
    """Return whose session a token is; None where it was ended, idle for long, or too old.

    Args: ``is_used`` False where nobody has done anything: a page that looks by itself keeps none alive.
    """
    found = reading(lambda conn: staff.find_session(conn, clinic.id, digest(token)))
    if found is None or now - found.seen_at >= IDLE or now - found.began_at >= LONGEST_SESSION:
        return None
    if is_used and now - found.seen_at >= SEEN_EVERY:
        light_transaction(lambda conn: staff.touch_session(conn, found.id, now))
    return _seen(found.account)


def find_owner(clinic: Clinic, token: str) -> int | None:
    """Return whose session a token is or was, idle for long or not; None where it was ended."""
    found = reading(lambda conn: staff.find_session(conn, clinic.id, digest(token)))
    return found.account.id if found else None


def find_by_token(clinic: Clinic, token: str) -> Staff | None:
    """Return whose token for the API this is."""
    return _seen(reading(lambda conn: staff.find_by_token(conn, clinic.id, digest(token))))


def sign_out(token: str, now: datetime) -> None:
    """End a session."""
    light_transaction(lambda conn: staff.end_session(conn, digest(token), now))


def _seen(account: Account | None) -> Staff | None:
    """Return what pages may know of an account: not its password's hash."""
    if account is None:
        return None
    known = {k: v for k, v in vars(account).items() if k not in ("active", "password", "totp")}
    return Staff(**known, has_password=account.password is not None, has_second_step=account.totp is not None)
