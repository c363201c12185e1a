"""The web's four audiences: patients, desk, admin, API."""

from pathlib import Path

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

from booking.web import account, api, desk, errors, filters, health, languages, patients, security
from booking.web.api.quick import QuickAnswers
from booking.web.api.slots import KEPT
from booking.web.gate import Gate
from booking.web.log import Log
from booking.web.static_files import StaticFiles


class _Json(DefaultJSONProvider):
    """Answers come in the order of the contract, without spaces."""

    sort_keys = False
    compact = True


def init_app(app: Flask) -> None:
    """Register security, errors, filters and every blueprint on ``app``."""
    app.json = _Json(app)
    app.extensions["log"] = Log(app.extensions["house"].now)
    security.init_app(app)
    errors.init_app(app)
    filters.init_app(app)
    languages.init_app(app)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(patients.blueprint)
    app.register_blueprint(account.blueprint)
    app.register_blueprint(account.admin)
    app.register_blueprint(desk.blueprint)
    _wrap(app)


def _wrap(app: Flask) -> None:
    """Stack the layers that see a request before Flask: proxies, gate, static files, kept answers."""
    house = app.extensions["house"]
    files = StaticFiles(Path(app.root_path) / "static")
    app.jinja_env.globals["static_url"] = files.url
    quick = QuickAnswers(app.wsgi_app, app, app.extensions[KEPT], house.now)
    layers = Gate(files.wrap(quick), house, app.extensions["log"])
    if house.trusted_proxies:
        trusted = ProxyFix(layers, x_for=house.trusted_proxies, x_proto=0)
        app.wsgi_app = trusted  # type: ignore[method-assign]  # the documented way to add a layer
    else:
        app.wsgi_app = layers  # type: ignore[method-assign]  # the documented way to add a layer
