"""Where the database cannot live, nothing starts: one clear line, and an exit code that is not 0."""

from pathlib import Path

import pytest

from tests.databases import Clock, opened


def prepared(url: str, instance: Path) -> tuple[int, str]:
    with opened(url, instance, Clock()) as app:
        done = app.test_cli_runner().invoke(args=["prepare"])
    return done.exit_code, done.output


@pytest.mark.parametrize("folder", ["/proc", "{tmp}/not there", "{tmp}/a file"])
def test_k18_a_place_that_cannot_be_written_is_refused(folder: str, tmp_path: Path) -> None:
    """K18: a read-only file system, no folder, a file where the folder should be."""
    (tmp_path / "a file").touch()
    place = folder.format(tmp=tmp_path)
    code, output = prepared(f"sqlite:///{place}/clinic.db", tmp_path)
    assert (code, output.count("\n")) == (1, 1)
    assert output.startswith(
        "Error: The database does not answer or cannot be written: is DATABASE_URL right"
    )


def test_k19_a_place_without_a_write_ahead_log_is_refused(tmp_path: Path) -> None:
    """K19: locks by files beside the database, as on network drives, know no shared memory and so no log."""
    place = tmp_path / "clinic.db"
    code, output = prepared(f"sqlite:///file:{place}?vfs=unix-dotfile&uri=true", tmp_path)
    assert (code, output.count("\n")) == (1, 1)
    assert output.startswith("Error: This place cannot hold the database's write-ahead log")
    assert not place.exists() or place.stat().st_size == 0
