"""The web's four audiences: patients, desk, admin, API."""

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from booking.web import errors, health, security
from booking.web.api import blueprint as api
from booking.web.gate import Gate
from booking.web.log import make_log
from booking.web.static_files import StaticFiles


def init_app(app: Flask) -> None:
    """Register security, errors, filters and every blueprint on ``app``."""
    app.extensions["log"] = make_log(app.extensions["house"].now)
    security.init_app(app)
    errors.init_app(app)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(api)
    _wrap(app)


def _wrap(app: Flask) -> None:
    """Stack the layers that see a request before Flask: proxies, gate, static files."""
    house = app.extensions["house"]
    files = StaticFiles(Path(app.root_path) / "static")
    app.jinja_env.globals["static_url"] = files.url
    layers = Gate(files.wrap(app.wsgi_app), house.base_url, app.extensions["log"])
    if house.trusted_proxies:
        trusted = ProxyFix(layers, x_for=house.trusted_proxies, x_proto=0)
        app.wsgi_app = trusted  # type: ignore[method-assign]  # the documented way to add a layer
    else:
        app.wsgi_app = layers  # type: ignore[method-assign]  # the documented way to add a layer
