"""What was recorded stays as it was: audit trail and looks take no update and no delete (P6).

On both engines a trigger refuses, whoever asks.
"""

from sqlalchemy import DDL, Table, event

from booking.records.desk_tables import look
from booking.records.tables import audit

REFUSED = "append_only"
_PG_FUNCTION = (
    f"CREATE OR REPLACE FUNCTION {REFUSED}() RETURNS trigger LANGUAGE plpgsql"
    f" AS 'BEGIN RAISE EXCEPTION ''{REFUSED}''; END'"
)


def _sqlite(table: str, verb: str) -> str:
    return (
        f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    )


def _postgresql(table: str) -> str:
    return (
        f"CREATE TRIGGER {table}_{REFUSED} BEFORE UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {REFUSED}()"
    )


def _after_create(table: Table, dialect: str, statement: str) -> None:
    made = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call] # it has no types
    event.listen(table, "after_create", made)


for _table in (audit, look):
    for _verb in ("UPDATE", "DELETE"):
        _after_create(_table, "sqlite", _sqlite(_table.name, _verb))
    _after_create(_table, "postgresql", _PG_FUNCTION)
    _after_create(_table, "postgresql", _postgresql(_table.name))
