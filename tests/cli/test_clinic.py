"""``flask clinic load``: what it prints, what it refuses, and that a refusal changes nothing."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from tests.actions.edits import edited
from tests.actions.faulty_set_ups import SAMPLE
from tests.databases import SAMPLE as SAMPLE_FILE
from tests.databases import Clock, opened, sqlite_url
from tests.web.desk.visits import TUESDAY, book


def load(app: Flask, file: Path) -> Result:
    return app.test_cli_runner().invoke(args=["clinic", "load", str(file)])


def test_the_sample_is_loaded_and_told(app: Flask, tmp_path: Path) -> None:
    """Loading says which clinic, which version and how much of everything."""
    file = tmp_path / "ours.toml"
    file.write_text(edited(("Grace Lam", "Grace Lam-Wong")), encoding="utf-8")
    result = load(app, file)
    assert result.exit_code == 0
    assert result.output == (
        "Loaded Synergy Acupuncture & Massage (sample) (synergy), version 2 of its set-up: "
        "5 rooms, 2 kinds of device, 5 practitioners, 10 services, 5 extra closures.\n"
    )


def test_t11_visits_in_closed_time_are_told(app: Flask, tmp_path: Path) -> None:
    """T11: who loads hours over booked visits is told how many stand in closed time now."""
    book(app)
    file = tmp_path / "ours.toml"
    closure = "extra_closures = ["
    text = edited((closure, f'{closure}\n  {{ date = "{TUESDAY}", hours = [], reason = "Moving" }},'))
    file.write_text(text, encoding="utf-8")
    told = "Visits booked in time that is closed now: 1. They stand on the call list.\n"
    assert load(app, file).output.endswith(told)


def test_a_byte_order_mark_is_no_fault(app: Flask, tmp_path: Path) -> None:
    """Editors on Windows begin UTF-8 files with a mark; the file loads all the same."""
    file = tmp_path / "ours.toml"
    file.write_bytes(b"\xef\xbb\xbf" + SAMPLE.encode())
    assert load(app, file).exit_code == 0


def test_each_fault_has_its_own_line(app: Flask, tmp_path: Path) -> None:
    """FILE:LINE: field: reason, one line each, then what to do; exit 1."""
    file = tmp_path / "ours.toml"
    text = edited(("grid_minutes = 15", "grid_minutes = 25"), ("fri = ", "fry = "))
    file.write_text(text, encoding="utf-8")
    result = load(app, file)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"{file}:10: clinic.grid_minutes: is 25: it must divide the hour: 5, 10, 15, 20, 30 or 60",
        f"{file}:26: hours.fry: is not known here: did you mean fri?",
        "Error: Nothing was changed. Mend these lines and load the file again.",
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, " cannot be read: No such file or directory."),
        (b"a = 1\nb = \xff\n", ":2: is not UTF-8 text. Save it as UTF-8."),
        (b"\x00" * 10_000_000, " is too large to be a clinic's set-up."),
        (b"#" * 1_000_001, ":0: file: is longer than 1000000 characters: a set-up file is not"),
        (b"", ":1: clinic: is missing: add it"),
    ],
)
def test_a_file_that_is_none(app: Flask, tmp_path: Path, content: bytes | None, told: str) -> None:
    """A file that is not there, not UTF-8, of 10 MB or empty: a clear sentence, exit 1, no traceback."""
    file = tmp_path / "ours.toml"
    if content is not None:
        file.write_bytes(content)
    result = load(app, file)
    assert result.exit_code == 1
    assert f"{file}{told}" in result.output
    assert isinstance(result.exception, SystemExit)


def test_a_folder_is_no_file(app: Flask, tmp_path: Path) -> None:
    """The name of a folder is refused in words."""
    result = load(app, tmp_path)
    assert result.exit_code == 1
    assert result.output == f"Error: {tmp_path} cannot be read: Is a directory.\n"


def test_a_new_database_is_laid_before_it_is_loaded(tmp_path: Path) -> None:
    """Loading needs no command before it; the demo says which one comes first."""
    with opened(sqlite_url(tmp_path / "new.db"), tmp_path, Clock()) as app:
        refused = app.test_cli_runner().invoke(args=["demo"])
        assert refused.exit_code == 1
        assert "run `flask --app wsgi db upgrade`" in refused.output
        assert load(app, SAMPLE_FILE).exit_code == 0


def test_a_faulty_file_is_told_before_any_database_is_asked(tmp_path: Path) -> None:
    """A fault of the file comes first, even where there are no tables; none are made for it."""
    faulty = tmp_path / "faulty.toml"
    faulty.write_text(SAMPLE_FILE.read_text().replace("grid_minutes = 15", "grid_minutes = 7"))
    with opened(sqlite_url(tmp_path / "new.db"), tmp_path, Clock()) as app:
        result = load(app, faulty)
        assert result.exit_code == 1
        assert "grid_minutes" in result.output
        assert app.test_cli_runner().invoke(args=["demo"]).exit_code == 1
