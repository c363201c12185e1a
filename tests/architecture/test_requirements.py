"""The committed requirement files are what pyproject.toml asks for, by hash (S1)."""

import re
import tomllib
from importlib.metadata import metadata, version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import ROOT

PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;]+)", re.MULTILINE)

# What may be shipped with a program of any licence; LGPL: psycopg, used as it is and exchangeable.
ALLOWED = re.compile(r"MIT|BSD|Apache|ISC|PSF|Python|Unlicense|LGPL")
REFUSED = re.compile(r"(?<!L)GPL|AGPL|SSPL|BUSL|Commercial|Proprietary")
FROM_ELSEWHERE = re.compile(r"""(?:src|srcset|integrity|@import|url\()\s*=?\s*["'(]*(?:https?:)?//""")


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


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-audit.txt"])
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


def installed_here() -> list[str]:
    """Return the pinned names but for those that only other Pythons need."""
    lines = re.findall(r"^[A-Za-z0-9].*==.*?(?= \\$)", text_of("requirements.txt"), re.MULTILINE)
    wanted = [Requirement(line) for line in lines]
    return sorted(
        canonicalize_name(one.name) for one in wanted if one.marker is None or one.marker.evaluate()
    )


@pytest.mark.parametrize("name", installed_here())
def test_s4_every_licence_lets_us_ship_it(name: str) -> None:
    """S4: each pinned distribution names a licence of the list, and none that binds a whole program."""
    told = metadata(name)
    words = [told.get("License-Expression") or "", *told.get_all("Classifier", [])]
    short = (told.get("License") or "").partition("\n")[0]
    licence = " ".join(word for word in (*words, short) if "Licen" in word or "::" not in word)
    assert ALLOWED.search(licence), licence
    assert not REFUSED.search(licence), licence


def test_s8_no_page_loads_anything_from_elsewhere() -> None:
    """S8: no script, style, font or picture of another host stands in a template or a static file."""
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*.css")]
    files += (ROOT / "static").rglob("*.js")
    assert len(files) > 20
    assert [file.name for file in files if FROM_ELSEWHERE.search(file.read_text(encoding="utf-8"))] == []
