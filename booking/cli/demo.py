"""``flask demo``: a lived-in clinic to look at, from a fixed seed."""

import click
from flask.cli import with_appcontext

from booking.actions.clinics import get_clinic
from booking.actions.demo import fill
from booking.cli.ready import need_database
from booking.house import house
from booking.scheduling.errors import BookingRefused, Invalid


@click.command("demo")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same visits.")
@click.option(
    "--days", type=click.IntRange(1, 180), default=14, show_default=True, help="Days before and after today."
)
@click.option("--add", is_flag=True, help="Go on although the clinic has visits already.")
@with_appcontext
def demo_command(seed: int, days: int, add: bool) -> None:
    """Fill the clinic with invented people and their visits, past and to come.

    Nobody is written to. A clinic that has visits already is left alone without --add.
    """
    here = house()
    need_database()
    try:
        clinic = get_clinic(here.clinic)
        statuses = fill(clinic, seed=seed, days=days, now=here.now(), vault=here.vault, add=add)
    except Invalid as refused:
        raise click.ClickException(refused.says) from refused
    except BookingRefused as refused:
        raise click.ClickException(refused.message) from refused
    counts = ", ".join(f"{number} {status}" for status, number in sorted(statuses.items()))
    click.echo(f"Filled {clinic.name} with {statuses.total()} visits: {counts}. Nobody is written to.")
