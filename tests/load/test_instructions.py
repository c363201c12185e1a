"""A call may not become dearer unnoticed: what it executes is counted, not timed (L8)."""

import json
import os
import platform
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

BASELINE = Path(__file__).with_name("instructions.toml")
MORE = 1.03
HOW = "if that has a good reason, tests/load/instructions.toml says how the new counts are accepted"


@pytest.fixture(scope="module")
def counted() -> dict[str, dict[str, int]]:
    """The counts of a process of their own: other tests leave nothing behind there."""
    environ = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.load.instructions"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    found: dict[str, dict[str, int]] = json.loads(done.stdout)
    return found


def dearer(
    counted: dict[str, dict[str, int]], baseline: dict[str, dict[str, int]], names: list[str]
) -> list[str]:
    """Return what has become more than 3 % dearer than was accepted."""
    return [
        f"{call}, {name}: {counted[call][name]} instead of {accepted[name]}"
        for call, accepted in baseline.items()
        for name in names
        if counted[call][name] > accepted[name] * MORE
    ]


def test_l8_no_call_has_become_dearer(
    counted: dict[str, dict[str, int]], record_property: Callable[[str, object], None]
) -> None:
    """L8: slots, a page and a booking execute at most 3 % more than was accepted, and no statement more."""
    baseline = tomllib.loads(BASELINE.read_text(encoding="utf-8"))
    versions = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    same = [name for name, version in versions.items() if version.startswith(f"{baseline.pop(name)}.")]
    record_property("L8 executed", {call: tuple(each.values()) for call, each in counted.items()})
    assert baseline.keys() == counted.keys()
    assert dearer(counted, baseline, ["statements", *same]) == [], HOW


def test_l8_the_gate_sees_three_in_a_hundred() -> None:
    """L8, control: a little less than 3 % more passes, a little more does not."""
    accepted = {"booking": {"python": 1000}}
    assert dearer({"booking": {"python": 1029}}, accepted, ["python"]) == []
    assert dearer({"booking": {"python": 1031}}, accepted, ["python"]) != []
