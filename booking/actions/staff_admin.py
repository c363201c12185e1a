"""What admins do with the accounts of their colleagues; somebody can always let others in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from booking.access.roles import ADMIN
from booking.access.vault import Vault
from booking.actions.recording import record
from booking.actions.staff import NewStaff, add_account, check_role
from booking.actions.staff_mail import add_message
from booking.actions.values import Actor
from booking.records import staff
from booking.records.database import reading
from booking.records.staff import Account, Listed
from booking.records.transaction import Connection, transaction
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, NotFound

LAST = "Somebody must stay an admin. Make a colleague an admin first."
OFF = "This account is switched off. Switch it on first."


def list_staff(clinic: Clinic) -> list[Listed]:
    """Return every account of the clinic; one statement."""
    return reading(lambda conn: staff.list_all(conn, clinic.id))


def invite(clinic: Clinic, new: NewStaff, by: Actor, now: datetime, vault: Vault) -> None:
    """Make an account and write to it with a link that signs in once, in one transaction.

    Raises:
        Invalid: what to do for each field.
    """

    def work(conn: Connection) -> None:
        _, address = add_account(conn, clinic, new, by, now)
        add_message(conn, clinic, address, now, vault)

    transaction(clinic.id, now, work)


def change_role(
    clinic: Clinic, staff_id: int, role: str, practitioner: str | None, by: Actor, now: datetime
) -> None:
    """Give an account another role; what is open in its browsers obeys at the next request.

    Raises:
        NotFound: no such account.
        Invalid: what to do for each field; the last admin stays one.
    """
    faults = check_role(clinic, role, practitioner)
    if faults:
        raise Invalid(faults)
    who = clinic.practitioner[practitioner].id if practitioner else None

    def work(conn: Connection) -> None:
        account = _get(conn, clinic, staff_id)
        if role != ADMIN:
            _keep_an_admin(conn, clinic, account)
        _change(conn, clinic, account, {"role": role, "practitioner_id": who}, f"staff:{role}", by, now)

    transaction(clinic.id, now, work)


def set_active(clinic: Clinic, staff_id: int, is_active: bool, by: Actor, now: datetime) -> None:
    """Switch an account on or off; off ends its sessions, links and tokens at once (A11).

    Raises:
        NotFound: no such account.
        Invalid: it is the last admin's.
    """

    def work(conn: Connection) -> None:
        account = _get(conn, clinic, staff_id)
        if not is_active:
            _keep_an_admin(conn, clinic, account)
            staff.end_sessions(conn, account.id, now)
        action = "staff:on" if is_active else "staff:off"
        _change(conn, clinic, account, {"active": is_active}, action, by, now)

    transaction(clinic.id, now, work)


def sign_out_everywhere(clinic: Clinic, staff_id: int, by: Actor, now: datetime) -> None:
    """End every session of an account.

    Raises:
        NotFound: no such account.
    """

    def work(conn: Connection) -> None:
        account = _get(conn, clinic, staff_id)
        staff.end_sessions(conn, account.id, now)
        record(conn, clinic, "staff:signed-out", by, now, None, None, {"staff": account.id})

    transaction(clinic.id, now, work)


def mail_link(clinic: Clinic, staff_id: int, by: Actor, now: datetime, vault: Vault) -> None:
    """Write to a colleague with a new link that signs in once.

    Raises:
        NotFound: no such account.
        Invalid: it is switched off.
    """

    def work(conn: Connection) -> None:
        account = _get(conn, clinic, staff_id)
        if not account.active:
            raise Invalid({"account": OFF})
        add_message(conn, clinic, account.email, now, vault)
        record(conn, clinic, "staff:link", by, now, None, None, {"staff": account.id})

    transaction(clinic.id, now, work)


def _get(conn: Connection, clinic: Clinic, staff_id: int) -> Account:
    account = staff.find(conn, clinic.id, staff_id)
    if account is None:
        raise NotFound("There is no such account.")
    return account


def _keep_an_admin(conn: Connection, clinic: Clinic, leaving: Account) -> None:
    """Refuse to take the last admin who can sign in away."""
    accounts = (one.account for one in staff.list_all(conn, clinic.id))
    others = [one for one in accounts if one.active and one.role == ADMIN and one.id != leaving.id]
    if leaving.role == ADMIN and leaving.active and not others:
        raise Invalid({"account": LAST})


def _change(
    conn: Connection,
    clinic: Clinic,
    account: Account,
    fields: Mapping[str, Any],
    action: str,
    by: Actor,
    now: datetime,
) -> None:
    staff.change(conn, account.id, fields)
    record(conn, clinic, action, by, now, None, None, {"staff": account.id})
