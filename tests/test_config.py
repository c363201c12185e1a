"""Settings: typed, frozen, no default secret; a wrong one is told by its name."""

import os
import stat
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from config import SettingsError, ensure_settings_file, read_settings, read_settings_file

KEY = "0123456789abcdef0123456789abcdef"
LEAST = {"SECRET_KEY": KEY}


def test_a_secret_is_all_that_must_be_given(tmp_path: Path) -> None:
    """With the key alone: SQLite in the instance folder, loopback, no mail server, limits on."""
    settings = read_settings(LEAST, tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path / 'clinic.db'}"
    assert (settings.base_url, settings.mail_server, settings.mail_port) == (
        "http://127.0.0.1:8000",
        None,
        587,
    )
    assert (settings.mail_use_tls, settings.mail_use_ssl) == (True, False)
    assert (settings.clinic, settings.trusted_proxies, settings.rate_limits) == (None, 0, True)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SECRET_KEY", "", "SECRET_KEY is missing or shorter than 32 characters"),
        ("SECRET_KEY", KEY[:31], "SECRET_KEY is missing or shorter than 32 characters"),
        ("BASE_URL", "book.synergy.example", "BASE_URL is 'book.synergy.example'"),
        ("MAIL_PORT", "smtp", "MAIL_PORT is 'smtp': it must be a whole number"),
        ("MAIL_PORT", "-25", "MAIL_PORT is '-25'"),
        ("TRUSTED_PROXIES", "\u0663", "TRUSTED_PROXIES is '\u0663'"),
        ("MAIL_USE_TLS", "maybe", "MAIL_USE_TLS is 'maybe': it must be on or off"),
    ],
)
def test_a_wrong_setting_is_told_by_its_name(tmp_path: Path, name: str, value: str, says: str) -> None:
    """The message begins with the variable to mend."""
    with pytest.raises(SettingsError) as told:
        read_settings({**LEAST, name: value}, tmp_path)
    assert str(told.value).startswith(says)


@pytest.mark.parametrize(
    ("text", "meant"), [("on", True), ("1", True), ("TRUE", True), ("off", False), ("No", False), ("", True)]
)
def test_a_flag_is_on_or_off_and_empty_is_its_default(tmp_path: Path, text: str, meant: bool) -> None:
    """Both spellings in any case; an empty variable is as if it were unset."""
    assert read_settings({**LEAST, "MAIL_USE_TLS": text}, tmp_path).mail_use_tls is meant


def test_the_base_url_follows_the_port_and_loses_its_slash(tmp_path: Path) -> None:
    """BASE_URL wins; without it links begin with the printed address."""
    assert read_settings({**LEAST, "PORT": "8080"}, tmp_path).base_url == "http://127.0.0.1:8080"
    given = {**LEAST, "PORT": "8080", "BASE_URL": "https://book.synergy.example/"}
    assert read_settings(given, tmp_path).base_url == "https://book.synergy.example"


def test_settings_are_frozen(tmp_path: Path) -> None:
    """Nothing changes a setting while the program runs."""
    settings = read_settings(LEAST, tmp_path)
    with pytest.raises(FrozenInstanceError):
        settings.rate_limits = False  # type: ignore[misc]  # that is what must not work


def test_the_settings_file_is_made_once_and_for_its_owner(tmp_path: Path) -> None:
    """A random key of more than 32 characters, mode 0600, in a folder of mode 0700; never written again."""
    folder = tmp_path / "instance"
    path = ensure_settings_file(folder)
    made = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700 & ~_umask()
    assert ensure_settings_file(folder).read_text() == made
    assert len(read_settings_file(path)["SECRET_KEY"]) >= 43
    assert ensure_settings_file(tmp_path / "other").read_text() != made


def test_the_settings_file_is_lines_of_name_and_value(tmp_path: Path) -> None:
    """Comments and empty lines are skipped, a value may hold an equals sign; no file is no settings."""
    path = tmp_path / "settings.env"
    path.write_text("# mail\n\nMAIL_SERVER = smtp.synergy.example\nMAIL_PASSWORD=a=b\n")
    assert read_settings_file(path) == {"MAIL_SERVER": "smtp.synergy.example", "MAIL_PASSWORD": "a=b"}
    assert read_settings_file(tmp_path / "missing") == {}


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
