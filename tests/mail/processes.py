"""Programs that the tests start and kill.

``python -m tests.mail.processes URL FOLDER START SPEED COMMAND...``, where COMMAND is
``messages work`` and the like, run as ``flask`` would run it, with a clock that begins
at START (seconds since 1970) and runs SPEED times as fast; or ``book-and-die``, or
``mark-first``, a faulty worker that marks a message as sent before it sends it.
Mail settings and BASE_URL come from the environment; so does SILENCE_SECONDS, the wait for servers
that say nothing, and BEGAN, the moment of this machine's monotonic clock at which it was START.
"""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask.cli import FlaskGroup

from booking.actions import outbox
from booking.actions.outbox import Outgoing
from booking.house import House
from booking.mail import deliver, smtp
from booking.mail.outlet import Outlet
from booking.records import database
from tests.databases import make_app

ROOT = Path(__file__).parents[2]
SETTINGS = ("BASE_URL", "MAIL_SERVER", "MAIL_PORT", "MAIL_USE_TLS")


class Running:
    """A clock that runs, faster than others if need be."""

    def __init__(self, start: datetime, speed: float, began: float | None = None) -> None:
        self.start = start
        self.speed = speed
        self.began = time.monotonic() if began is None else began

    def __call__(self) -> datetime:
        return self.start + timedelta(seconds=(time.monotonic() - self.began) * self.speed)


def start(
    url: str, folder: Path, at: datetime, *command: str, speed: float = 1.0, **settings: str
) -> subprocess.Popen[str]:
    """Start a program of this module in a process of its own."""
    given = [url, str(folder), str(at.timestamp()), str(speed), *command]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.mail.processes", *given],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def worker(
    url: str,
    folder: Path,
    at: datetime,
    port: int,
    *command: str,
    name: str = "w",
    speed: float = 1.0,
    server: str = "127.0.0.1",
) -> subprocess.Popen[str]:
    """Start ``flask messages work`` (or ``command``) that greets the server on ``port`` as ``name``."""
    settings = {
        "BASE_URL": f"http://{name}",
        "MAIL_SERVER": server,
        "MAIL_PORT": str(port),
        "MAIL_USE_TLS": "off",
    }
    return start(url, folder, at, *(command or ("messages", "work")), speed=speed, **settings)


def end(*workers: subprocess.Popen[str]) -> list[int]:
    """Ask programs to stop and return their exit codes; those that do not are killed."""
    for each in workers:
        each.send_signal(signal.SIGTERM)
    try:
        return [each.wait(timeout=30) for each in workers]
    finally:
        for each in workers:
            each.kill()
            each.communicate()


def bear_silence(seconds: float) -> None:
    """Let this process give a server up that has said nothing for so long, not for the usual time."""
    database._PG_KEEPALIVE["tcp_user_timeout"] = int(seconds * 1000)
    database._PG_SETTINGS["tcp_user_timeout"] = f"{seconds:.0f}s"
    database._PG_SETTINGS["tcp_keepalives_idle"] = "1"
    smtp.STEP_SECONDS = smtp.WHOLE_SECONDS = seconds


def _mark_and_send(here: House, outgoing: Outgoing, out: Outlet, tally: deliver.Tally) -> None:
    outbox.mark_sent(outgoing, here.now())
    out.send(deliver.write(here, outgoing))
    tally.sent += 1


def _main() -> None:
    url, folder, began, speed, *command = sys.argv[1:]
    since = float(os.environ.get("BEGAN") or time.monotonic())
    clock = Running(datetime.fromtimestamp(float(began), UTC), float(speed), since)
    settings = {name: os.environ[name] for name in SETTINGS if name in os.environ}
    if "SILENCE_SECONDS" in os.environ:
        bear_silence(float(os.environ["SILENCE_SECONDS"]))
    app = make_app(url, Path(folder), clock, **settings)
    if command == ["mark-first"]:
        deliver._send = _mark_and_send
        command = ["messages", "work"]
    if command != ["book-and-die"]:
        FlaskGroup(create_app=lambda: app).main(args=command)
        return
    from booking.actions.clinics import get_clinic
    from tests.actions.asks import book

    with app.app_context():
        book(get_clinic(None), now=clock())
        os.kill(os.getpid(), signal.SIGKILL)  # after the commit, before anybody hears of it


if __name__ == "__main__":
    _main()
