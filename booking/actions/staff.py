"""Accounts of the staff: made on the command line or by an admin, never by themselves (A13)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.access.passwords import hash_password, needs_second_step, shortest_for, what_is_weak
from booking.access.roles import PRACTITIONER, ROLES
from booking.access.vault import digest, mint_token
from booking.actions.contact import check_email
from booking.actions.recording import record
from booking.actions.values import Actor, Staff
from booking.records import staff
from booking.records.database import reading
from booking.records.staff import Account
from booking.records.transaction import Connection, transaction
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, NotFound
from booking.scheduling.people import email_key

LINK_LASTS = timedelta(hours=48)
LONGEST_NAME = 40


@dataclass(frozen=True)
class NewStaff:
    """An account to be made, as typed.

    ``name`` is how colleagues know them, the first part of the address where none is given;
    ``practitioner`` who of the set-up they are, for those who treat.
    """

    email: str
    role: str
    name: str | None = None
    practitioner: str | None = None


def add_staff(clinic: Clinic, new: NewStaff, by: Actor, now: datetime) -> str:
    """Make an account and return the token of a link that signs in once.

    Raises:
        Invalid: what to do for each field; an address that has an account is one of them.
    """

    def work(conn: Connection) -> str:
        staff_id, _ = add_account(conn, clinic, new, by, now)
        return _link(conn, staff_id, now)

    return transaction(clinic.id, now, work)


def add_account(conn: Connection, clinic: Clinic, new: NewStaff, by: Actor, now: datetime) -> tuple[int, str]:
    """Make an account within a transaction and return its number and its address as stored.

    Raises:
        Invalid: what to do for each field; an address that has an account is one of them.
    """
    address, faults = _checked(clinic, new)
    if staff.find_by_email(conn, clinic.id, email_key(address)) is not None:
        faults["email"] = "There is an account with this address already."
    if faults:
        raise Invalid(faults)
    name = " ".join((new.name or address.partition("@")[0]).split())[:LONGEST_NAME]
    fields = {
        "email": address,
        "email_key": email_key(address),
        "name": _free_name(name, staff.list_names(conn, clinic.id)),
        "role": new.role,
        "practitioner_id": clinic.practitioner[new.practitioner].id if new.practitioner else None,
        "active": True,
        "created_at": now,
    }
    staff_id = staff.add(conn, clinic.id, fields)
    record(conn, clinic, f"staff:{new.role}", by, now, None, None, {"staff": staff_id})
    return staff_id, address


def make_link(clinic: Clinic, email: str, now: datetime) -> str:
    """Return the token of a new link that signs an account in once.

    Raises:
        NotFound: no active account has this address.
    """
    account = get_account(clinic, email)
    return transaction(clinic.id, now, lambda conn: _link(conn, account.id, now))


def make_token(clinic: Clinic, email: str, by: Actor, now: datetime) -> str:
    """Return a new token for the API, which is shown once.

    Raises:
        NotFound: no active account has this address.
    """
    account = get_account(clinic, email)
    token = mint_token()

    def work(conn: Connection) -> None:
        staff.add_token(conn, account.id, digest(token), now)
        record(conn, clinic, "staff:token", by, now, None, None, {"staff": account.id})

    transaction(clinic.id, now, work)
    return token


def choose_password(
    clinic: Clinic, account: Staff, password: str, again: str, by: Actor, now: datetime, session: str
) -> None:
    """Set an account's password; every other browser that was signed in is signed out (A11).

    A short one is taken where the account has a second step, which then stays on with it (A14).

    Raises:
        Invalid: what to do for each field.
    """
    names = (account.name, *account.email.split("@"), clinic.name, clinic.discreet_name)
    weak = what_is_weak(password, names, shortest_for(account.has_second_step))
    if weak:
        raise Invalid({"password": weak})
    if again != password:
        raise Invalid({"again": "The two passwords differ. Please type the same one twice."})
    hashed = hash_password(password)

    def work(conn: Connection) -> None:
        stored = staff.find(conn, clinic.id, account.id)
        if needs_second_step(hashed) and (stored is None or stored.totp is None):
            raise Invalid({"password": what_is_weak(password, names, shortest_for(False)) or ""})
        staff.change(conn, account.id, {"password": hashed})
        staff.end_sessions(conn, account.id, now, but=digest(session))
        record(conn, clinic, "staff:password", by, now, None, None, {"staff": account.id})

    transaction(clinic.id, now, work)


def get_account(clinic: Clinic, email: str) -> Account:
    """Return the active account of an address.

    Raises:
        NotFound: there is none.
    """
    account = reading(lambda conn: staff.find_by_email(conn, clinic.id, email_key(email)))
    if account is None or not account.active:
        raise NotFound("There is no active staff account with this address.")
    return account


def _link(conn: Connection, staff_id: int, now: datetime) -> str:
    token = mint_token()
    staff.add_link(conn, staff_id, digest(token), now + LINK_LASTS)
    return token


def _checked(clinic: Clinic, new: NewStaff) -> tuple[str, dict[str, str]]:
    faults: dict[str, str] = {}
    clean = ""
    try:
        clean = check_email(new.email) or ""
    except ValueError as error:
        faults["email"] = str(error)
    if not clean and not faults:
        faults["email"] = "Please give an e-mail address."
    return clean, faults | check_role(clinic, new.role, new.practitioner)


def check_role(clinic: Clinic, role: str, practitioner: str | None) -> dict[str, str]:
    """Return what is wrong with a role and who of the set-up it is for."""
    faults: dict[str, str] = {}
    if role not in ROLES:
        faults["role"] = "Choose one of: " + ", ".join(ROLES) + "."
    if practitioner is not None and practitioner not in clinic.practitioner:
        faults["practitioner"] = "There is no such practitioner in the clinic's set-up."
    if role == PRACTITIONER and practitioner is None:
        faults["practitioner"] = "Say which practitioner of the set-up this is."
    return faults


def _free_name(name: str, taken: set[str]) -> str:
    """Return the name, or the first of "Name 2", "Name 3" that nobody has."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name[: LONGEST_NAME - 4]} {number}"
    return found
