"""Keep child processes running together: all of them, or none."""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

PR_SET_PDEATHSIG = 1
PATIENCE_SECONDS = 35  # gunicorn gives its requests 30
LOOK_SECONDS = 0.1
RESTARTS = 5
RESTART_WINDOW_SECONDS = 60.0


@dataclass
class Child:
    """One process that must run; ``restarts`` says whether its end ends everything."""

    name: str
    command: Sequence[str]
    folder: Path
    restarts: bool
    process: subprocess.Popen[bytes] | None = None
    started: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start the process; it stops when this one is killed (on Linux)."""
        self.started.append(time.monotonic())
        self.process = subprocess.Popen(  # noqa: S603  its words are written in cli/up.py
            self.command,
            cwd=self.folder,
            preexec_fn=_stop_with_parent,  # noqa: PLW1509  one system call, and no thread runs here
        )

    def exit_code(self) -> int | None:
        """Return the exit code of an ended process, None while it runs."""
        return self.process.poll() if self.process else None

    def failed_too_often(self) -> bool:
        """Say whether it was started more than RESTARTS times within the window."""
        recent = [at for at in self.started if at > time.monotonic() - RESTART_WINDOW_SECONDS]
        return len(recent) > RESTARTS


class Together:
    """Runs children until one cannot go on or a signal asks for the end."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = children
        self.asked = False

    def run(self, is_ready: Callable[[], bool], on_ready: Callable[[], None]) -> int:
        """Start all, call ``on_ready`` once, and return the exit code when all have ended.

        Args:
            is_ready: asked every tenth of a second until it says yes.
            on_ready: prints where to look.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)
        try:
            for child in self.children:
                child.start()
            return self._watch(is_ready, on_ready)
        finally:
            self._stop()

    def _watch(self, is_ready: Callable[[], bool], on_ready: Callable[[], None]) -> int:
        told = False
        while not self.asked:
            if not all(self._goes_on(child) for child in self.children):
                return 1
            if not told and is_ready():
                told = True
                on_ready()
            time.sleep(LOOK_SECONDS)
        return 0

    def _goes_on(self, child: Child) -> bool:
        code = child.exit_code()
        if code is None or self.asked:
            return True
        if not child.restarts or child.failed_too_often():
            click.echo(f"The {child.name} has stopped (exit code {code}): stopping everything.", err=True)
            return False
        click.echo(f"The {child.name} has stopped (exit code {code}): starting it again.", err=True)
        child.start()
        return True

    def _ask(self, number: int, frame: object) -> None:
        self.asked = True

    def _stop(self) -> None:
        running = [c.process for c in self.children if c.process and c.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + PATIENCE_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _stop_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
