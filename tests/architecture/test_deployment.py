"""What starts the program elsewhere names commands, ports and settings that there are."""

import configparser
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from config import read_settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
PROGRAMS = ("setup", "web", "worker")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()


def test_every_setting_that_compose_sets_is_documented() -> None:
    """Each is a row of docs/operations.md, or a variable of the server itself."""
    for name in PROGRAMS:
        for setting in COMPOSE["services"][name]["environment"]:
            assert f"| `{setting}` |" in OPERATIONS, setting


def test_the_settings_of_compose_can_be_meant() -> None:
    """With nothing set around it, what compose passes is accepted, and mails link to https."""
    plain = {
        name: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))
        for name, value in COMPOSE["services"]["web"]["environment"].items()
    }
    settings = read_settings({"SECRET_KEY": "k" * 32, **plain})
    assert (settings.base_url, settings.trusted_proxies) == ("https://localhost", 1)
    assert settings.database_url.startswith("postgresql://")
    assert settings.mail_server is None
    assert settings.metrics_token is None


def test_nothing_starts_before_what_it_needs() -> None:
    """Web and worker wait for the migrations, those for the database, the proxy for a page that answers."""
    services = COMPOSE["services"]
    assert services["setup"]["depends_on"]["database"]["condition"] == "service_healthy"
    for name in ("web", "worker"):
        needs = services[name]["depends_on"]["setup"]["condition"]
        assert needs == "service_completed_successfully"
    assert services["proxy"]["depends_on"]["web"]["condition"] == "service_healthy"
    assert "/healthz" in " ".join(services["web"]["healthcheck"]["test"])
    assert set(COMPOSE["volumes"]) == {"database", "instance", "certificates"}


def test_only_the_proxy_is_open_to_the_outside() -> None:
    """The database trusts its network, so nothing but the proxy publishes a port."""
    assert [name for name, one in COMPOSE["services"].items() if "ports" in one] == ["proxy"]


def test_the_image_installs_by_hash_and_runs_as_nobody_special() -> None:
    """Requirements by hash, a user of its own, tests and data left out."""
    image = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes -r requirements.txt" in image
    assert re.search(r"^USER clinic$", image, re.MULTILINE)
    left_out = (ROOT / ".dockerignore").read_text().split()
    assert {"instance", ".git", "tests"} <= set(left_out)


@pytest.mark.parametrize("name", ["clinic-web", "clinic-worker"])
def test_the_units_start_commands_that_there_are(name: str) -> None:
    """Each unit's commands are documented, it stops by SIGTERM in time, and may write its data only."""
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # names of units keep their case
    unit.read(ROOT / "deploy" / f"{name}.service")
    service = unit["Service"]
    for command in (service["ExecStart"], service.get("ExecStartPre", "")):
        words = command.partition("--app wsgi ")[2]
        if words:
            assert f"`flask {words}`" in OPERATIONS
        elif command:
            assert "gunicorn -c python:booking.cli.serving wsgi:app" in command
    assert service["KillSignal"] == "SIGTERM"
    assert int(service["TimeoutStopSec"]) > 30
    assert service["ReadWritePaths"].endswith("/instance")
