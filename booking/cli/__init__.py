"""The flask commands."""

from flask import Flask

from booking.cli.clinic import clinic_commands


def init_app(app: Flask) -> None:
    """Register every command group on ``app``."""
    app.cli.add_command(clinic_commands)
