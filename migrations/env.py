"""Runs migrations on the application's own engine, all of them in one transaction.

Or on the connection that ``records/copying.py`` hands over, inside its transaction.
"""

from typing import Any

from alembic import context
from flask import current_app

from booking.records.database import migrating

extension: Any = current_app.extensions["migrate"]


def render_item(kind: str, thing: Any, _context: Any) -> str | bool:
    """Write an ``Instant`` as what the database sees, so that no migration imports this program."""
    return "sa.DateTime()" if kind == "type" and type(thing).__name__ == "Instant" else False


def run(**where: Any) -> None:
    """Run what is to be run: at a connection, or into a script (``flask db upgrade --sql``)."""
    context.configure(
        target_metadata=extension.db.metadata,
        render_item=render_item,
        transactional_ddl=True,
        **extension.configure_args,
        **where,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if context.is_offline_mode():
    run(url=extension.db.engine.url, literal_binds=True)
elif given is not None:
    run(connection=given)
else:
    with migrating() as connection:
        run(connection=connection)
