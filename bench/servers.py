"""Start the shipped server on a free port of this machine, and end it by its own id."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.client import get

ROOT = Path(__file__).resolve().parent.parent
SECRET_KEY = "a key for benchmarks only, 0123456789 abc"
PATIENCE = 30


@dataclass(frozen=True)
class Server:
    """A running server: its port and the id of its first process."""

    port: int
    pid: int

    def worker_megabytes(self) -> list[float]:
        """Return the resident memory of each worker process."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [_megabytes(int(child)) for child in children]


@contextmanager
def serving(application: str, database_url: str = "") -> Iterator[Server]:
    """Serve ``application`` with the shipped gunicorn settings (2 sync workers)."""
    port = _free_port()
    environ = {
        **os.environ,
        "PORT": str(port),
        "DATABASE_URL": database_url,
        "SECRET_KEY": SECRET_KEY,
        "BASE_URL": f"http://127.0.0.1:{port}",
        "RATE_LIMITS": "off",
        "CLINIC": "",
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "python:booking.cli.serving", application]
    with subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(port, "/" if application.startswith("bench") else "/healthz")
            yield Server(port, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


@contextmanager
def working(database_url: str, mail_port: int, name: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run ``flask messages work``, which greets the mail server at a port as ``name``."""
    environ = {
        **os.environ,
        "DATABASE_URL": database_url,
        "SECRET_KEY": SECRET_KEY,
        "BASE_URL": f"http://{name}",
        "CLINIC": "",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(mail_port),
        "MAIL_USE_TLS": "off",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "messages", "work"]
    with subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.terminate()


def _wait(port: int, path: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if get(port, path).status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server did not answer in time")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _megabytes(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0
