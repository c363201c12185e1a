"""A block says what it is of, so that time that comes free within it stays blocked."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("block", sa.Column("what", sa.String(40), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("block", "what")
