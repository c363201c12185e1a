"""`make audit` never ends well by silence (S2), sees what a list of parts lacks (S3), and its script (S7)."""

import json
import subprocess

import pytest

from audit.__main__ import CONTROL, FOUND, NOT_RUN, Output, differences, judge_holes
from tests.architecture.source import ROOT


def said(**holes: list[str]) -> Output:
    """What pip-audit says of packages with holes."""
    told = [{"name": name, "vulns": [{"id": one} for one in ids]} for name, ids in holes.items()]
    return Output(1 if any(holes.values()) else 0, json.dumps({"dependencies": told}), "")


KNOWN = said(jinja2=["PYSEC-2019-217"])
SILENT = Output(1, "", "ERROR: the service did not answer")


@pytest.mark.parametrize(
    ("control", "asked", "status", "told"),
    [
        (KNOWN, said(flask=[], jinja2=[]), 0, "2 pins, known holes: none"),
        (KNOWN, said(flask=["PYSEC-1"]), FOUND, "1 pins, known holes: flask PYSEC-1"),
        (said(jinja2=[]), said(flask=[]), NOT_RUN, "no advisories here"),  # a mirror without advisories
        (SILENT, said(flask=[]), NOT_RUN, "the service did not answer"),
        (KNOWN, SILENT, NOT_RUN, "the service did not answer"),
    ],
)
def test_s2_without_advisories_nothing_is_green(
    control: Output, asked: Output, status: int, told: str
) -> None:
    """S2: no hole counts as none only where a package with known holes was told to have some."""
    verdict = judge_holes(control, asked)
    assert verdict.status == status
    assert told in str(verdict)
    assert ("NOT RUN" in str(verdict)) == (status == NOT_RUN)


def test_s2_the_control_is_not_what_we_ship() -> None:
    """S2: the package with holes is a version that this program does not use."""
    assert CONTROL.strip() not in (ROOT / "requirements.txt").read_text(encoding="utf-8")


def component(name: str, version: str, digest: str) -> dict[str, object]:
    return {"name": name, "version": version, "externalReferences": [{"hashes": [{"content": digest}]}]}


@pytest.mark.parametrize(
    ("version", "digest", "wrong"),
    [("1.0", "a" * 64, []), ("1.1", "a" * 64, ["flask"]), ("1.0", "b" * 64, ["flask"])],
)
def test_s3_a_list_of_parts_is_the_lock(version: str, digest: str, wrong: list[str]) -> None:
    """S3: another version or another hash is a difference, and so is a part more or less."""
    lock = f"flask[async]==1.0 ; python_version > '3' \\\n    --hash=sha256:{'a' * 64}\n    # via x\n"
    assert differences(lock, {"components": [component("flask", version, digest)]}) == wrong
    assert differences(lock, {"components": []}) == ["flask"]


def test_s7_the_only_build_is_our_own_script() -> None:
    """S7: no CI service's workflow is here to be pinned; .ci/run is well formed and stops at a fault."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    hosted = (".github/workflows", ".gitlab-ci", ".circleci", "azure-pipelines", "Jenkinsfile")
    assert [name for name in tracked.splitlines() if name.startswith(hosted)] == []
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").count("\nset -euo pipefail\n") == 1
    assert subprocess.run(["bash", "-n", ".ci/run"], cwd=ROOT, check=False).returncode == 0
