"""Commands that need the tables say what to do where there are none."""

import click

from booking.actions.health import migrations
from booking.scheduling.errors import Busy


def need_database() -> None:
    """Refuse to go on with a database that does not answer or lacks the newest migration."""
    try:
        check = migrations()
    except Busy as refused:
        raise click.ClickException(refused.message) from refused
    if not check.ok:
        raise click.ClickException(f"Nothing was changed: {check.says}")
