"""``make audit``: known holes of what is installed (S2), a list of its parts (S3), the build's script (S7).

A question that could not be asked is told as "not run", with the reason, and the audit does
not end well: it is never green by silence. Exit code 1: something was found; 3: something
was not run. What needs no tool is part of ``make test``: hashes (S1), licences (S4), secrets
(S6), pages (S8), and mail that does not depend on the version of Python (S5).
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".venv" / "audit" / "bin"
LOCK = ROOT / "requirements.txt"
PARTS = ROOT / "instance" / "parts.cdx.json"
SCRIPT = ROOT / ".ci" / "run"
FOUND, NOT_RUN = 1, 3
# Has holes that every source of advisories knows: where it is found harmless, nothing was looked up.
CONTROL = "jinja2==2.10\n"
PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Verdict:
    """What came of one question; ``status`` is 0, FOUND or NOT_RUN."""

    number: str
    status: int
    told: str

    def __str__(self) -> str:
        return f"{self.number} {({0: 'ok', FOUND: 'FOUND', NOT_RUN: 'NOT RUN'})[self.status]}: {self.told}"


@dataclass(frozen=True)
class Output:
    """What a tool has said."""

    code: int
    out: str
    err: str


def main() -> None:
    """Ask everything, print a line for each, and end with the worst exit code."""
    verdicts = [_ask("S2", _holes), _ask("S3", _parts), _ask("S7", _script)]
    for verdict in verdicts:
        print(verdict)
    sys.exit(min((one.status for one in verdicts if one.status), default=0))


def _ask(number: str, question: Callable[[], Verdict]) -> Verdict:
    try:
        return question()
    except (OSError, subprocess.TimeoutExpired) as error:
        return Verdict(number, NOT_RUN, str(error))


def _holes() -> Verdict:
    with tempfile.TemporaryDirectory() as folder:
        control = Path(folder) / "control.txt"
        control.write_text(CONTROL)
        known = _run("pip-audit", *_AUDIT, "--no-deps", "--requirement", str(control))
    return judge_holes(known, _run("pip-audit", *_AUDIT, "--require-hashes", "--requirement", str(LOCK)))


_AUDIT = ("--strict", "--disable-pip", "--format", "json", "--progress-spinner", "off")


def judge_holes(control: Output, asked: Output) -> Verdict:
    """Judge pip-audit's report on the lock by its report on a package with known holes.

    Args:
        control: What it said of the package that has some.
        asked: What it said of the lock.
    """
    if not _holes_in(control):
        said = (control.err.strip().splitlines() or ["it knows no hole of a package that has many"])[-1]
        return Verdict("S2", NOT_RUN, f"pip-audit has no advisories here. {said}")
    found = _holes_in(asked)
    if found is None:
        return Verdict("S2", NOT_RUN, (asked.err.strip().splitlines() or ["pip-audit said nothing"])[-1])
    count = len(json.loads(asked.out)["dependencies"])
    return Verdict("S2", FOUND if found else 0, f"{count} pins, known holes: {', '.join(found) or 'none'}")


def _holes_in(output: Output) -> list[str] | None:
    """Return what is known of whom; None where there is no report."""
    try:
        told: list[dict[str, Any]] = json.loads(output.out)["dependencies"]
    except (ValueError, KeyError):
        return None
    return [f"{one['name']} {hole['id']}" for one in told for hole in one.get("vulns", [])]


def _parts() -> Verdict:
    PARTS.parent.mkdir(mode=0o700, exist_ok=True)
    done = _run("cyclonedx-py", "requirements", str(LOCK), "--of", "JSON", "-o", str(PARTS))
    if done.code:
        return Verdict("S3", NOT_RUN, done.err.strip())
    parts = json.loads(PARTS.read_text(encoding="utf-8"))
    wrong = differences(LOCK.read_text(encoding="utf-8"), parts)
    told = f"CycloneDX {parts['specVersion']}, {len(parts['components'])} parts in {PARTS.relative_to(ROOT)}"
    return Verdict(
        "S3", FOUND if wrong else 0, f"{told}, differences from the lock: {len(wrong)} {wrong or ''}"
    )


def differences(lock: str, parts: dict[str, Any]) -> list[str]:
    """Name what a lock and a CycloneDX list do not have in common: pins, and the hashes of each."""
    blocks = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)
    pinned = {pin[0]: (block, pin) for block in blocks for pin in PIN.findall(block)}
    ours = {(name, pin[1], *sorted(HASH.findall(block))) for name, (block, pin) in pinned.items()}
    theirs = {(one["name"], one["version"], *sorted(_hashes(one))) for one in parts["components"]}
    return sorted({each[0] for each in ours ^ theirs})


def _hashes(component: dict[str, Any]) -> list[str]:
    found = [each for reference in component["externalReferences"] for each in reference.get("hashes", [])]
    return [each["content"] for each in found]


def _script() -> Verdict:
    done = _run("shellcheck", "--severity=warning", str(SCRIPT))
    told = "there are no workflows of a CI service; findings in .ci/run: "
    return Verdict("S7", FOUND if done.code else 0, told + (done.out.strip() or "none"))


def _run(tool: str, *words: str) -> Output:
    command = [str(TOOLS / tool), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    return Output(done.returncode, done.stdout, done.stderr)


if __name__ == "__main__":
    main()
