"""Tables of the staff: accounts, their links, sessions and tokens, tries to sign in."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from booking.records.schema import Id, Instant, clinic_column, id_column, metadata

staff = Table(
    "staff",
    metadata,
    id_column(),
    clinic_column(),
    Column("email", String(254), nullable=False),
    Column("email_key", String(254), nullable=False),
    Column("name", String(40), nullable=False),  # how the audit trail names them
    Column("role", String(12), nullable=False),  # reception, practitioner, admin (access/roles.py)
    Column("practitioner_id", Id, ForeignKey("practitioner.id")),
    Column("active", Boolean, nullable=False),
    Column("password", String(200)),  # argon2id; null until they have chosen one
    Column("created_at", Instant, nullable=False),
    Column("totp", LargeBinary),  # the authenticator's secret, sealed; null: no second step
    Column("totp_step", BigInteger),  # of the last code that was used: older ones are refused
    UniqueConstraint("clinic_id", "email_key"),
    UniqueConstraint("clinic_id", "name"),
)


def _of_staff() -> Column[int]:
    return Column("staff_id", Id, ForeignKey("staff.id"), nullable=False)


staff_link = Table(
    "staff_link",  # signs in once
    metadata,
    id_column(),
    _of_staff(),
    Column("digest", String(64), nullable=False, unique=True),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)
staff_recovery = Table(
    "staff_recovery",  # codes for who has lost the authenticator, each good once
    metadata,
    id_column(),
    _of_staff(),
    Column("digest", String(64), nullable=False, unique=True),
    Column("used_at", Instant),
)
staff_passkey = Table(
    "staff_passkey",  # public halves of keys that lie in phones and computers
    metadata,
    id_column(),
    _of_staff(),
    Column("credential", String(1400), nullable=False, unique=True),  # base64url
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", String(40), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("used_at", Instant),
)
staff_session = Table(
    "staff_session",  # ended here, whatever a browser still has
    metadata,
    id_column(),
    _of_staff(),
    Column("digest", String(64), nullable=False, unique=True),
    Column("began_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ended_at", Instant),
)
Index("ix_staff_session_staff", staff_session.c.staff_id)
staff_token = Table(
    "staff_token",  # for the API
    metadata,
    id_column(),
    _of_staff(),
    Column("digest", String(64), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)
sign_in_try = Table(
    "sign_in_try",  # failed ones only
    metadata,
    id_column(),
    clinic_column(),
    Column("account", String(44), nullable=False),  # keyed hash of the address that was typed
    Column("origin", String(44)),  # keyed hash of the network address
    Column("at", Instant, nullable=False),
)
Index("ix_sign_in_try_account", sign_in_try.c.account, sign_in_try.c.at)
Index("ix_sign_in_try_origin", sign_in_try.c.origin, sign_in_try.c.at)
