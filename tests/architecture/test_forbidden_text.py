"""What must not be written anywhere: zone maths in SQL or scripts, raw output, local paths (T14, B3)."""

import re
import subprocess
from pathlib import Path

from tests.architecture.source import ROOT, relative

TEXT = {".py", ".html", ".txt", ".js", ".css", ".toml", ".md", ".yaml", ".yml", ".sql", ".ini", ".svg", ""}
PRODUCT = ("booking/", "templates/", "static/", "migrations/", "config.py", "wsgi.py")
ZONE_MATHS = re.compile(
    r"AT TIME ZONE|func\.now\(|CURRENT_(TIMESTAMP|DATE|TIME)\b|datetime\('now'|\bpytz\b|dateutil\.tz"
    r"|\bnew Date\(|\bDate\.parse|\bIntl\.|toLocale(Date|Time)?String|getTimezoneOffset|\bTemporal\.",
    re.IGNORECASE,
)
UNESCAPED = re.compile(r"\|\s*safe\b|\bMarkup\(|autoescape\s*(=\s*False|false)|\{%-?\s*autoescape\b")
# Files that hand on text without escaping, and why each may.
UNESCAPED_WITH_REASON = {
    "booking/web/filters.py": "our own tags around an escaped name",
    "booking/web/desk/cells.py": "our own tags around what format() escapes",
    "booking/web/desk/kept_grid.py": "a template's own output, escaped there",
    "booking/web/frame.py": "a template's own output, escaped there",
    "booking/web/patients/chips.py": "numbers and our own words only, joined here for speed (G8)",
    "booking/web/patients/times.py": "a template's own output, escaped there",
    "booking/web/patients/week.py": "our own tags around what escape() returns",
}
LOCAL = re.compile(
    r"/(work|root|tmp|home)/|--(extra-)?index-url[ =]|--find-links[ =]|https?://\S+(/simple/|\.whl\b|\.tar\.gz\b)",
    re.IGNORECASE,
)


def tracked() -> list[Path]:
    """Return the files that git tracks, with text in them."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.suffix in TEXT and path.is_file()]


def lines_with(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    found = []
    for path in paths:
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [
            f"{relative(path)}:{n}: {line.strip()}" for n, line in enumerate(lines, 1) if pattern.search(line)
        ]
    return found


def product() -> list[Path]:
    return [path for path in tracked() if relative(path).startswith(PRODUCT)]


def test_t14_zone_arithmetic_happens_only_in_python() -> None:
    """T14: no SQL, template or script computes with zones or asks for the time (D2)."""
    assert lines_with(ZONE_MATHS, product()) == []


def test_b3_nothing_is_printed_without_escaping() -> None:
    """B3: `|safe`, Markup and autoescape off occur only where a reason is listed."""
    found = lines_with(UNESCAPED, product())
    assert {line.split(":")[0] for line in found} == set(UNESCAPED_WITH_REASON)


def test_no_file_names_a_machine_or_a_registry() -> None:
    """What is committed works on every machine: no local path, no download address."""
    assert lines_with(LOCAL, tracked()) == []
