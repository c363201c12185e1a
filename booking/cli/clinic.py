"""``flask clinic``: the clinic's set-up from a file."""

from pathlib import Path

import click
from flask.cli import AppGroup

from booking.actions.closed_over import count_closed_over
from booking.actions.set_up import get_loaded, load_setup
from booking.actions.set_up_file import LONGEST_FILE, SetUpFile
from booking.cli.ready import make_or_need_database
from booking.house import house
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import BookingRefused, FaultySetup

clinic_commands = AppGroup("clinic", help="Load or update the clinic's set-up.")


@clinic_commands.command("load")
@click.argument("file", type=click.Path(path_type=Path))
def load(file: Path) -> None:
    """Load or update a clinic's set-up from a FILE such as sample_clinic.toml.

    A faulty file is refused whole: each fault is printed with its line, and nothing changes.
    """
    text = _read(file)
    try:
        SetUpFile(text)  # its faults first: they need no database
        make_or_need_database()
        clinic = get_loaded(load_setup(text, house().now()))
    except FaultySetup as faulty:
        for line, field, reason in faulty.faults:
            click.echo(f"{file}:{line}: {field}: {reason}", err=True)
        raise click.ClickException("Nothing was changed. Mend these lines and load the file again.") from None
    except BookingRefused as refused:
        raise click.ClickException(refused.message) from refused
    click.echo(_told(clinic))
    closed = count_closed_over(clinic)
    if closed:
        click.echo(f"Visits booked in time that is closed now: {closed}. They stand on the call list.")


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            content = opened.read(4 * LONGEST_FILE + 1)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from error
    if len(content) > 4 * LONGEST_FILE:
        raise click.ClickException(f"{file} is too large to be a clinic's set-up.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise click.ClickException(f"{file}:{line}: is not UTF-8 text. Save it as UTF-8.") from error


def _told(clinic: Clinic) -> str:
    counts = ", ".join(
        f"{len(rows)} {name}"
        for name, rows in (
            ("rooms", clinic.rooms),
            ("kinds of device", clinic.devices),
            ("practitioners", clinic.practitioners),
            ("services", clinic.services),
            ("extra closures", clinic.closures),
        )
    )
    return f"Loaded {clinic.name} ({clinic.code}), version {clinic.setup} of its set-up: {counts}."
