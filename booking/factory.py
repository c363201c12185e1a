"""The composition root: the one module that knows everybody."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from flask import Flask
from flask_migrate import Migrate

from booking import cli, clock, web
from booking.access.vault import Vault
from booking.house import House, MailServer
from booking.records import database
from booking.records.schema import db

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, match_args=False)  # so that members are read-only, as config.Settings has them
class Settings(Protocol):
    """What ``create_app`` needs to know (config.Settings has it)."""

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
    trusted_proxies: int
    rate_limits: bool
    metrics_token: str | None
    redis_url: str | None
    instance: Path


def create_app(settings: Settings, now: Callable[[], datetime] = clock.now) -> Flask:
    """Build the application; ``now`` is the clock that every door passes on."""
    app = Flask(
        "booking",
        root_path=str(ROOT),
        template_folder="templates",
        static_folder=None,
        instance_path=str(settings.instance),
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(settings.database_url),
    )
    app.extensions["house"] = _house(settings, now)
    db.init_app(app)
    database.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"))
    web.init_app(app)
    cli.init_app(app)
    return app


def _house(settings: Settings, now: Callable[[], datetime]) -> House:
    return House(
        vault=Vault(settings.secret_key, settings.secret_key_fallbacks),
        now=now,
        base_url=settings.base_url,
        loopback_hosts=settings.loopback_hosts,
        clinic=settings.clinic,
        rate_limits=settings.rate_limits,
        trusted_proxies=settings.trusted_proxies,
        metrics_token=settings.metrics_token,
        redis_url=settings.redis_url,
        mail=MailServer(
            host=settings.mail_server,
            port=settings.mail_port,
            use_tls=settings.mail_use_tls,
            use_ssl=settings.mail_use_ssl,
            username=settings.mail_username,
            password=settings.mail_password,
            sender=settings.mail_default_sender,
        ),
        instance=settings.instance,
    )
