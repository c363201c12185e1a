"""Patients are found with and without the apostrophes and hyphens of their names."""

import unicodedata

import sqlalchemy as sa
from alembic import context, op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AT_A_TIME = 1000
LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"})
APOSTROPHES = "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u055a\u05f3\u2018\u2019\u201b\u2032\uff07"
HYPHENS = "-\u058a\u05be\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
UNHEARD = dict.fromkeys(map(ord, APOSTROPHES + HYPHENS))
PATIENT = sa.table(
    "patient", *(sa.column(name) for name in ("id", "name", "email", "email_key", "phone", "search"))
)


def upgrade() -> None:
    if not context.is_offline_mode():
        _find_by(lambda row: (_heard(row.name), _heard(row.email or "")))


def downgrade() -> None:
    if not context.is_offline_mode():
        _find_by(lambda row: (_bare(row.name), row.email_key or ""))


def _find_by(parts_of) -> None:
    """Write anew by what each patient is found, where that differs; some at a time, there may be many."""
    conn, last = op.get_bind(), 0
    while rows := conn.execute(
        sa.select(PATIENT).where(PATIENT.c.id > last).order_by(PATIENT.c.id).limit(AT_A_TIME)
    ).all():
        last = rows[-1].id
        for row in rows:
            parts = (*parts_of(row), (row.phone or "").strip("+"))
            found = " ".join(part for part in parts if part)
            if found != row.search:
                conn.execute(PATIENT.update().where(PATIENT.c.id == row.id).values(search=found))


def _heard(text: str) -> str:
    return _bare(text.translate(UNHEARD))


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    seen = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    folded = " ".join(unicodedata.normalize("NFKC", seen.casefold()).split())
    apart = unicodedata.normalize("NFKD", folded.translate(LETTERS))
    return unicodedata.normalize("NFKC", "".join(c for c in apart if unicodedata.category(c) != "Mn"))
