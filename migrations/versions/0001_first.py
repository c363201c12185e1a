"""Lay the tables, and the guard that no two claims of a resource overlap.

Names of keys and constraints follow the metadata's naming convention. The guard's
text is that of ``booking/records/guard.py`` on the day of this migration; a test
compares what it makes with what the program expects.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NEVER = "claim_no_overlap"
SET_UP = ("practitioner", "room", "device", "service")
BOOKED = ("patient", "resource", "appointment", "hold", "block", "claim", "link", "idempotency")
TOLD = ("message", "message_text", "reminder_stop", "link_request")
TABLES = ("clinic", "closure", *SET_UP, *BOOKED, *TOLD, "call_task", "audit")

OVERLAPPING = (
    "SELECT 1 FROM claim AS other WHERE other.resource_id = NEW.resource_id"
    " AND other.starts > NEW.starts - 1440"
    " AND other.starts < NEW.ends AND other.ends > NEW.starts"
)
SQLITE = (
    f"CREATE TRIGGER {NEVER}_insert BEFORE INSERT ON claim WHEN EXISTS ({OVERLAPPING})"
    f" BEGIN SELECT RAISE(ABORT, '{NEVER}'); END",
    f"CREATE TRIGGER {NEVER}_update BEFORE UPDATE ON claim"
    f" WHEN EXISTS ({OVERLAPPING} AND other.id <> OLD.id)"
    f" BEGIN SELECT RAISE(ABORT, '{NEVER}'); END",
    "CREATE VIEW claim_readable AS SELECT claim.id, claim.clinic_id, claim.resource_id, resource.kind,"
    " datetime('2000-01-01', claim.starts || ' minutes') AS starts,"
    " datetime('2000-01-01', claim.ends || ' minutes') AS ends,"
    " claim.appointment_id, claim.hold_id, claim.block_id,"
    " datetime(claim.expires, 'unixepoch') AS expires_at"
    " FROM claim JOIN resource ON resource.id = claim.resource_id",
)
POSTGRESQL = (
    f"ALTER TABLE claim ADD CONSTRAINT {NEVER} EXCLUDE USING gist"
    " (int8range(resource_id, resource_id, '[]') WITH &&, int4range(starts, ends) WITH &&)",
    "CREATE VIEW claim_readable AS SELECT claim.id, claim.clinic_id, claim.resource_id, resource.kind,"
    " timestamp '2000-01-01' + claim.starts * interval '1 minute' AS starts,"
    " timestamp '2000-01-01' + claim.ends * interval '1 minute' AS ends,"
    " claim.appointment_id, claim.hold_id, claim.block_id,"
    " timestamp '1970-01-01' + claim.expires * interval '1 second' AS expires_at"
    " FROM claim JOIN resource ON resource.id = claim.resource_id",
)


def _id() -> sa.Column[int]:
    return sa.Column("id", ID, primary_key=True)


def _to(table: str, *, optional: bool = False) -> sa.Column[int]:
    return sa.Column(f"{table}_id", ID, sa.ForeignKey(f"{table}.id"), nullable=optional)


def _set_up_table(name: str) -> None:
    op.create_table(
        name,
        _id(),
        _to("clinic"),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.UniqueConstraint("clinic_id", "code"),
    )


def upgrade() -> None:
    _lay_set_up()
    _lay_people_and_resources()
    _lay_appointments()
    _lay_holds_and_blocks()
    _lay_claims()
    _lay_links()
    _lay_messages()
    _lay_wishes()
    _lay_records_of_work()
    for statement in SQLITE if op.get_context().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def _lay_set_up() -> None:
    op.create_table(
        "clinic",
        _id(),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("setup", sa.Integer(), nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.Column("zone_data", sa.String(20)),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "closure",
        _id(),
        _to("clinic"),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.UniqueConstraint("clinic_id", "on_date"),
    )
    for name in SET_UP:
        _set_up_table(name)


def _lay_people_and_resources() -> None:
    op.create_table(
        "patient",
        _id(),
        _to("clinic"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("email_key", sa.Text()),
        sa.Column("email_failed_at", sa.DateTime()),
        sa.Column("phone", sa.Text()),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("consented_at", sa.DateTime()),
        sa.Column("consent_text", sa.String(40)),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name="reachable"),
    )
    op.create_index("ix_patient_email_key", "patient", ["clinic_id", "email_key"])
    op.create_index("ix_patient_phone", "patient", ["clinic_id", "phone"])
    op.create_table(
        "resource",
        _id(),
        _to("clinic"),
        sa.Column("kind", sa.String(12), nullable=False),
        _to("practitioner", optional=True),
        _to("room", optional=True),
        _to("device", optional=True),
        _to("patient", optional=True),
        sa.Column("unit", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(practitioner_id IS NOT NULL) + (room_id IS NOT NULL)"
            " + (device_id IS NOT NULL) + (patient_id IS NOT NULL) = 1",
            name="one_thing",
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "num_nonnulls(practitioner_id, room_id, device_id, patient_id) = 1", name="one_thing_pg"
        ).ddl_if(dialect="postgresql"),
        sa.UniqueConstraint("device_id", "unit", name="uq_resource_device"),
        sa.UniqueConstraint("patient_id", name="uq_resource_patient"),
        sa.UniqueConstraint("practitioner_id", "kind", "unit", name="uq_resource_practitioner"),
        sa.UniqueConstraint("room_id", name="uq_resource_room"),
    )
    op.create_index("ix_resource_clinic", "resource", ["clinic_id", "kind"])


def _lay_appointments() -> None:
    op.create_table(
        "appointment",
        _id(),
        _to("clinic"),
        sa.Column("reference", sa.String(12), nullable=False),
        _to("patient"),
        _to("practitioner"),
        _to("room"),
        _to("service"),
        sa.Column("starts", sa.DateTime(), nullable=False),
        sa.Column("ends", sa.DateTime(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sold_as", sa.JSON(), nullable=False),
        sa.Column("first_visit", sa.Boolean(), nullable=False),
        sa.Column("companion", sa.Boolean(), nullable=False),
        sa.Column("safety", sa.String(8)),
        sa.Column("safety_text", sa.String(40)),
        sa.Column("origin", sa.String(44)),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.String(60), nullable=False),
        sa.Column("cancelled_at", sa.DateTime()),
        sa.Column("cancelled_by", sa.String(60)),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ends > starts", name="order"),
        sa.UniqueConstraint("reference"),
    )
    op.create_index("ix_appointment_origin", "appointment", ["origin", "created_at"])
    op.create_index("ix_appointment_patient", "appointment", ["patient_id", "starts"])
    op.create_index("ix_appointment_practitioner", "appointment", ["practitioner_id", "starts"])
    op.create_index("ix_appointment_starts", "appointment", ["clinic_id", "starts"])


def _lay_holds_and_blocks() -> None:
    op.create_table(
        "hold",
        _id(),
        _to("clinic"),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("visitor", sa.String(44)),
        sa.Column("origin", sa.String(44)),
        _to("service"),
        _to("practitioner"),
        _to("room"),
        sa.Column("starts", sa.DateTime(), nullable=False),
        sa.Column("ends", sa.DateTime(), nullable=False),
        sa.Column("companion", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("first_held_at", sa.DateTime(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_hold_expires", "hold", ["clinic_id", "expires_at"])
    op.create_index("ix_hold_visitor", "hold", ["visitor"])
    op.create_table(
        "block",
        _id(),
        _to("clinic"),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("starts", sa.DateTime(), nullable=False),
        sa.Column("ends", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.String(60), nullable=False),
        sa.CheckConstraint("ends > starts", name="order"),
    )
    op.create_index("ix_block_starts", "block", ["clinic_id", "starts"])


def _lay_claims() -> None:
    op.create_table(
        "claim",
        _id(),
        _to("clinic"),
        _to("resource"),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        _to("appointment", optional=True),
        _to("hold", optional=True),
        _to("block", optional=True),
        sa.Column("expires", sa.BigInteger()),
        sa.CheckConstraint(
            "typeof(starts) = 'integer' AND typeof(ends) = 'integer' AND typeof(resource_id) = 'integer'",
            name="integers",
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "(appointment_id IS NOT NULL) + (hold_id IS NOT NULL) + (block_id IS NOT NULL) = 1",
            name="one_owner",
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("(expires IS NULL) = (hold_id IS NULL)", name="only_holds_expire"),
        sa.CheckConstraint("ends - starts <= 1440", name="longest"),
        sa.CheckConstraint("ends > starts", name="order"),
        sa.CheckConstraint("num_nonnulls(appointment_id, hold_id, block_id) = 1", name="one_owner_pg").ddl_if(
            dialect="postgresql"
        ),
        sa.CheckConstraint("starts % 5 = 0 AND ends % 5 = 0", name="cells"),
    )
    op.create_index("ix_claim_appointment", "claim", ["appointment_id"])
    op.create_index("ix_claim_block", "claim", ["block_id"])
    op.create_index("ix_claim_busy", "claim", ["resource_id", "starts", "ends", "expires"])
    op.create_index("ix_claim_hold", "claim", ["hold_id"])


def _lay_links() -> None:
    op.create_table(
        "link",
        _id(),
        _to("clinic"),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _to("appointment"),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime()),
        sa.UniqueConstraint("digest"),
    )
    op.create_index("ix_link_appointment", "link", ["appointment_id"])
    op.create_table(
        "idempotency",
        _id(),
        _to("clinic"),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("body", sa.String(64), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        _to("appointment"),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("clinic_id", "key"),
    )


def _lay_messages() -> None:
    op.create_table(
        "message",
        _id(),
        _to("clinic"),
        _to("appointment", optional=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("dedupe_key", sa.String(120), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("planned_for", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("zone_data", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime()),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime()),
        sa.UniqueConstraint("dedupe_key"),
    )
    op.create_index("ix_message_appointment", "message", ["appointment_id"])
    op.create_index("ix_message_due", "message", ["state", "due_at"])
    op.create_table(
        "message_text",
        _id(),
        _to("clinic"),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("part", sa.String(12), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(60), nullable=False),
        sa.UniqueConstraint("clinic_id", "kind", "language", "part"),
    )


def _lay_wishes() -> None:
    op.create_table(
        "reminder_stop",
        _id(),
        _to("clinic"),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("clinic_id", "email_key"),
    )
    op.create_table(
        "link_request",
        _id(),
        _to("clinic"),
        sa.Column("address", sa.String(44), nullable=False),
        sa.Column("origin", sa.String(44)),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_link_request_address", "link_request", ["address", "at"])
    op.create_index("ix_link_request_origin", "link_request", ["origin", "at"])


def _lay_records_of_work() -> None:
    op.create_table(
        "call_task",
        _id(),
        _to("clinic"),
        _to("appointment", optional=True),
        _to("patient"),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("due_at", sa.DateTime()),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime()),
        sa.Column("done_by", sa.String(60)),
    )
    op.create_index("ix_call_task_open", "call_task", ["clinic_id", "done_at"])
    op.create_index("ix_call_task_appointment", "call_task", ["appointment_id"])
    op.create_table(
        "audit",
        _id(),
        _to("clinic"),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(60), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        _to("appointment", optional=True),
        sa.Column("before", sa.JSON()),
        sa.Column("after", sa.JSON()),
    )
    op.create_index("ix_audit_appointment", "audit", ["appointment_id"])


def downgrade() -> None:
    op.execute("DROP VIEW claim_readable")
    for table in reversed(TABLES):
        op.drop_table(table)
