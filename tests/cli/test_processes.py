"""Child processes run together: all of them, or none."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PARENT = """
import sys
from pathlib import Path
from booking.cli.processes import Child, Together

folder = Path(sys.argv[1])
children = [
    Child(f"child {n}", (sys.executable, "-c", code, str(folder)), Path.cwd(), restarts=restarts)
    for n, (code, restarts) in enumerate(CHILDREN)
]
sys.exit(Together(children).run(lambda: True, lambda: print("ready", flush=True)))
"""
NOTES_ITS_ID = "import os, sys, pathlib; pathlib.Path(sys.argv[1], str(os.getpid())).touch(); "
STAYS = NOTES_ITS_ID + "import time; time.sleep(60)"
ENDS = NOTES_ITS_ID + "sys.exit(7)"
STUBBORN_ON_CTRL_C = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); " + STAYS


def start(folder: Path, *children: tuple[str, bool]) -> subprocess.Popen[str]:
    code = PARENT.replace("CHILDREN", repr(children))
    return subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def ids(folder: Path) -> list[int]:
    return [int(path.name) for path in folder.iterdir()]


def is_alive(process_id: int) -> bool:
    try:
        status = Path(f"/proc/{process_id}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"  # Z: dead, not buried yet


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "waited 20 seconds in vain"
        time.sleep(0.05)


def test_sigterm_stops_every_child(tmp_path: Path) -> None:
    """One SIGTERM ends parent and children with exit code 0."""
    parent = start(tmp_path, (STAYS, False), (STAYS, True))
    wait_until(lambda: len(ids(tmp_path)) == 2)
    parent.terminate()
    said, _ = parent.communicate(timeout=20)
    assert (parent.returncode, said) == (0, "ready\n")
    assert [one for one in ids(tmp_path) if is_alive(one)] == []


def test_ctrl_c_stops_children_that_ignore_it(tmp_path: Path) -> None:
    """Ctrl-C reaches the whole group; a child that ignores it is asked again."""
    parent = start(tmp_path, (STUBBORN_ON_CTRL_C, False))
    wait_until(lambda: len(ids(tmp_path)) == 1)
    os.killpg(parent.pid, signal.SIGINT)
    parent.communicate(timeout=20)
    assert parent.returncode == 0
    assert [one for one in ids(tmp_path) if is_alive(one)] == []


def test_a_killed_parent_leaves_no_orphans(tmp_path: Path) -> None:
    """A kill -9 of the parent stops the children too."""
    parent = start(tmp_path, (STAYS, False), (STAYS, True))
    wait_until(lambda: len(ids(tmp_path)) == 2)
    parent.kill()
    parent.communicate(timeout=20)
    wait_until(lambda: not any(is_alive(one) for one in ids(tmp_path)))


def test_a_child_that_may_not_end_ends_everything(tmp_path: Path) -> None:
    """When the one that must run ends, the others are stopped and the exit code is 1."""
    parent = start(tmp_path, (STAYS, True), (ENDS, False))
    said, _ = parent.communicate(timeout=20)
    assert parent.returncode == 1
    assert "The child 1 has stopped (exit code 7): stopping everything." in said
    assert [one for one in ids(tmp_path) if is_alive(one)] == []


def test_a_child_that_restarts_gets_five_more_tries(tmp_path: Path) -> None:
    """One that ends is started again, five times within a minute; then everything ends."""
    parent = start(tmp_path, (ENDS, True))
    said, _ = parent.communicate(timeout=20)
    assert parent.returncode == 1
    assert said.count("starting it again") == 5
    assert len(ids(tmp_path)) == 6
