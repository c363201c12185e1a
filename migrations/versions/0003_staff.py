"""Accounts of the staff, and how they sign in."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("staff", "staff_link", "staff_session", "staff_token", "sign_in_try")


def _id() -> sa.Column[int]:
    return sa.Column("id", ID, primary_key=True)


def _to(table: str, *, optional: bool = False) -> sa.Column[int]:
    return sa.Column(f"{table}_id", ID, sa.ForeignKey(f"{table}.id"), nullable=optional)


def upgrade() -> None:
    op.create_table(
        "staff",
        _id(),
        _to("clinic"),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(254), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        _to("practitioner", optional=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("password", sa.String(200)),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("clinic_id", "email_key"),
        sa.UniqueConstraint("clinic_id", "name"),
    )
    _lay_secrets()
    op.create_table(
        "sign_in_try",
        _id(),
        _to("clinic"),
        sa.Column("account", sa.String(44), nullable=False),
        sa.Column("origin", sa.String(44)),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_sign_in_try_account", "sign_in_try", ["account", "at"])
    op.create_index("ix_sign_in_try_origin", "sign_in_try", ["origin", "at"])


def _lay_secrets() -> None:
    own = {
        "staff_link": (("expires_at", False), ("used_at", True)),
        "staff_session": (("began_at", False), ("seen_at", False), ("ended_at", True)),
        "staff_token": (("created_at", False), ("revoked_at", True)),
    }
    for table, moments in own.items():
        op.create_table(
            table,
            _id(),
            _to("staff"),
            sa.Column("digest", sa.String(64), nullable=False),
            *(sa.Column(name, sa.DateTime(), nullable=optional) for name, optional in moments),
            sa.UniqueConstraint("digest"),
        )
    op.create_index("ix_staff_session_staff", "staff_session", ["staff_id"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
