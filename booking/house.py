"""What the running program needs beside the request: one value, made by the factory."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app

from booking.access.vault import Vault


@dataclass(frozen=True)
class MailServer:
    """Where mail goes; ``host`` None keeps messages as .eml files."""

    host: str | None
    port: int
    use_tls: bool
    use_ssl: bool
    username: str | None
    password: str | None
    sender: str | None


@dataclass(frozen=True)
class House:
    """The composition root's gift to the edges (web, mail, cli)."""

    vault: Vault
    now: Callable[[], datetime]
    base_url: str
    loopback_hosts: bool
    clinic: str | None
    rate_limits: bool
    trusted_proxies: int
    metrics_token: str | None
    redis_url: str | None
    mail: MailServer
    instance: Path


def house() -> House:
    """Return the running application's house."""
    found: House = current_app.extensions["house"]
    return found
