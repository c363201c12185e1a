"""``flask messages``: send what is due, once or for ever, and show what is sent."""

import logging
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import click
from flask.cli import AppGroup

from booking.actions.messages import KINDS
from booking.house import house
from booking.mail.deliver import Tally, deliver, write
from booking.mail.outlet import Unreachable
from booking.mail.sample import sample
from booking.mail.worker import work
from booking.scheduling.errors import Busy

messages_commands = AppGroup("messages", help="Send the messages that wait in the outbox.")


@messages_commands.command("deliver")
def deliver_command() -> None:
    """Send what is due now, and stop."""
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
    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with _logged_to_stderr():
        work(stop)


@messages_commands.command("preview")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--part", type=click.Choice(("text", "html", "ics", "eml")), default="text", show_default=True)
def preview_command(kind: str, part: str) -> None:
    """Show what a message of KIND looks like, with an invented visit."""
    here = house()
    message = write(here, sample(here, kind))
    parts = {
        "text": f"Subject: {message.content.subject}\n\n{message.content.text}",
        "html": message.content.html,
        "ics": message.content.calendar.decode(),
        "eml": message.as_bytes().decode(),
    }
    click.echo(parts[part], nl=False)


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
