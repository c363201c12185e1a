"""The committed requirement files are what pyproject.toml asks for, by hash (S1)."""

import re
import tomllib
from importlib.metadata import version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import ROOT

PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;]+)", re.MULTILINE)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pins(name: str) -> dict[str, str]:
    return {canonicalize_name(project): pinned for project, pinned in PIN.findall(text_of(name))}


def asked_for() -> tuple[list[Requirement], list[Requirement]]:
    project = tomllib.loads(text_of("pyproject.toml"))
    run = [Requirement(line) for line in project["project"]["dependencies"]]
    return run, [Requirement(line) for line in project["dependency-groups"]["dev"]]


def unmet(wanted: list[Requirement], pinned: dict[str, str]) -> list[str]:
    return [
        str(requirement)
        for requirement in wanted
        if not requirement.specifier.contains(pinned.get(canonicalize_name(requirement.name), "0"))
    ]


def test_every_dependency_is_pinned_within_its_bounds() -> None:
    """requirements.txt meets the dependencies, requirements-dev.txt those and the tools."""
    run, tools = asked_for()
    assert unmet(run, pins("requirements.txt")) == []
    assert unmet(run + tools, pins("requirements-dev.txt")) == []


def test_the_test_environment_contains_the_running_one() -> None:
    """`make run` after `make test` finds every pin in place: nothing is installed twice."""
    tests = pins("requirements-dev.txt")
    assert {name: tests.get(name) for name in pins("requirements.txt")} == pins("requirements.txt")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_s1_every_pin_has_hashes_and_no_address(name: str) -> None:
    """S1: each pin carries hashes, and no line says where to download from."""
    text = text_of(name)
    blocks = re.split(r"^(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE)
    assert [block for block in blocks if block and "--hash=sha256:" not in block] == []
    assert re.findall(r"https?:|--index|--find-links|@ ", text) == []


def test_dateutil_follows_the_pinned_zone_data() -> None:
    """python-dateutil is at least 4: older ones read the system's stale zone data (D2)."""
    assert int(version("python-dateutil").split(".")[0]) >= 4


def test_no_second_copy_of_the_zone_data_is_installed() -> None:
    """No requirement brings pytz, holidays or anything that pins an old dateutil."""
    assert {"pytz", "holidays", "celery", "recurring-ical-events"} & pins(
        "requirements-dev.txt"
    ).keys() == set()
