"""Every table, and the DDL beside them: who imports this knows the whole schema."""

from booking.records import (
    append_only,
    desk_tables,
    guard,
    message_tables,
    staff_tables,
    tables,
    wait_tables,
)

__all__ = [
    "append_only",
    "desk_tables",
    "guard",
    "message_tables",
    "staff_tables",
    "tables",
    "wait_tables",
]
