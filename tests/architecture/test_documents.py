"""The documents tell the truth: names resolve, rules have tests, settings and commands are all told."""

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

import config
from tests.architecture.source import ROOT, python_files, relative, tree

DOCS = sorted((ROOT / "docs").rglob("*.md"))
WALK = ROOT / "docs" / "walk.md"
RULES = ROOT / "docs" / "rules.md"
OPERATIONS = (ROOT / "docs" / "operations.md", ROOT / "README.md")
ADR_MENTION = re.compile(r"adr/(\d{4})")
ADR_LINK = re.compile(r"\bADR (\d{4})\b")
PLACE = re.compile(r"`([\w./-]+\.(?:py|html|txt|md|toml|js|css))(?::(\w+))?`")
EDGE_OR_LAW = re.compile(r"\b([EL]\d\d)\b")
RULE = re.compile(r"\bR(\d{1,3})\b")
# What the first release promises to prove (edge cases, law, concurrency, crashes, time, access, bad input),
# then what messages and the patient's own page do (mail, privacy too).
PROMISED = """E01 E02 E03 E04 E05 E06 E07 E08 E09 E10 E11 E12 E14 E15 E17 E18 E21 E22 E23 E24 E25 E27 E29
    E30 E31 E32 E33 E36 E38 E39 E40 E41 E44 E45 E46 E47 E48 E49 E50 E51 E64 E65 E67 E69 L02 L03 L04
    L13 L14 L30 L31
    C1 C2 C3 C4 C12 C13 C14 K5 T1 T2 T4 T14 A1 A2 A19 A21 B1 B3 B5 B7 B8 B9 B10 B11
    E26 E37 E54 E55 E56 E57 E58 E63 E66 E68 E70 E71 L20 L21 L22 C6 C7 C9 K6 K7 K8 K9 K14 K15 T3 T13
    C5 C8 C10 C11 C15 C16 C17 C18 C19 C20 K1 K2 K3 K4 K10 K11 K12 K13 K16 K17 K18 K19 L1 L2 L3 L4 L6 L7 L8
    E13 E16 E28 E35 E42 E43 E52 E53 E59 E60 E61 E72 E73 E74 E75 E76 E77 E78 T11 A4 A5 A6 A9 A10 A11 A12
    A13 A14 A15 A16 A23 A24 B6 P6 P7 P8 A3 A7 A8 A17 A18 M1 M2 M3 M4 M5 M6 M7 M8 M9 M10
    P1 P11 S1 S2 S3 S4 S5 S6 S7 S8"""
TEST_PLACE = re.compile(r"`tests/([\w/]+\.py)`")


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def names_in(path: Path) -> set[str]:
    """Return what a Python file defines at its top level, methods of its classes too."""
    found = set()
    for node in tree(path).body:
        found |= names_of(node)
        if isinstance(node, ast.ClassDef):
            found |= {name for inner in node.body for name in names_of(inner)}
    return found


