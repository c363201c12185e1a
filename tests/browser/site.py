"""A clinic's site for browsers: gunicorn as shipped, on a free port, with a database of its own."""

import http.client
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tests.architecture.source import ROOT
from tests.databases import MORNING, SECRET_KEY, sqlite_url

PATIENCE = 60
# What visitors leave behind, each table before those that it points to.
LEFT = (
    *(
        "staff_session",
        "staff_link",
        "staff_token",
        "staff_passkey",
        "staff_recovery",
        "sign_in_try",
        "staff",
    ),
    *("audit", "look", "fee", "call_task", "message", "idempotency", "link", "claim", "block", "hold"),
    *("reminder_stop", "link_request", "appointment", "resource WHERE patient_id IS NOT NULL", "patient"),
)
APPEND_ONLY = ("audit_delete", "look_delete")  # triggers: here even those rows are forgotten


@dataclass(frozen=True)
class Site:
    """A running site: where it is, where its database and its clock lie."""

    url: str
    database: Path
    clock: Path

    def set_clock(self, at: datetime) -> None:
        """Set the time at the clinic, in one step for every process."""
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(at.isoformat())
        fresh.replace(self.clock)

    def pass_time(self, minutes: int) -> None:
        """Move the clinic's clock on."""
        self.set_clock(datetime.fromisoformat(self.clock.read_text()) + timedelta(minutes=minutes))

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        with closing(sqlite3.connect(self.database)) as conn:
            found: int = conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            return found

    def begin_anew(self) -> None:
        """Forget every visitor and go back to Monday 23 November 2026, 08:00 in Vancouver."""
        with closing(sqlite3.connect(self.database, timeout=PATIENCE)) as conn, conn:
            for trigger in APPEND_ONLY:
                conn.execute(f"DROP TRIGGER IF EXISTS {trigger}")
            for table in LEFT:
                conn.execute(f"DELETE FROM {table}")
            # Kept answers are void, and the trail begins anew.
            conn.execute("UPDATE clinic SET changes = changes + 1, audit_head = NULL")
        self.set_clock(MORNING)


@contextmanager
def serving(database: Path, folder: Path) -> Iterator[Site]:
    """Serve a database from a free port of this machine until the block is left."""
    port = _free_port()
    site = Site(f"http://127.0.0.1:{port}", database, folder / "clock")
    site.set_clock(MORNING)
    environ = {
        **{name: value for name, value in os.environ.items() if name not in ("CLINIC", "MAIL_SERVER")},
        "PORT": str(port),
        "DATABASE_URL": sqlite_url(database),
        "SECRET_KEY": SECRET_KEY,
        "BASE_URL": site.url,
        "RATE_LIMITS": "off",
        "CLOCK_FILE": str(site.clock),
    }
    command = (sys.executable, "-m", "gunicorn", "-c", "python:booking.cli.serving")
    log = folder / "server.log"
    with (
        log.open("w") as kept,
        subprocess.Popen(
            (*command, "tests.browser.served:app"), cwd=ROOT, env=environ, stdout=kept, stderr=kept
        ) as server,
    ):
        try:
            _wait_for(port, server, log)
            yield site
        finally:
            server.terminate()
            server.wait(PATIENCE)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < until:
        if _answers(port):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start: {log.read_text()}")


def _answers(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
