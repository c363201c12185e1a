"""Settings from the environment: frozen, typed, no default secret."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SHORTEST_KEY = 32
ROOT = Path(__file__).resolve().parent
BASE_URL = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?/?")


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it and says what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything the program takes from outside, as documented in docs/operations.md."""

    secret_key: str
    secret_key_fallbacks: tuple[str, ...]
    database_url: str
    base_url: str
    loopback_hosts: bool
    clinic: str | None
    mail_server: str | None
    mail_port: int
    mail_use_tls: bool
    mail_use_ssl: bool
    mail_username: str | None
    mail_password: str | None
    mail_default_sender: str | None
    redis_url: str | None
    trusted_proxies: int
    rate_limits: bool
    metrics_token: str | None
    instance: Path


def read_settings(environ: Mapping[str, str], instance: Path | None = None) -> Settings:
    """Return the settings found in ``environ``.

    Raises:
        SettingsError: a required one is missing or one has a value that cannot be meant.
    """
    instance = instance or ROOT / "instance"
    secret_key = environ.get("SECRET_KEY", "")
    if len(secret_key) < SHORTEST_KEY:
        raise SettingsError(
            "SECRET_KEY is missing or shorter than 32 characters: "
            "set it, or run `make run` once, which makes one in instance/settings.env"
        )
    database_url = environ.get("DATABASE_URL") or f"sqlite:///{instance / 'clinic.db'}"
    base_url = environ.get("BASE_URL") or f"http://127.0.0.1:{environ.get('PORT') or 8000}"
    _check_database_url(database_url)
    _check_base_url(base_url)
    _check_redis_url(environ.get("REDIS_URL") or "redis://")
    return Settings(
        secret_key=secret_key,
        secret_key_fallbacks=_fallbacks(environ),
        database_url=database_url,
        base_url=base_url.rstrip("/"),
        loopback_hosts=_flag(environ, "LOOPBACK_HOSTS", default=False),
        clinic=environ.get("CLINIC") or None,
        mail_server=environ.get("MAIL_SERVER") or None,
        mail_port=_number(environ, "MAIL_PORT", 587),
        mail_use_tls=_flag(environ, "MAIL_USE_TLS", default=True),
        mail_use_ssl=_flag(environ, "MAIL_USE_SSL", default=False),
        mail_username=environ.get("MAIL_USERNAME") or None,
        mail_password=environ.get("MAIL_PASSWORD") or None,
        mail_default_sender=environ.get("MAIL_DEFAULT_SENDER") or None,
        redis_url=environ.get("REDIS_URL") or None,
        trusted_proxies=_number(environ, "TRUSTED_PROXIES", 0),
        rate_limits=environ.get("RATE_LIMITS", "on").lower() != "off",
        metrics_token=environ.get("METRICS_TOKEN") or None,
        instance=instance,
    )


def _check_database_url(url: str) -> None:
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        kind = url.partition(":")[0]
        raise SettingsError(
            f"DATABASE_URL begins with {kind!r}: it must begin with sqlite:/// or postgresql://"
        )


def _check_base_url(url: str) -> None:
    if not BASE_URL.fullmatch(url):
        raise SettingsError(
            f"BASE_URL is {url!r}: it must be like https://booking.example.com, nothing after it"
        )


def _check_redis_url(url: str) -> None:
    if not url.startswith(("redis://", "rediss://")):
        raise SettingsError(
            f"REDIS_URL begins with {url.partition(':')[0]!r}: it must begin with redis:// or rediss://"
        )


def ensure_settings_file(instance: Path) -> Path:
    """Create ``settings.env`` (mode 0600) with a random SECRET_KEY where there is none."""
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = instance / "settings.env"
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(f"SECRET_KEY={secrets.token_urlsafe(48)}\n")
    return path


def read_settings_file(path: Path) -> dict[str, str]:
    """Return the NAME=value lines of ``path``; a missing file is empty."""
    if not path.exists():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, value in pairs if not name.startswith("#")}


def settings_from_environment() -> Settings:
    """Return the settings of this process; instance/settings.env fills what is unset."""
    instance = ROOT / "instance"
    filled = {**read_settings_file(instance / "settings.env"), **os.environ}
    return read_settings(filled, instance)


def _fallbacks(environ: Mapping[str, str]) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key.strip())
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise SettingsError(
            "SECRET_KEY_FALLBACKS holds a key shorter than 32 characters: list earlier keys, with commas"
        )
    return keys


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit():
        raise SettingsError(f"{name} is {text!r}: it must be a whole number")
    return int(text)


def _flag(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = environ.get(name, "").lower()
    if text in ("", "1", "true", "yes", "on", "0", "false", "no", "off"):
        return default if text == "" else text in ("1", "true", "yes", "on")
    raise SettingsError(f"{name} is {text!r}: it must be on or off")
