"""The flask commands."""

from flask import Flask

from booking.cli.backup import backup_command, move_command, restore_command
from booking.cli.clinic import clinic_commands
from booking.cli.demo import demo_command
from booking.cli.doctor import doctor_command
from booking.cli.messages import messages_commands
from booking.cli.staff import staff_commands
from booking.cli.up import prepare, up


def init_app(app: Flask) -> None:
    """Register every command group on ``app``."""
    app.cli.add_command(backup_command)
    app.cli.add_command(clinic_commands)
    app.cli.add_command(demo_command)
    app.cli.add_command(doctor_command)
    app.cli.add_command(messages_commands)
    app.cli.add_command(staff_commands)
    app.cli.add_command(move_command)
    app.cli.add_command(restore_command)
    app.cli.add_command(prepare)
    app.cli.add_command(up)
