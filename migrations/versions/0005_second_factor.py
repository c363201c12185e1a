"""A second step of signing in: a sealed secret, the last code that was used, recovery codes."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("staff", sa.Column("totp", sa.LargeBinary()))
    op.add_column("staff", sa.Column("totp_step", sa.BigInteger()))
    op.create_table(
        "staff_recovery",
        sa.Column("id", ID, primary_key=True),
        sa.Column("staff_id", ID, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("used_at", sa.DateTime()),
    )


def downgrade() -> None:
    op.drop_table("staff_recovery")
    op.drop_column("staff", "totp_step")
    op.drop_column("staff", "totp")
