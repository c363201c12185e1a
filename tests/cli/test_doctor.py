"""``flask doctor``: one line per check, exit 0 only when all is well."""

from pathlib import Path

import pytest
from flask import Flask

from tests.databases import Clock, opened


def examine(url: str, instance: Path, **environ: str) -> tuple[int, list[str]]:
    with opened(url, instance, Clock(), **environ) as app:
        done = app.test_cli_runner().invoke(args=["doctor"])
    return done.exit_code, done.output.splitlines()


def test_all_is_well(sqlite_url: str, tmp_path: Path) -> None:
    """A fresh installation: every line begins with ok, exit code 0."""
    code, lines = examine(sqlite_url, tmp_path)
    assert [line for line in lines if not line.startswith("ok ")] == []
    assert [line.split(":")[0].split(maxsplit=1)[1] for line in lines] == [
        "zone data",
        "migrations",
        "guard",
        "outbox",
        "reminders",
        "settings",
        "mail",
        "clinic",
        "clock",
        "disk",
        "claims",
    ]
    assert code == 0


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"BASE_URL": "http://book.synergy.example"}, "BASE_URL is not https"),
        ({"MAIL_USERNAME": "desk"}, "MAIL_USERNAME and MAIL_PASSWORD belong together"),
        ({"RATE_LIMITS": "off"}, "RATE_LIMITS is off"),
        ({"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": "1"}, "the mail server cannot be used"),
        ({"CLINIC": "elsewhere"}, "CLINIC names 'elsewhere'"),
    ],
)
def test_each_doubtful_setting_is_told(
    sqlite_url: str, tmp_path: Path, environ: dict[str, str], says: str
) -> None:
    """One wrong setting is one red line, and exit code 1."""
    code, lines = examine(sqlite_url, tmp_path, **environ)
    red = [line for line in lines if line.startswith("WRONG")]
    assert len(red) == 1
    assert says in red[0]
    assert code == 1


def test_a_readable_database_is_told(sqlite_url: str, tmp_path: Path) -> None:
    """Patients' data that other users of the machine can reach and read is red."""
    tmp_path.chmod(0o755)
    (tmp_path / "clinic.db").chmod(0o644)
    code, lines = examine(sqlite_url, tmp_path)
    assert [line for line in lines if line.startswith("WRONG")] == [
        "WRONG  settings: other users of this machine can read clinic.db: chmod 600"
    ]
    assert code == 1


def test_an_unreachable_database_is_told(tmp_path: Path) -> None:
    """Without its database the doctor says so, in one line, and asks it nothing more."""
    code, lines = examine("postgresql://127.0.0.1:1/nothing", tmp_path)
    assert [line[:27] for line in lines if line.startswith("WRONG")] == ["WRONG  database: does not a"]
    assert code == 1


def test_it_works_on_postgresql(pg_url: str, tmp_path: Path) -> None:
    """On PostgreSQL the same checks hold; only the tests' clock differs from the server's."""
    code, lines = examine(pg_url, tmp_path)
    assert [line.split(":")[0] for line in lines if line.startswith("WRONG")] == ["WRONG  clock"]
    assert code == 1


def test_help_names_every_command(app: Flask) -> None:
    """The commands that documents name are there (contract.md)."""
    shown = app.test_cli_runner().invoke(args=["--help"]).output
    assert all(f"\n  {name} " in shown for name in ("clinic", "demo", "doctor", "messages", "up"))
