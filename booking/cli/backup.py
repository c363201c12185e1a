"""``flask backup``, ``flask restore``, ``flask move-database``: copies of everything."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import click
from flask.cli import with_appcontext

from booking.actions import backup
from booking.house import house
from booking.scheduling.errors import Busy

BUSY = (
    "the database does not answer or is being written to. Is its address right, is its server running?"
    " Stop web server and message worker, then try again"
)
FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("backup")
@click.argument("file", type=FILE)
@with_appcontext
def backup_command(file: Path) -> None:
    """Write everything to FILE while the program runs; an older backup of that name is replaced."""
    with _told_in_one_line(f"{file} was not written"):
        label = backup.write(file, house().now())
    click.echo(f"Wrote {file}: {backup.told(label.rows)}.")
    click.echo(
        "It holds patients' data and is readable by you only. SECRET_KEY is not in it: keep that, too."
    )


@click.command("restore")
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Throw away what the database holds now.")
@with_appcontext
def restore_command(file: Path, replace: bool) -> None:
    """Put the backup FILE in the place of the database. Stop web server and message worker first."""
    here = house()
    with _told_in_one_line("Nothing was restored"):
        here.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        label = backup.restore(file, here.instance, may_drop=replace)
    click.echo(f"Restored the backup of {label.made_at}: {backup.told(label.rows)}. The guard is on.")
    click.echo("Start web server and message worker anew, then run `flask --app wsgi doctor`.")


@click.command("move-database")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@with_appcontext
def move_command(source: str, target: str) -> None:
    """Copy the database at FROM into the empty one at TO, between SQLite and PostgreSQL, either way.

    Both are written as DATABASE_URL is. All of it is copied, or nothing; FROM stays as it is,
    and nobody can change it meanwhile. Stop web server and message worker first.
    """
    began = perf_counter()
    with _told_in_one_line("Nothing was moved"):
        rows = backup.move(source, target, house().instance)
    click.echo(f"Moved in {perf_counter() - began:.1f} s: {backup.told(rows)}.")
    click.echo("Counts and checksums of every table are equal, and the guard is on.")
    click.echo("Set DATABASE_URL to the new address before you start anything again.")


@contextmanager
def _told_in_one_line(failure: str) -> Iterator[None]:
    """Write for this user's eyes only; say in one line what went wrong."""
    os.umask(0o077)
    try:
        yield
    except backup.Unfit as error:
        raise click.ClickException(f"{failure}: {error}") from error
    except Busy as error:
        raise click.ClickException(f"{failure}: {BUSY}.") from error
    except OSError as error:
        raise click.ClickException(f"{failure}: {error.filename}: {error.strerror}.") from error
