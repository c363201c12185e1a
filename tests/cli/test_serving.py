"""How gunicorn is told to serve."""

import os
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT
from tests.databases import SECRET_KEY


def printed(*command: str, **environ: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "SECRET_KEY": SECRET_KEY, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """What gunicorn understood of the settings, as it prints them."""
    told = printed(
        "-m", "gunicorn", "-c", "python:booking.cli.serving", "--print-config", "wsgi:app", PORT="8123"
    )
    rows = (line.partition("=") for line in told.splitlines())
    return {name.strip(): value.strip() for name, _, value in rows}


def test_two_processes_on_loopback_and_no_open_door_besides(settings: dict[str, str]) -> None:
    """PORT is honoured; nothing but 127.0.0.1 is bound, and no control socket is opened."""
    assert settings["bind"] == "['127.0.0.1:8123']"
    assert settings["workers"] == "2"
    assert settings["worker_class"] == "booking.cli.web_process.WebProcess"
    assert settings["control_socket_disable"] == "True"


def test_requests_under_way_may_finish(settings: dict[str, str]) -> None:
    """A stop waits 30 seconds; a request may wait for the write lock without being killed."""
    assert (settings["graceful_timeout"], settings["timeout"]) == ("30", "30")


def test_a19_no_proxy_is_believed_unless_settings_say_so(settings: dict[str, str]) -> None:
    """A19: gunicorn itself trusts nobody's X-Forwarded headers; TRUSTED_PROXIES alone decides."""
    assert settings["forwarded_allow_ips"] == "[]"


def test_what_is_loaded_at_the_start_is_never_collected() -> None:
    """After the hook the garbage collector has less to walk through, and walks less often."""
    code = "import gc; from booking.cli.serving import post_worker_init as hook; hook(None); "
    frozen, often = printed("-c", code + "print(gc.get_freeze_count(), gc.get_threshold()[0])").split()
    assert int(frozen) > 10_000
    assert int(often) == 5_000
