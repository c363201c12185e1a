"""The web's four audiences: patients, desk, admin, API."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register security, errors, filters and every blueprint on ``app``."""
