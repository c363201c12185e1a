"""``flask doctor``: one line for everything that must hold."""

import stat
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask.cli import with_appcontext

from booking.actions import doctor, health
from booking.actions.health import Check
from booking.house import House, house
from booking.mail.deliver import outlet
from booking.mail.outlet import Unreachable
from booking.scheduling.errors import Busy
from booking.web.tries import find_trouble

LOOPBACK = ("127.0.0.1", "localhost", "::1")
OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@click.command("doctor")
@with_appcontext
def doctor_command() -> None:
    """Check zone data, migrations, guard, outbox, clinic, clock, disk, claims, mail, settings and Redis."""
    here = house()
    found = [*health.checks(here.now()), *settings(here), mail(here), *redis(here)]
    if all(check.ok for check in found if check.name in ("database", "migrations")):
        found += _slow_checks(here)
    for check in found:
        click.echo(f"{'ok   ' if check.ok else 'WRONG'}  {check.name}: {check.says}")
    sys.exit(0 if all(check.ok for check in found) else 1)


def _slow_checks(here: House) -> list[Check]:
    try:
        return doctor.checks(here.now(), here.instance, here.clinic)
    except Busy as busy:
        return [Check("database", False, busy.message)]


def settings(here: House) -> list[Check]:
    """Return what is wrong with the settings, or one check that says they are sane."""
    wrong = [Check("settings", False, says) for says in _faults(here)]
    return wrong or [Check("settings", True, f"links begin with {here.base_url}/")]


def mail(here: House) -> Check:
    """Say whether messages can leave: the server is reached, its certificate verified, the sign-in tried."""
    try:
        with outlet(here):
            pass
    except Unreachable as error:
        return Check("mail", False, str(error))
    if here.mail.host is None:
        return Check("mail", True, f"kept as .eml files in {here.instance / 'mail'}: no MAIL_SERVER is set")
    return Check("mail", True, f"{here.mail.host}:{here.mail.port} can be used")


def redis(here: House) -> list[Check]:
    """Say whether the hosts count tries together; nothing where no Redis is named."""
    if here.redis_url is None:
        return []
    trouble = find_trouble(here.redis_url)
    if trouble:
        return [Check("redis", False, f"cannot be used ({trouble}): each process counts tries for itself")]
    return [Check("redis", True, "tries are counted over all hosts")]


def _faults(here: House) -> list[str]:
    address = urlsplit(here.base_url)
    readable = _readable_by_others(here.instance)
    faults = {
        "BASE_URL is not https: patients' links and forms would travel in clear": (
            address.scheme != "https" and address.hostname not in LOOPBACK
        ),
        "MAIL_USERNAME and MAIL_PASSWORD belong together: one of them is missing": (
            (here.mail.username is None) != (here.mail.password is None)
        ),
        "RATE_LIMITS is off: that is for load tests only": not here.rate_limits,
        f"other users of this machine can read {' and '.join(readable)}: chmod 600": bool(readable),
    }
    return [says for says, is_so in faults.items() if is_so]


def _readable_by_others(folder: Path) -> list[str]:
    """Return the files of secrets and patients that other users of the machine can reach and read."""
    if not folder.exists() or not folder.stat().st_mode & OPEN_TO_OTHERS:
        return []
    files = [folder / "settings.env", *folder.glob("*.db")]
    return [file.name for file in files if file.exists() and file.stat().st_mode & OPEN_TO_OTHERS]