def names_of(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    targets = getattr(node, "targets", [getattr(node, "target", None)])
    return {target.id for target in targets if isinstance(target, ast.Name)}


def where(place: str) -> Path | None:
    """Return the file that a document means: from the root, or from booking/."""
    return next((path for path in (ROOT / place, ROOT / "booking" / place) if path.exists()), None)


def unresolved(path: Path) -> list[str]:
    missing = []
    for place, name in PLACE.findall(text(path)):
        found = where(place)
        if found is None or (name and found.suffix == ".py" and name not in names_in(found)):
            missing.append(f"{place}:{name}" if name else place)
    return missing


@pytest.mark.parametrize("path", [*DOCS, ROOT / "README.md"], ids=relative)
def test_every_file_and_function_that_a_document_names_exists(path: Path) -> None:
    """What stands in backquotes as a file, or as file:function, is there."""
    assert unresolved(path) == []


def test_the_walk_names_enough_to_be_followed() -> None:
    """A booking's way through the house names at least fifteen functions."""
    assert len([name for _, name in PLACE.findall(text(WALK)) if name]) >= 15


def test_every_decision_that_is_cited_exists() -> None:
    """A number of an ADR, in a document or in code, has its file; numbers are not used twice."""
    numbers = [path.name[:4] for path in (ROOT / "docs" / "adr").glob("*.md")]
    cited = {
        number
        for path in [*DOCS, *python_files("booking", "tests", "migrations", "bench")]
        for pattern in (ADR_MENTION, ADR_LINK)
        for number in pattern.findall(text(path))
    }
    assert len(numbers) == len(set(numbers))
    assert cited - set(numbers) == set()


def test_every_edge_case_in_the_rules_has_a_test_and_the_other_way_round() -> None:
    """The E and L numbers that docs/rules.md claims are those that tests name."""
    own = Path(__file__)
    claimed = set(EDGE_OR_LAW.findall(text(RULES)))
    tests = [path for path in python_files("tests") if path != own]
    proved = {
        number.upper()
        for path in tests
        for number in re.findall(r"(?i)(?<![a-z0-9])([el]\d\d)(?!\d)", text(path))
    }
    assert claimed - proved == set()
    assert proved - claimed == set()


def test_everything_that_was_promised_has_a_test_of_that_number() -> None:
    """Each promised case is named by the name or docstring of a test, or of its file."""
    named = "\n".join(
        name_and_docstring(node) for path in python_files("tests") for node in ast.walk(tree(path))
    )
    told = {
        number.upper() for number in re.findall(r"(?i)(?<![a-z0-9])([elctakbmps]\d\d?)(?![a-z0-9])", named)
    }
    assert [number for number in PROMISED.split() if number not in told] == []


def name_and_docstring(node: ast.AST) -> str:
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
        return f"{node.name.replace('_', ' ')} {ast.get_docstring(node)}"
    return ast.get_docstring(node) or "" if isinstance(node, ast.Module) else ""


def test_every_rule_names_a_test_file_that_exists() -> None:
    """Each numbered rule says where it is proved; numbers run from 1 without a gap."""
    rows = [line for line in text(RULES).splitlines() if re.match(r"\| R\d+ ", line)]
    numbers = [int(re.findall(r"R(\d+)", row)[0]) for row in rows]
    assert numbers == list(range(1, len(rows) + 1))
    places = {row.split("|")[1].strip(): TEST_PLACE.findall(row) for row in rows}
    assert [rule for rule, found in places.items() if not found] == []
    assert [one for found in places.values() for one in found if not (ROOT / "tests" / one).exists()] == []


def test_every_rule_that_code_cites_exists() -> None:
    """A rule number in the program's text is one of docs/rules.md."""
    known = set(re.findall(r"^\| R(\d+) ", text(RULES), re.MULTILINE))
    cited = {number for path in python_files("booking") for number in RULE.findall(text(path))}
    assert cited - known == set()


def test_every_setting_is_documented() -> None:
    """docs/operations.md names every variable that config.py reads, and no other."""
    read = set(re.findall(r"\"([A-Z][A-Z_]+)\"", text(Path(config.__file__)))) - {"PORT"}
    told = set(re.findall(r"^\| `([A-Z][A-Z_]+)` ", text(OPERATIONS[0]), re.MULTILINE))
    assert told - {"PORT", "WEB_CONCURRENCY"} == read


def test_every_command_is_documented(app: Flask) -> None:
    """docs/operations.md names every command that this program adds to flask, and `db` of Flask-Migrate."""
    ours = {name for name, command in app.cli.commands.items() if is_ours(command)}
    told = set(re.findall(r"^\| `flask ([a-z-]+)", text(OPERATIONS[0]), re.MULTILINE))
    assert told == ours | {"db"}


def is_ours(command: object) -> bool:
    inner = list(getattr(command, "commands", {}).values()) or [command]
    return any(
        getattr(one.callback, "__module__", "").startswith("booking.") or wraps_ours(one) for one in inner
    )


def wraps_ours(command: object) -> bool:
    wrapped = getattr(getattr(command, "callback", None), "__wrapped__", None)
    return getattr(wrapped, "__module__", "").startswith("booking.")


def test_every_make_target_is_documented() -> None:
    """README.md and docs/operations.md name every target that `make help` lists."""
    targets = re.findall(r"^([a-z-]+):.*## ", text(ROOT / "Makefile"), re.MULTILINE)
    told = "".join(text(path) for path in OPERATIONS)
    assert [target for target in targets if f"make {target}" not in told] == []


def test_every_migration_is_proved_with_data() -> None:
    """All migrations go up and down with data; each after the first has a test of its own besides."""
    proofs = "".join(text(path) for path in python_files("tests/migrations"))
    migrations = sorted(path.name[:4] for path in (ROOT / "migrations" / "versions").glob("*.py"))
    assert "def test_migrations_go_up_and_down_with_data" in proofs
    assert [number for number in migrations[1:] if f"def test_{number}_" not in proofs] == []
