"""The wait list."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "wait_entry",
        sa.Column("id", ID, primary_key=True),
        sa.Column("clinic_id", ID, sa.ForeignKey("clinic.id"), nullable=False),
        sa.Column("patient_id", ID, sa.ForeignKey("patient.id"), nullable=False),
        sa.Column("service_id", ID, sa.ForeignKey("service.id"), nullable=False),
        sa.Column("practitioner_id", ID, sa.ForeignKey("practitioner.id")),
        sa.Column("weekdays", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(12), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime()),
        sa.Column("appointment_id", ID, sa.ForeignKey("appointment.id")),
        sa.CheckConstraint("weekdays BETWEEN 1 AND 127", name="weekdays"),
    )
    op.create_index("ix_wait_entry_open", "wait_entry", ["clinic_id", "closed_at"])


def downgrade() -> None:
    op.drop_table("wait_entry")
