"""What the front desk needs: search, merged records, notes, series, fees, looks, a chained trail.

Records of patients that exist already are made findable here; audit rows from before
this migration carry no digest.
"""

import unicodedata

import sqlalchemy as sa
from alembic import context, op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("audit", "look")
ADDED = {
    "clinic": ("audit_head",),
    "patient": ("search", "merged_into_id"),
    "appointment": ("note", "series"),
    "call_task": ("note",),
    "audit": ("patient_id", "digest"),
}
# Index -> table, columns, and the rows that it holds: the others cost a booking nothing.
INDEXES = {
    "ix_patient_merged": ("patient", ["merged_into_id"], "merged_into_id IS NOT NULL"),
    "ix_appointment_series": ("appointment", ["series"], "series IS NOT NULL"),
    "ix_audit_patient": ("audit", ["patient_id"], "appointment_id IS NULL"),
}
SMALLER = {
    "ix_patient_email_key": ("patient", ["clinic_id", "email_key"], "email_key IS NOT NULL"),
    "ix_patient_phone": ("patient", ["clinic_id", "phone"], "phone IS NOT NULL"),
    "ix_resource_clinic": ("resource", ["clinic_id", "kind"], "patient_id IS NULL"),
    "ix_appointment_origin": ("appointment", ["origin", "created_at"], "origin IS NOT NULL"),
    "ix_claim_appointment": ("claim", ["appointment_id"], "appointment_id IS NOT NULL"),
    "ix_claim_hold": ("claim", ["hold_id"], "hold_id IS NOT NULL"),
    "ix_claim_block": ("claim", ["block_id"], "block_id IS NOT NULL"),
    "ix_audit_appointment": ("audit", ["appointment_id"], "appointment_id IS NOT NULL"),
}
PG_FUNCTION = (
    "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RAISE EXCEPTION ''append_only''; END'"
)
LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"})


def upgrade() -> None:
    _add_columns()
    for name, (table, _, _) in SMALLER.items():
        op.drop_index(name, table)
    for name, (table, columns, held) in (INDEXES | SMALLER).items():
        op.create_index(name, table, columns, sqlite_where=sa.text(held), postgresql_where=sa.text(held))
    _lay_tables()
    if not context.is_offline_mode():
        _make_findable()
    for table in APPEND_ONLY:
        _forbid_change(table)


def _add_columns() -> None:
    op.add_column("clinic", sa.Column("audit_head", sa.String(64)))
    op.add_column("patient", sa.Column("search", sa.Text(), nullable=False, server_default=""))
    _add_reference("patient", "merged_into_id", "patient")
    op.add_column("appointment", sa.Column("note", sa.Text()))
    op.add_column("appointment", sa.Column("series", sa.String(12)))
    op.add_column("call_task", sa.Column("note", sa.Text()))
    _add_reference("audit", "patient_id", "patient")
    op.add_column("audit", sa.Column("digest", sa.String(64)))


def _add_reference(table: str, column: str, to: str) -> None:
    """Add a column that refers to a row; SQLite takes the key with the column only.

    Such a column can be dropped again there, unlike one whose key is a clause of the table.
    """
    if op.get_context().dialect.name == "sqlite":
        name = f"fk_{table}_{column}"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES {to} (id)")
    else:
        op.add_column(table, sa.Column(column, ID, sa.ForeignKey(f"{to}.id", name=f"fk_{table}_{column}")))


def _lay_tables() -> None:
    op.create_table(
        "fee",
        sa.Column("id", ID, primary_key=True),
        sa.Column("clinic_id", ID, sa.ForeignKey("clinic.id"), nullable=False),
        sa.Column("appointment_id", ID, sa.ForeignKey("appointment.id"), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("waived_reason", sa.String(200)),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by", sa.String(60), nullable=False),
        sa.CheckConstraint("amount_cents >= 0", name="amount"),
        sa.UniqueConstraint("appointment_id", "kind"),
    )
    op.create_table(
        "look",
        sa.Column("id", ID, primary_key=True),
        sa.Column("clinic_id", ID, sa.ForeignKey("clinic.id"), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(60), nullable=False),
        sa.Column("what", sa.String(24), nullable=False),
        sa.Column("patient_id", ID, sa.ForeignKey("patient.id")),
        sa.Column("appointment_id", ID, sa.ForeignKey("appointment.id")),
    )
    op.create_index("ix_look_patient", "look", ["patient_id", "at"])


def _make_findable() -> None:
    patient = sa.table(
        "patient", *(sa.column(name) for name in ("id", "name", "email_key", "phone", "search"))
    )
    conn = op.get_bind()
    for row in conn.execute(sa.select(patient)).all():
        parts = (_bare(row.name), row.email_key, (row.phone or "").strip("+"))
        found = " ".join(part for part in parts if part)
        conn.execute(patient.update().where(patient.c.id == row.id).values(search=found))


def _bare(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name)
    seen = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    folded = " ".join(unicodedata.normalize("NFKC", seen.casefold()).split())
    apart = unicodedata.normalize("NFKD", folded.translate(LETTERS))
    return unicodedata.normalize("NFKC", "".join(c for c in apart if unicodedata.category(c) != "Mn"))


def _forbid_change(table: str) -> None:
    if op.get_context().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table}"
                " BEGIN SELECT RAISE(ABORT, 'append_only'); END"
            )
        return
    op.execute(PG_FUNCTION)
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION append_only()"
    )


def downgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    for table in APPEND_ONLY:
        names = (f"{table}_update", f"{table}_delete") if is_sqlite else (f"{table}_append_only ON {table}",)
        for name in names:
            op.execute(f"DROP TRIGGER {name}")
    if not is_sqlite:
        op.execute("DROP FUNCTION append_only()")
    op.drop_table("look")
    op.drop_table("fee")
    for name, (table, _, _) in (INDEXES | SMALLER).items():
        op.drop_index(name, table)
    for name, (table, columns, _) in SMALLER.items():
        op.create_index(name, table, columns)
    for table, columns in ADDED.items():
        for column in columns:
            op.drop_column(table, column)
