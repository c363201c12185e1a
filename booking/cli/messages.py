"""``flask messages``: send what is due, once or for ever, and show what is sent."""

import logging
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import click
from flask.cli import AppGroup

from booking.actions import texts
from booking.actions.clinics import get_clinic
from booking.cli.ready import need_database
from booking.house import house
from booking.mail.deliver import Tally, deliver, outlet
from booking.mail.message import ClinicMessage, Unwritable
from booking.mail.outlet import NotSent, Unreachable
from booking.mail.sample import KINDS
from booking.mail.trial import write_sample
from booking.mail.worker import work
from booking.scheduling.errors import Busy, NotFound
from booking.wording.texts import kind_of

GIVES_WAY = 5  # steps of the machine's priority: who asks for a time is never kept waiting for mail

messages_commands = AppGroup("messages", help="Send the messages that wait in the outbox.")


@messages_commands.command("deliver")
def deliver_command() -> None:
    """Send what is due now, and stop."""
    need_database()
    try:
        with _logged_to_stderr():
            tally = deliver()
    except (Unreachable, Busy) as error:
        click.echo(f"Nothing more could be sent, nothing is lost: {error}", err=True)
        sys.exit(1)
    click.echo(_told(tally))


@messages_commands.command("work")
def work_command() -> None:
    """Keep sending until told to stop (Ctrl-C or SIGTERM)."""
    os.nice(GIVES_WAY)
    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with _logged_to_stderr():
        work(stop)


@messages_commands.command("preview")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--language", help="one of the clinic's languages; its first one if left out")
@click.option("--part", type=click.Choice(("text", "html", "ics", "eml")), default="text", show_default=True)
def preview_command(kind: str, language: str | None, part: str) -> None:
    """Show what a message of KIND looks like, with an invented visit and the clinic's own wording."""
    message = _sample(kind, language)
    if part == "ics" and message.content.calendar is None:
        raise click.ClickException("This message brings no calendar entry.")
    parts = {
        "text": f"Subject: {message.content.subject}\n\n{message.content.text}",
        "html": message.content.html,
        "ics": (message.content.calendar or b"").decode(),
        "eml": message.as_bytes().decode(),
    }
    click.echo(parts[part], nl=False)


@messages_commands.command("test")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("address")
@click.option("--language", help="one of the clinic's languages; its first one if left out")
def test_command(kind: str, address: str, language: str | None) -> None:
    """Send a message of KIND about an invented visit to ADDRESS, now."""
    message = _sample(kind, language, address)
    try:
        with outlet(house()) as out:
            out.send(message)
    except (Unreachable, NotSent, Unwritable) as error:
        raise click.ClickException(f"It was not sent: {error}") from error
    click.echo(f"Sent to {address}: {message.content.subject}")


def _sample(kind: str, language: str | None, address: str | None = None) -> ClinicMessage:
    here = house()
    try:
        clinic = get_clinic(here.clinic)
    except NotFound:  # nothing is set up yet: the usual wording
        return write_sample(here, kind, language or "en-CA", {}, address)
    chosen = language or clinic.default_locale
    if chosen not in clinic.locales:
        raise click.ClickException(f"Please choose one of: {', '.join(clinic.locales)}.")
    return write_sample(here, kind, chosen, texts.find(clinic, kind_of(kind), chosen), address)


def _told(tally: Tally) -> str:
    told = f"{tally.sent} sent, {tally.dropped} dropped, {tally.later} put off, {tally.failed} given up"
    return f"{told}, {tally.held} held: the zone data is out of date" if tally.held else told


@contextmanager
def _logged_to_stderr() -> Iterator[None]:
    """Write the log of deliveries to stderr, in UTC: not the machine's zone (D2)."""
    log = logging.getLogger("booking.mail")
    formatter = logging.Formatter("%(asctime)sZ messages: %(message)s", "%Y-%m-%d %H:%M:%S")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        yield
    finally:
        log.propagate = True
        log.removeHandler(handler)
