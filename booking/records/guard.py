"""The database's own refusal of overlapping claims, on both engines (D3).

Whoever writes, by whatever path, and however two writers race: two claims of one
resource never overlap. Touching is allowed (half-open intervals). On SQLite two
triggers, bounded by the longest possible claim so that years of history cost nothing;
on PostgreSQL an exclusion constraint that needs no extension. Both say
``claim_no_overlap`` when they refuse.
"""

from sqlalchemy import DDL, Connection, event, text

from booking.records.failures import GUARD
from booking.records.schema import LONGEST_CLAIM
from booking.records.tables import claim

_OVERLAPPING = (
    "SELECT 1 FROM claim AS other WHERE other.resource_id = NEW.resource_id"  # noqa: S608 - constants
    f" AND other.starts > NEW.starts - {LONGEST_CLAIM}"
    " AND other.starts < NEW.ends AND other.ends > NEW.starts"
)
SQLITE_TRIGGERS = {
    f"{GUARD}_insert": (
        f"CREATE TRIGGER {GUARD}_insert BEFORE INSERT ON claim"
        f" WHEN EXISTS ({_OVERLAPPING})"
        f" BEGIN SELECT RAISE(ABORT, '{GUARD}'); END"
    ),
    f"{GUARD}_update": (
        f"CREATE TRIGGER {GUARD}_update BEFORE UPDATE ON claim"
        f" WHEN EXISTS ({_OVERLAPPING} AND other.id <> OLD.id)"
        f" BEGIN SELECT RAISE(ABORT, '{GUARD}'); END"
    ),
}
PG_CONSTRAINT = (
    "EXCLUDE USING gist (int8range(resource_id, resource_id, '[]'::text) WITH &&,"
    " int4range(starts, ends) WITH &&)"
)
_PG_ADD = f"ALTER TABLE claim ADD CONSTRAINT {GUARD} {PG_CONSTRAINT}"

SQLITE_VIEW = (
    "CREATE VIEW claim_readable AS SELECT claim.id, claim.clinic_id, claim.resource_id, resource.kind,"
    " datetime('2000-01-01', claim.starts || ' minutes') AS starts,"
    " datetime('2000-01-01', claim.ends || ' minutes') AS ends,"
    " claim.appointment_id, claim.hold_id, claim.block_id,"
    " datetime(claim.expires, 'unixepoch') AS expires_at"
    " FROM claim JOIN resource ON resource.id = claim.resource_id"
)
PG_VIEW = (
    "CREATE VIEW claim_readable AS SELECT claim.id, claim.clinic_id, claim.resource_id, resource.kind,"
    " timestamp '2000-01-01' + claim.starts * interval '1 minute' AS starts,"
    " timestamp '2000-01-01' + claim.ends * interval '1 minute' AS ends,"
    " claim.appointment_id, claim.hold_id, claim.block_id,"
    " timestamp '1970-01-01' + claim.expires * interval '1 second' AS expires_at"
    " FROM claim JOIN resource ON resource.id = claim.resource_id"
)


def _after_create(dialect: str, statement: str) -> None:
    """Let ``metadata.create_all`` make on ``dialect`` what the migration makes."""
    made = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call] # it has no types
    event.listen(claim, "after_create", made)


for _statement in (*SQLITE_TRIGGERS.values(), SQLITE_VIEW):
    _after_create("sqlite", _statement)
for _statement in (_PG_ADD, PG_VIEW):
    _after_create("postgresql", _statement)


def install(conn: Connection) -> None:
    """Put the guard in place anew, for a migration that has rebuilt ``claim``.

    Raises:
        sqlalchemy.exc.IntegrityError: PostgreSQL holds overlapping claims already.
    """
    if conn.dialect.name == "sqlite":
        for name, statement in SQLITE_TRIGGERS.items():
            conn.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            conn.exec_driver_sql(statement)
        return
    conn.exec_driver_sql(f"ALTER TABLE claim DROP CONSTRAINT IF EXISTS {GUARD}")
    conn.exec_driver_sql(_PG_ADD)


def is_intact(conn: Connection) -> bool:
    """Say whether the database carries exactly this guard, in force."""
    if conn.dialect.name == "sqlite":
        found = conn.execute(_SQLITE_FOUND).all()
        return {name: sql for name, sql in found if name.startswith(GUARD)} == SQLITE_TRIGGERS
    return [row.definition for row in conn.execute(_PG_FOUND, {"name": GUARD})] == [PG_CONSTRAINT]


_SQLITE_FOUND = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'claim'")
_PG_FOUND = text(
    "SELECT pg_get_constraintdef(con.oid) AS definition"
    " FROM pg_constraint con JOIN pg_index ind ON ind.indexrelid = con.conindid"
    " WHERE con.conname = :name AND con.conrelid = to_regclass('claim')"
    " AND con.contype = 'x' AND con.convalidated AND NOT con.condeferrable"
    " AND ind.indisvalid AND ind.indisready"
)
