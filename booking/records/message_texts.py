"""The clinic's own wording of its messages, part by part."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from booking.records.message_tables import message_text

_MINE = (
    message_text.c.clinic_id == bindparam("clinic"),
    message_text.c.kind == bindparam("kind"),
    message_text.c.language == bindparam("language"),
)
_FIND = select(message_text.c.part, message_text.c.body).where(*_MINE)
_REMOVE = delete(message_text).where(*_MINE, message_text.c.part == bindparam("part"))
_KEY = ["clinic_id", "kind", "language", "part"]


def find(conn: Connection, clinic_id: int, kind: str, language: str) -> dict[str, str]:
    """Return the edited parts of a kind of message in a language, part to text."""
    rows = conn.execute(_FIND, {"clinic": clinic_id, "kind": kind, "language": language})
    return {row.part: row.body for row in rows}


def save(
    conn: Connection, clinic_id: int, place: tuple[str, str, str], body: str, now: datetime, by: str
) -> None:
    """Store one part; ``place`` is (kind, language, part)."""
    kind, language, part = place
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    row = {"kind": kind, "language": language, "part": part, "clinic_id": clinic_id}
    changed = {"body": body, "changed_at": now, "changed_by": by}
    adding = make(message_text).values(row | changed)
    conn.execute(adding.on_conflict_do_update(index_elements=_KEY, set_=changed))


def remove(conn: Connection, clinic_id: int, place: tuple[str, str, str]) -> None:
    """Forget an edited part: the wording that comes with the program holds again."""
    kind, language, part = place
    conn.execute(_REMOVE, {"clinic": clinic_id, "kind": kind, "language": language, "part": part})
