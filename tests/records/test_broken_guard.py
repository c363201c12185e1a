"""A guard that is not quite right is found out by the truth table, on both engines (C15)."""

import pytest
from flask import Flask

from booking.records import guard
from booking.records.database import reader, writer
from booking.scheduling.clinic import Clinic
from tests.records.truth import (
    EXPECTED,
    TRUTH,
    by_another_resource,
    by_core,
    by_update,
    is_refused,
    is_refused_by_a_long_one,
    is_refused_elsewhere,
)

BROKEN = {
    "touching counts as overlapping": ("other.ends > NEW.starts", "other.ends >= NEW.starts"),
    "only what lies inside is refused": ("other.starts < NEW.ends", "other.ends >= NEW.ends"),
    "the bound is too tight": ("NEW.starts - 1440", "NEW.starts - 60"),
    "the resource is not looked at": ("other.resource_id = NEW.resource_id", "1"),
    "updates are not guarded": ("BEFORE UPDATE", "BEFORE UPDATE OF clinic_id"),
}


RANGES = "EXCLUDE USING gist (int8range(resource_id, resource_id, '[]') WITH &&, int4range({}) WITH &&){}"
BROKEN_RANGES = {
    "touching counts as overlapping": RANGES.format("starts, ends, '[]'", ""),
    "only the first cell is looked at": RANGES.format("starts, starts + 5", ""),
    "all but the last cell is looked at": RANGES.format(
        "starts, ends - 5, '[]'", " WHERE (ends - starts > 5)"
    ),
    "blocks are not looked at": RANGES.format("starts, ends", " WHERE (block_id IS NULL)"),
    "only the same time is refused": "UNIQUE (resource_id, starts)",
}


def is_found_out(clinic: Clinic) -> bool:
    """Say whether truth table and start-up both see that the guard is another one."""
    found = [
        {name: is_refused(write, clinic, starts, ends) for name, (starts, ends, _) in TRUTH.items()}
        for write in (by_core, by_update, by_another_resource)
    ]
    seen = (found, is_refused_by_a_long_one(clinic), is_refused_elsewhere(clinic))
    return seen != ([EXPECTED] * 3, True, False) and not guard.is_intact(reader())


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN.keys())
def test_c15_broken_triggers_fail_the_truth_table(
    sqlite_app: Flask, clinic: Clinic, change: tuple[str, str]
) -> None:
    """C15: the truth table has teeth on SQLite."""
    with writer() as conn, conn.begin():
        for name, statement in guard.SQLITE_TRIGGERS.items():
            conn.exec_driver_sql(f"DROP TRIGGER {name}")
            conn.exec_driver_sql(statement.replace(*change))
    assert is_found_out(clinic)


@pytest.mark.postgresql
def test_c15_broken_constraints_are_found_out(pg_app: Flask, clinic: Clinic) -> None:
    """C15: and on PostgreSQL."""
    assert not is_found_out(clinic)
    for constraint in BROKEN_RANGES.values():
        with writer() as conn, conn.begin():
            conn.exec_driver_sql("ALTER TABLE claim DROP CONSTRAINT claim_no_overlap")
            conn.exec_driver_sql(f"ALTER TABLE claim ADD CONSTRAINT claim_no_overlap {constraint}")
        assert is_found_out(clinic), constraint
