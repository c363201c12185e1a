"""What the database says about itself: reachable, at head, guarded, and how old its oldest message is."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, bindparam, func, inspect, select, text

from booking.records import guard
from booking.records.database import reading
from booking.records.message_tables import message
from booking.records.tables import appointment, audit, claim, clinic, device, resource
from booking.scheduling.appointment import Sold
from booking.scheduling.timeline import minute_of
from booking.scheduling.visit import Shape

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
Claimed = tuple[str, object, int, int]  # kind, whose (for devices: which kind), starts, ends

_CLINICS = select(func.count()).select_from(clinic).where(clinic.c.setup > 0)
_PLANNED = select(func.min(message.c.due_at)).where(message.c.state == "planned")
_SENDING = select(func.min(message.c.leased_until)).where(message.c.state == "sending")
_NEWEST = select(audit.c.at).order_by(audit.c.id.desc()).limit(1)
_VISITS = (
    select(appointment)
    .where(appointment.c.id > bindparam("after"))
    .order_by(appointment.c.id)
    .limit(bindparam("count"))
)
_CLAIMS = (
    select(
        claim.c.appointment_id,
        claim.c.starts,
        claim.c.ends,
        resource.c.kind,
        func.coalesce(resource.c.practitioner_id, resource.c.room_id, resource.c.patient_id).label("whose"),
        device.c.facts,
    )
    .join(resource, resource.c.id == claim.c.resource_id)
    .outerjoin(device, device.c.id == resource.c.device_id)
    .where(claim.c.appointment_id.between(bindparam("first"), bindparam("last")))
)


class StoredVisit(NamedTuple):
    """An appointment beside what it claims; ``starts`` in minutes since 2000."""

    id: int
    reference: str
    status: str
    starts: int
    shape: Shape
    companion: bool
    practitioner_id: int
    room_id: int
    patient_id: int
    claims: tuple[Claimed, ...]


def find_revision() -> str | None:
    """Return the migration that the database is at; None where none ever ran.

    Raises:
        Busy: the database cannot be reached.
    """
    return reading(revision_of)


def revision_of(conn: Connection) -> str | None:
    """Return the migration that a connection's database is at; None where none ever ran."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    return conn.execute(text("SELECT version_num FROM alembic_version")).scalar()


@cache
def head_revision() -> str | None:
    """Return the newest migration that this program brings."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def count_clinics() -> int:
    """Return how many clinics are set up."""
    return reading(lambda conn: conn.execute(_CLINICS).scalar_one())


def guard_is_intact() -> bool:
    """Say whether the database itself refuses overlapping claims (D3)."""
    return reading(guard.is_intact)


def oldest_waiting() -> datetime | None:
    """Return since when the longest waiting message should have been sent or given up by a worker."""

    def work(conn: Connection) -> datetime | None:
        found = [conn.execute(query).scalar() for query in (_PLANNED, _SENDING)]
        return min((at for at in found if at is not None), default=None)

    return reading(work)


def newest_record() -> datetime | None:
    """Return the instant of the latest record of a change."""
    return reading(lambda conn: conn.execute(_NEWEST).scalar())


def server_is_ahead(now: datetime) -> timedelta | None:
    """Return how far the database server's clock is ahead of ``now``; None on SQLite, which has none."""

    def work(conn: Connection) -> timedelta | None:
        if conn.dialect.name == "sqlite":
            return None
        seconds = conn.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one()
        return timedelta(seconds=float(seconds) - now.timestamp())

    return reading(work)


def database_file() -> Path | None:
    """Return the database's file; None on a server."""

    def work(conn: Connection) -> Path | None:
        name = conn.engine.url.database
        return Path(name) if conn.dialect.name == "sqlite" and name else None

    return reading(work)


def list_visits(after: int, count: int) -> list[StoredVisit]:
    """Return up to ``count`` appointments with an id above ``after``, with their claims."""

    def work(conn: Connection) -> list[StoredVisit]:
        rows = conn.execute(_VISITS, {"after": after, "count": count}).all()
        if not rows:
            return []
        claims: dict[int, list[Claimed]] = {row.id: [] for row in rows}
        for row in conn.execute(_CLAIMS, {"first": rows[0].id, "last": rows[-1].id}):
            if row.appointment_id in claims:
                claims[row.appointment_id].append(_claimed(row))
        return [_visit(row, claims[row.id]) for row in rows]

    return reading(work)


def _claimed(row: Any) -> Claimed:
    whose = row.facts["kind"] if row.kind == "device" else row.whose
    return (row.kind, whose, row.starts, row.ends)


def _visit(row: Any, claims: list[Claimed]) -> StoredVisit:
    return StoredVisit(
        id=row.id,
        reference=row.reference,
        status=row.status,
        starts=minute_of(row.starts),
        shape=Sold.from_json(row.sold_as).shape,
        companion=row.companion,
        practitioner_id=row.practitioner_id,
        room_id=row.room_id,
        patient_id=row.patient_id,
        claims=tuple(claims),
    )
