"""Commands that need the tables say what to do where there are none."""

import click
from flask_migrate import upgrade

from booking.actions.health import migrations
from booking.actions.set_up import has_tables
from booking.scheduling.errors import Busy


def need_database() -> None:
    """Refuse to go on with a database that does not answer or lacks the newest migration."""
    try:
        check = migrations()
    except Busy as refused:
        raise click.ClickException(refused.message) from refused
    if not check.ok:
        raise click.ClickException(f"Nothing was changed: {check.says}")


def make_or_need_database() -> None:
    """Lay the tables in an empty database; refuse any other that lacks the newest migration."""
    try:
        if not has_tables():
            upgrade()
    except Busy as refused:
        raise click.ClickException(refused.message) from refused
    need_database()
