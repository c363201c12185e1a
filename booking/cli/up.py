"""``flask up``: everything that ``make run`` starts, from an empty database to an open door."""

import errno
import http.client
import os
import socket
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from booking.actions import health
from booking.actions.clinics import get_clinic
from booking.actions.set_up import load_setup
from booking.actions.staff import NewStaff, add_staff, make_link
from booking.cli.processes import Child, Together
from booking.cli.staff import BY, link_address
from booking.house import House, house
from booking.scheduling.errors import BookingRefused, Busy, NotFound

HOST = "127.0.0.1"
NO_DATABASE = (
    "The database does not answer or cannot be written: is DATABASE_URL right,"
    " is its server running, is the disk full or read-only?"
)
SAMPLE_CLINIC, SAMPLE_STAFF = "synergy", "desk@synergy.example"
SAMPLE = "sample_clinic.toml"


@click.command("up")
@click.option("--port", envvar="PORT", type=click.IntRange(1, 65535), default=8000, show_default=True)
@with_appcontext
def up(port: int) -> None:
    """Prepare the database and start web server and message worker; Ctrl-C stops both."""
    _refuse_taken(port)
    os.environ["PORT"] = str(port)
    os.environ["LOOPBACK_HOSTS"] = "on"  # the printed address is answered whatever BASE_URL says
    os.umask(0o077)  # what is written here is about patients: for this user's eyes only
    root = Path(current_app.root_path)
    try:
        _prepare(root)
        failing = [check for check in health.checks(house().now()) if not check.ok]
    except Busy as busy:
        raise click.ClickException(_why(busy)) from busy
    for check in failing:
        click.secho(f"Attention: {check.name}: {check.says}", err=True, fg="red")
    together = Together(_children(root))
    sys.exit(together.run(lambda: _answers(port), lambda: _tell(port, house())))


@click.command("prepare")
@with_appcontext
def prepare() -> None:
    """Bring the database to this version; load the sample where no clinic is set up. Starts nothing."""
    try:
        _prepare(Path(current_app.root_path))
    except Busy as busy:
        raise click.ClickException(_why(busy)) from busy
    sign_in = _sample_sign_in()
    if sign_in:
        click.echo(f"Sign in once by: {sign_in}")


def _why(busy: Busy) -> str:
    return busy.message if busy.reason == "log" else NO_DATABASE


def _refuse_taken(port: int) -> None:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((HOST, port))
        except OSError as error:
            why = "is taken by another program" if error.errno == errno.EADDRINUSE else "cannot be opened"
            raise click.ClickException(
                f"Port {port} {why}. Choose another one, for example: PORT={port + 1} make run"
            ) from error


def _prepare(root: Path) -> None:
    """Bring the database to the newest migration; load the sample where no clinic is set up."""
    upgrade()
    if not health.is_set_up():
        load_setup((root / SAMPLE).read_text(encoding="utf-8"), house().now())
        click.echo(f"The sample clinic was loaded from {SAMPLE}.")


def _children(root: Path) -> list[Child]:
    web = (sys.executable, "-m", "gunicorn", "-c", "python:booking.cli.serving", "wsgi:app")
    worker = (sys.executable, "-m", "flask", "--app", "wsgi", "messages", "work")
    return [
        Child("web server", web, root, restarts=False),
        Child("message worker", worker, root, restarts=True),
    ]


def _sample_sign_in() -> str | None:
    """Return a link that signs in to the sample's desk once; a clinic of one's own has none."""
    now = house().now()
    try:
        clinic = get_clinic(house().clinic)
        if clinic.code != SAMPLE_CLINIC:
            return None
        try:
            return link_address(make_link(clinic, SAMPLE_STAFF, now))
        except NotFound:
            return link_address(add_staff(clinic, NewStaff(SAMPLE_STAFF, "admin", "Desk"), BY, now))
    except BookingRefused:
        return None


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _tell(port: int, here: House) -> None:
    page = f"http://{HOST}:{port}"
    click.echo(f"\nThe booking page:  {page}/")
    click.echo(f"The front desk:    {page}/desk/")
    sign_in = _sample_sign_in()
    if sign_in:
        click.echo(f"Sign in once by:   {sign_in}")
    if here.base_url != page:
        click.echo(f"Links in mails:    {here.base_url}/")
    if here.mail.host:
        click.echo(f"Mail leaves by:    {here.mail.host}:{here.mail.port}")
    else:
        click.echo(f"Mail lies in:      {here.instance / 'mail'} (no MAIL_SERVER is set)")
    if not here.rate_limits:
        click.echo("Rate limits are off: that is for load tests only.")
    click.echo("Ctrl-C stops everything.")
