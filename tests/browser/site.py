"""A clinic's site for browsers: gunicorn as shipped, on a free port, with a database of its own."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from tests.architecture.source import ROOT
from tests.databases import MORNING, SECRET_KEY
from tests.races import stored

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
    *(
        "audit",
        "look",
        "fee",
        "wait_entry",
        "call_task",
        "message",
        "idempotency",
        "link",
        "claim",
        "block",
        "hold",
    ),
    *("reminder_stop", "link_request", "appointment", "resource WHERE patient_id IS NOT NULL", "patient"),
)
APPEND_ONLY = ("audit", "look")  # here even those rows are forgotten


@dataclass(frozen=True)
class Site:
    """A running site: where it is, where its database and its clock lie."""

    url: str
    database: str
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
        with stored.connected(self.database) as conn:
            return stored.count(conn, f"SELECT count(*) FROM {table}")

    def begin_anew(self) -> None:
        """Forget every visitor and go back to Monday 23 November 2026, 08:00 in Vancouver."""
        with stored.connected(self.database) as conn:
            is_sqlite = conn.dialect.name == "sqlite"
            forget = "DROP TRIGGER IF EXISTS {}" if is_sqlite else "ALTER TABLE {} DISABLE TRIGGER USER"
            for table in APPEND_ONLY:
                conn.execute(text(forget.format(f"{table}_delete" if is_sqlite else table)))
            for table in LEFT:
                conn.execute(text(f"DELETE FROM {table}"))
            # Kept answers are void, and the trail begins anew.
            conn.execute(text("UPDATE clinic SET changes = changes + 1, audit_head = NULL"))
        self.set_clock(MORNING)


@contextmanager
def serving(database: str, folder: Path) -> Iterator[Site]:
    """Serve a database from a free port of this machine until the block is left."""
    port = _free_port()
    site = Site(f"http://127.0.0.1:{port}", database, folder / "clock")
    site.set_clock(MORNING)
    environ = {
        **{name: value for name, value in os.environ.items() if name not in ("CLINIC", "MAIL_SERVER")},
        "PORT": str(port),
        "DATABASE_URL": database,
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
