"""Postfix's smtp-sink: a second server, in C, that shares nothing with aiosmtpd.

``TEST_SMTP_SINK`` names the program where it is not installed but unpacked (``dpkg -x``);
its libraries are then looked for beside it, in ``../lib/postfix``.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import NoReturn

import pytest

from tests.mail.sink import free_port

PLACES = f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin{os.pathsep}/usr/local/sbin"
PATIENCE = 20.0


@dataclass(frozen=True)
class Posted:
    """A running server: where it listens, and the folder of what it took."""

    port: int
    folder: Path

    def messages(self) -> list[EmailMessage]:
        """Return what was taken, parsed; smtp-sink writes the envelope in front as X- headers."""
        files = sorted(path for path in self.folder.iterdir() if path.stat().st_size)
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]  # type: ignore[misc]


def _missing(reason: str) -> NoReturn:
    """Skip with the reason; fail under CI=true."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _program() -> str:
    named = os.environ.get("TEST_SMTP_SINK")
    found = named if named and Path(named).exists() else shutil.which("smtp-sink", path=PLACES)
    return found or _missing("no smtp-sink: Debian's package postfix has it (TEST_SMTP_SINK names another)")


@contextmanager
def smtp_sink(folder: Path, *options: str) -> Iterator[Posted]:
    """Run a server that keeps what it takes in ``folder``; ``options`` are smtp-sink's own."""
    program, port, taken = _program(), free_port(), folder / "taken"
    taken.mkdir()
    taken.chmod(0o777)  # it gives its rights up where it has any
    log = folder / "smtp-sink.log"
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    libraries = str(Path(program).resolve().parents[1] / "lib" / "postfix")
    command = [program, *user, *options, "-d", "%s.", f"127.0.0.1:{port}", "64"]
    environ = {**os.environ, "LD_LIBRARY_PATH": libraries}
    with (
        log.open("w") as said,
        subprocess.Popen(command, cwd=taken, env=environ, stdout=said, stderr=said) as server,
    ):
        try:
            _wait_for(port, server, log)
            yield Posted(port, taken)
        finally:
            server.terminate()
            server.wait(PATIENCE)


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < until:
        with socket.socket() as knocking:
            if knocking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"smtp-sink did not start: {log.read_text()}")
