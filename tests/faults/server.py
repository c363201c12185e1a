"""A PostgreSQL server of a test's own, which it may stop, kill and start again."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests import databases


@dataclass(frozen=True)
class Server:
    """A server on a port and in a folder of its own."""

    programs: Path
    folder: Path
    port: int
    account: str | None

    @property
    def url(self) -> str:
        """The URL of its first database."""
        return f"postgresql://tests@127.0.0.1:{self.port}/postgres"

    def run(self, program: str, *words: str) -> None:
        """Run one of PostgreSQL's programs on this server's data, as the account that may."""
        command: Sequence[str] = (str(self.programs / program), "-D", str(self.folder / "data"), *words)
        done = subprocess.run(
            command, cwd="/", user=self.account, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self, *settings: str) -> None:
        """Start it and wait until it answers."""
        given = ("listen_addresses=127.0.0.1", f"port={self.port}", f"unix_socket_directories={self.folder}")
        options = " ".join(f"-c {setting}" for setting in (*given, *settings))
        self.run("pg_ctl", "-w", "-t", "60", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; ``immediate`` is what a power cut of its machine would be to it."""
        self.run("pg_ctl", "-w", "-t", "60", "-m", mode, "stop")


def need_programs() -> Path:
    """Return the folder of the newest installed server; skip where there is none, fail under CI=true."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3].split(".")[0])
    )
    beside = shutil.which("initdb")
    if found or beside:
        return found[-1].parent if found else Path(beside or "").parent
    reason = "no PostgreSQL programs (initdb, pg_ctl) are installed"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def own_server(*settings: str) -> Iterator[Server]:
    """Make a server, start it, and throw it away at the end."""
    programs = need_programs()
    account = "postgres" if os.getuid() == 0 else None  # the server refuses to run as root
    with tempfile.TemporaryDirectory() as folder:
        if account:
            shutil.chown(folder, account)
        server = Server(programs, Path(folder), _free_port(), account)
        server.run("initdb", "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        server.start(*settings)
        try:
            yield server
        finally:
            server.stop()


def sample_on(server: Server, name: str, folder: Path) -> str:
    """Make a database with the sample clinic on a server and return its URL."""
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    url = server.url.replace("/postgres", f"/{name}")
    databases.migrate_and_load(url, folder)
    return url


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
