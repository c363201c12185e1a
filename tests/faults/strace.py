"""strace, attached to a process that waits: it records system calls, fails them, or kills at one of them."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.races.sizes import PATIENCE


def need_strace() -> None:
    """Skip with the reason where there is no strace, or it may not trace; fail under CI=true."""
    reason = "strace is not installed, or may not trace here"
    tried = [shutil.which("strace") or "", "-e", "trace=none", "true"]
    if tried[0] and subprocess.run(tried, capture_output=True, check=False).returncode == 0:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def tracing(pid: int | None, output: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Trace a process into a file until the block ends, or until it has ended."""
    command = ["strace", "-p", str(pid), "-o", str(output), *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
        try:
            assert strace.stderr is not None
            said = strace.stderr.readline()
            assert "attached" in said, said
            yield strace
        finally:
            strace.send_signal(signal.SIGINT)
            strace.communicate(timeout=PATIENCE)


def wait_until_ended(pid: int, seconds: float = PATIENCE) -> None:
    """Wait until a process is gone or only its exit code is left."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return
        except (FileNotFoundError, ProcessLookupError):
            return
        time.sleep(0.002)
    raise AssertionError("the process did not end")
