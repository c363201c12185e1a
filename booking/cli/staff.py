"""``flask staff``: accounts for the desk."""

import click
from flask.cli import AppGroup

from booking.access.roles import PRACTITIONER, ROLES
from booking.actions.clinics import get_clinic
from booking.actions.staff import NewStaff, add_staff, make_link, make_token
from booking.actions.values import Actor
from booking.cli.ready import make_or_need_database
from booking.house import house
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import BookingRefused, Invalid

BY = Actor("staff", "command line")

staff_commands = AppGroup("staff", help="Make accounts for the desk.")


@staff_commands.command("add")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--name", help="How colleagues know them; without it, the first part of the address.")
@click.option(
    "--practitioner",
    help="Their id in the set-up file, for the role practitioner; without it, the first part of the address.",
)
def add(email: str, role: str, name: str | None, practitioner: str | None) -> None:
    """Make an account for EMAIL and print a link that signs in once."""
    clinic = _clinic()
    if role == PRACTITIONER and practitioner is None:
        practitioner = _find_practitioner(clinic, email)
    try:
        token = add_staff(clinic, NewStaff(email, role, name, practitioner), BY, house().now())
    except Invalid as refused:
        raise click.ClickException(_says(clinic, refused)) from refused
    if practitioner:
        click.echo(f"The account is for {clinic.practitioner[practitioner].name}.")
    click.echo(f"{email} can sign in once, within 48 hours, by this link:\n{link_address(token)}")


@staff_commands.command("link")
@click.argument("email")
def link(email: str) -> None:
    """Print a new link that signs EMAIL in once."""
    clinic = _clinic()
    try:
        token = make_link(clinic, email, house().now())
    except BookingRefused as refused:
        raise click.ClickException(refused.message) from refused
    click.echo(link_address(token))


@staff_commands.command("token")
@click.argument("email")
def token(email: str) -> None:
    """Print a bearer token of EMAIL for the API; it is shown this once."""
    clinic = _clinic()
    try:
        click.echo(make_token(clinic, email, BY, house().now()))
    except BookingRefused as refused:
        raise click.ClickException(refused.message) from refused


def link_address(token: str) -> str:
    """Return the address of a sign-in link."""
    return f"{house().base_url}/staff/link/{token}"


def _find_practitioner(clinic: Clinic, email: str) -> str | None:
    """Return who has the first part of an address as their id: kim for kim@example.com."""
    first = email.strip().partition("@")[0].lower()
    return first if first in clinic.practitioner else None


def _says(clinic: Clinic, refused: Invalid) -> str:
    """Return what is wrong; where it is the practitioner, with the ids to choose from."""
    if "practitioner" not in refused.fields:
        return refused.says
    return f"{refused.says} Add --practitioner with one of: {', '.join(clinic.practitioner)}."


def _clinic() -> Clinic:
    make_or_need_database()
    try:
        return get_clinic(house().clinic)
    except BookingRefused as refused:
        raise click.ClickException(refused.message) from refused
