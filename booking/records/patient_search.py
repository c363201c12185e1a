"""Patients as reception looks for them: by parts of name, address and phone (R1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, ScalarSelect, bindparam, exists, func, select

from booking.records.tables import appointment, patient
from booking.scheduling.lifecycle import HOLDS_CLAIMS, LIVE

AT_A_TIME = 100


@dataclass(frozen=True)
class Row:
    """One record, and the visit that says most of it: the next, else the last, else a cancelled one.

    ``visit`` is its reference, by which the record is named.
    """

    id: int
    name: str
    name_key: str
    phone: str | None
    email: str | None
    email_key: str | None
    visit: str
    starts: datetime
    ends: datetime
    status: str


_TO_COME = appointment.c.status.in_(sorted(LIVE)) & (appointment.c.ends > bindparam("after"))
_WAS = appointment.c.status.in_(sorted(HOLDS_CLAIMS)) & (appointment.c.starts <= bindparam("after"))
_FOUND = (
    select(*(patient.c[name] for name in ("id", "name", "name_key", "phone", "email", "email_key")))
    .where(
        patient.c.clinic_id == bindparam("clinic"),
        patient.c.merged_into_id.is_(None),
        exists().where(appointment.c.patient_id == patient.c.id),
    )
    .order_by(patient.c.name_key, patient.c.phone, patient.c.email_key, patient.c.id)
    .limit(AT_A_TIME)
    .offset(bindparam("offset"))
)


def search(
    conn: Connection, clinic_id: int, words: Sequence[str], after: datetime, offset: int = 0
) -> list[Row]:
    """Return at most 100 records that hold every one of ``words`` (folded, see ``people.bare``) somewhere.

    Those of one name and contact stand together. Args: ``after`` a wall time: what ends later is to
    come; ``offset`` how many are passed over.
    """
    wanted = [patient.c.search.contains(word, autoescape=True) for word in words]
    found = _FOUND.where(*wanted).subquery()

    def visit(order: ColumnElement[datetime], *which: ColumnElement[bool]) -> ScalarSelect[int]:
        mine = select(appointment.c.id).where(appointment.c.patient_id == found.c.id, *which)
        return mine.order_by(order).limit(1).correlate(found).scalar_subquery()

    newest = appointment.c.starts.desc()
    best = func.coalesce(visit(appointment.c.starts.asc(), _TO_COME), visit(newest, _WAS), visit(newest))
    shown = (appointment.c[name] for name in ("reference", "starts", "ends", "status"))
    query = select(found, *shown).select_from(found).join(appointment, appointment.c.id == best)
    query = query.order_by(found.c.name_key, found.c.phone, found.c.email_key, found.c.id)
    given = {"clinic": clinic_id, "after": after, "offset": offset}
    return [Row(*row) for row in conn.execute(query, given)]
