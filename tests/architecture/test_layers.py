"""What import contracts cannot say: one clock, one commit, no framework beside the database."""

import ast
import re
from pathlib import Path

from tests.architecture.source import ROOT, imported, python_files, relative, tree

WEB = {"flask", "flask_wtf", "wtforms", "werkzeug"}
DATABASE = {"sqlalchemy", "flask_sqlalchemy", "alembic"}
# Files that import a web framework and the database, and why.
MIXED = {
    "booking/records/database.py": "attaches the engine to the app: init_app(app)",
}
CLOCK_READS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
}
COMMIT = re.compile(r"\.commit\(|[\"']COMMIT\b", re.IGNORECASE)


def top_level_imports(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


def clock_reads(path: Path) -> list[str]:
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            owner = (
                node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            )
            if (owner, node.attr) in CLOCK_READS:
                found.append(f"{relative(path)}:{node.lineno}")
    return found


def product() -> list[Path]:
    return [*python_files("booking"), ROOT / "config.py", ROOT / "wsgi.py"]


def test_the_clock_is_read_in_one_place() -> None:
    """D2: of all the program, only booking/clock.py asks what time it is, once."""
    reads = [place for path in product() for place in clock_reads(path)]
    assert [place.split(":")[0] for place in reads] == ["booking/clock.py"]


def test_the_database_is_committed_in_one_place() -> None:
    """D5: only records/transaction.py commits."""
    committing = {relative(path) for path in product() if COMMIT.search(path.read_text(encoding="utf-8"))}
    assert committing == {"booking/records/transaction.py"}


def test_no_file_mixes_the_web_and_the_database() -> None:
    """No file imports a web framework and the database, but for those with a reason."""
    mixed = {
        relative(path)
        for path in product()
        if top_level_imports(path) & WEB and top_level_imports(path) & DATABASE
    }
    assert mixed == set(MIXED)


def test_the_house_has_its_rooms() -> None:
    """The names that other programs, deployment scripts and documents rely on are there."""
    rooms = """wsgi.py config.py sample_clinic.toml Makefile README.md CHANGELOG.md .ci/run
        requirements.txt requirements-dev.txt pyproject.toml
        booking/factory.py booking/clock.py booking/house.py
        booking/scheduling/timeline.py booking/scheduling/hours.py booking/scheduling/visit.py
        booking/scheduling/slots.py booking/scheduling/rules.py booking/scheduling/assign.py
        booking/scheduling/lifecycle.py booking/scheduling/reminders.py booking/scheduling/zone.py
        booking/scheduling/errors.py booking/access booking/records/transaction.py
        booking/actions/book.py booking/actions/hold.py booking/actions/move.py
        booking/actions/cancel.py booking/actions/block.py booking/mail booking/web/patients
        booking/web/api booking/web/security.py booking/web/errors.py booking/cli
        templates templates/email static/css static/js static/VENDOR.md migrations/env.py
        tests/races tests/migrations tests/contract tests/architecture tests/browser
        docs/rules.md docs/adr docs/walk.md docs/operations.md docs/privacy.md bench"""
    assert [name for name in rooms.split() if not (ROOT / name).exists()] == []
