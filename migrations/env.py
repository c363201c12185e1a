"""Runs migrations on the application's own engine, one transaction for all of them."""

from typing import Any

from alembic import context
from flask import current_app

from booking.records.database import migrating

extension: Any = current_app.extensions["migrate"]


def render_item(kind: str, thing: Any, _context: Any) -> str | bool:
    """Write an ``Instant`` as what the database sees, so that no migration imports this program."""
    return "sa.DateTime()" if kind == "type" and type(thing).__name__ == "Instant" else False


with migrating() as connection:
    context.configure(
        connection=connection,
        target_metadata=extension.db.metadata,
        render_item=render_item,
        transactional_ddl=True,
        **extension.configure_args,
    )
    context.run_migrations()
