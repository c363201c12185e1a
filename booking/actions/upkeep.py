"""What must be done now and then, by a process that nobody waits for."""

from booking.records import database


def tidy_database() -> None:
    """Bring the database's log home, so that no patient's booking has to (SQLite only).

    Raises:
        Busy: the database cannot be used just now.
    """
    database.checkpoint()
