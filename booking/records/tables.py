"""The tables, as SQLAlchemy Core: no ORM entity is ever made (docs/adr/0002).

Those of messages, of the desk and of the staff stand in ``message_tables.py``, ``desk_tables.py``
and ``staff_tables.py``. ``starts``/``ends`` of appointments, holds and blocks are naive clinic wall
time; in ``claim`` they are whole minutes since 2000-01-01 00:00 clinic wall time (D1).
"""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from booking.records.schema import LONGEST_CLAIM, Id, Instant, clinic_column, id_column, metadata, where_set

clinic = Table(
    "clinic",
    metadata,
    id_column(),
    Column("code", String(40), nullable=False, unique=True),
    Column("setup", Integer, nullable=False, default=1),  # version of the set-up
    Column("changes", BigInteger, nullable=False, default=0),  # counts what slots and the desk show
    Column("audit_head", String(64)),  # digest of the newest audit row: the end of the chain (P6)
    Column("zone_data", String(20)),  # tzdata version of the last start, to notice a change
    Column("facts", JSON, nullable=False),  # name, hours, tax, policy, reminders ... as loaded
)

closure = Table(
    "closure",
    metadata,
    id_column(),
    clinic_column(),
    Column("on_date", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("hours", JSON, nullable=False),  # [[from, to], ...] minutes; empty means closed
    UniqueConstraint("clinic_id", "on_date"),
)


def _set_up_table(name: str, *columns: Column[Any]) -> Table:
    return Table(
        name,
        metadata,
        id_column(),
        clinic_column(),
        Column("code", String(40), nullable=False),
        Column("position", Integer, nullable=False),  # order in the set-up file
        Column("active", Boolean, nullable=False, default=True),
        Column("facts", JSON, nullable=False),  # every field of the file but the id
        *columns,
        UniqueConstraint("clinic_id", "code"),
    )


practitioner = _set_up_table("practitioner")
room = _set_up_table("room")
device = _set_up_table("device")
service = _set_up_table("service")

patient = Table(
    "patient",
    metadata,
    id_column(),
    clinic_column(),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),  # normalised, for "who is one patient"
    Column("email", Text),
    Column("email_key", Text),
    Column("email_failed_at", Instant),  # a mail server refused the address for good (E68)
    Column("phone", Text),  # E.164
    Column("language", String(12), nullable=False),
    Column("under_19", Boolean, nullable=False, server_default=false()),  # marked by the desk (E53)
    Column("consented_at", Instant),
    Column("consent_text", String(40)),  # version of the privacy notice
    Column("created_at", Instant, nullable=False),
    Column("search", Text, nullable=False, server_default=""),  # what they are found by (people.py)
    Column("merged_into_id", Id, ForeignKey("patient.id")),  # a second record of the same person (E52)
    CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name="reachable"),
)
where_set("ix_patient_email_key", patient.c.clinic_id, patient.c.email_key)
where_set("ix_patient_phone", patient.c.clinic_id, patient.c.phone)
where_set("ix_patient_merged", patient.c.merged_into_id)

resource = Table(
    "resource",
    metadata,
    id_column(),
    clinic_column(),
    Column("kind", String(12), nullable=False),  # hands, seat, room, device, patient
    Column("practitioner_id", Id, ForeignKey("practitioner.id")),
    Column("room_id", Id, ForeignKey("room.id")),
    Column("device_id", Id, ForeignKey("device.id")),
    Column("patient_id", Id, ForeignKey("patient.id")),
    Column("unit", Integer, nullable=False, default=1),
    Column("active", Boolean, nullable=False, default=True),
    CheckConstraint(
        "(practitioner_id IS NOT NULL) + (room_id IS NOT NULL)"
        " + (device_id IS NOT NULL) + (patient_id IS NOT NULL) = 1",
        name="one_thing",
    ).ddl_if(dialect="sqlite"),
    CheckConstraint(
        "num_nonnulls(practitioner_id, room_id, device_id, patient_id) = 1",
        name="one_thing_pg",
    ).ddl_if(dialect="postgresql"),
    UniqueConstraint("practitioner_id", "kind", "unit", name="uq_resource_practitioner"),
    UniqueConstraint("room_id", name="uq_resource_room"),
    UniqueConstraint("device_id", "unit", name="uq_resource_device"),
    UniqueConstraint("patient_id", name="uq_resource_patient"),
)
_without_patients = resource.c.patient_id.is_(None)
Index(
    "ix_resource_clinic",
    resource.c.clinic_id,
    resource.c.kind,
    sqlite_where=_without_patients,
    postgresql_where=_without_patients,
)

appointment = Table(
    "appointment",
    metadata,
    id_column(),
    clinic_column(),
    Column("reference", String(12), nullable=False, unique=True),
    Column("patient_id", Id, ForeignKey("patient.id"), nullable=False),
    Column("practitioner_id", Id, ForeignKey("practitioner.id"), nullable=False),
    Column("room_id", Id, ForeignKey("room.id"), nullable=False),
    Column("service_id", Id, ForeignKey("service.id"), nullable=False),
    Column("starts", DateTime, nullable=False),
    Column("ends", DateTime, nullable=False),  # the patient's end, without reset
    Column("status", String(20), nullable=False, default="booked"),
    Column("version", Integer, nullable=False, default=1),
    Column("sold_as", JSON, nullable=False),  # name, kind, steps, reset, price, licence of that day
    Column("first_visit", Boolean, nullable=False),
    Column("companion", Boolean, nullable=False, default=False),
    Column("safety", String(8)),  # ok, call_me; never a condition (L04)
    Column("safety_text", String(40)),  # version of the notice that was shown
    Column("origin", String(44)),  # keyed hash of the address it came from
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(60), nullable=False),
    Column("cancelled_at", Instant),
    Column("cancelled_by", String(60)),
    Column("late", Boolean, nullable=False, default=False),  # cancelled inside the window
    Column("note", Text),  # for the desk; nothing clinical
    Column("series", String(12)),  # the reference of the first visit that was booked with it (E76)
    CheckConstraint("ends > starts", name="order"),
)
Index("ix_appointment_starts", appointment.c.clinic_id, appointment.c.starts)
Index("ix_appointment_patient", appointment.c.patient_id, appointment.c.starts)
where_set("ix_appointment_origin", appointment.c.origin, appointment.c.created_at, tells=appointment.c.origin)
Index("ix_appointment_practitioner", appointment.c.practitioner_id, appointment.c.starts)
where_set("ix_appointment_series", appointment.c.series)

hold = Table(
    "hold",
    metadata,
    id_column(),
    clinic_column(),
    Column("kind", String(10), nullable=False),  # online, released
    Column("visitor", String(44)),  # keyed hash of the visitor, one hold each
    Column("origin", String(44)),
    Column("service_id", Id, ForeignKey("service.id"), nullable=False),
    Column("practitioner_id", Id, ForeignKey("practitioner.id"), nullable=False),
    Column("room_id", Id, ForeignKey("room.id"), nullable=False),
    Column("starts", DateTime, nullable=False),
    Column("ends", DateTime, nullable=False),
    Column("companion", Boolean, nullable=False, default=False),
    Column("expires_at", Instant, nullable=False),
    Column("first_held_at", Instant, nullable=False),
    sqlite_autoincrement=True,  # holds come and go: an old page never names somebody else's
)
Index("ix_hold_expires", hold.c.clinic_id, hold.c.expires_at)
Index("ix_hold_visitor", hold.c.visitor)

block = Table(
    "block",
    metadata,
    id_column(),
    clinic_column(),
    Column("kind", String(12), nullable=False),  # actions/blocked.py
    Column("what", String(40), nullable=False, server_default=""),  # code of the person, room or device
    Column("starts", DateTime, nullable=False),
    Column("ends", DateTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(60), nullable=False),
    CheckConstraint("ends > starts", name="order"),
)
Index("ix_block_starts", block.c.clinic_id, block.c.starts)

claim = Table(
    "claim",
    metadata,
    id_column(),
    clinic_column(),
    Column("resource_id", Id, ForeignKey("resource.id"), nullable=False),
    Column("starts", Integer, nullable=False),
    Column("ends", Integer, nullable=False),
    Column("appointment_id", Id, ForeignKey("appointment.id")),
    Column("hold_id", Id, ForeignKey("hold.id")),
    Column("block_id", Id, ForeignKey("block.id")),
    Column("expires", BigInteger),  # a hold's end in epoch seconds, else null
    CheckConstraint("ends > starts", name="order"),
    CheckConstraint(f"ends - starts <= {LONGEST_CLAIM}", name="longest"),
    CheckConstraint("starts % 5 = 0 AND ends % 5 = 0", name="cells"),
    CheckConstraint(
        "(appointment_id IS NOT NULL) + (hold_id IS NOT NULL) + (block_id IS NOT NULL) = 1",
        name="one_owner",
    ).ddl_if(dialect="sqlite"),
    CheckConstraint("num_nonnulls(appointment_id, hold_id, block_id) = 1", name="one_owner_pg").ddl_if(
        dialect="postgresql"
    ),
    CheckConstraint("(expires IS NULL) = (hold_id IS NULL)", name="only_holds_expire"),
    CheckConstraint(
        "typeof(starts) = 'integer' AND typeof(ends) = 'integer' AND typeof(resource_id) = 'integer'",
        name="integers",
    ).ddl_if(dialect="sqlite"),
)
Index("ix_claim_busy", claim.c.resource_id, claim.c.starts, claim.c.ends, claim.c.expires)
where_set("ix_claim_appointment", claim.c.appointment_id)
where_set("ix_claim_hold", claim.c.hold_id)
where_set("ix_claim_block", claim.c.block_id)

link = Table(
    "link",
    metadata,
    id_column(),
    clinic_column(),
    Column("digest", String(64), nullable=False, unique=True),  # SHA-256 of the token
    Column("sealed", LargeBinary, nullable=False),  # the token, for later mails and replays
    Column("appointment_id", Id, ForeignKey("appointment.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)
Index("ix_link_appointment", link.c.appointment_id)

idempotency = Table(
    "idempotency",
    metadata,
    id_column(),
    clinic_column(),
    Column("key", String(64), nullable=False),  # SHA-256 of door and key
    Column("body", String(64), nullable=False),  # SHA-256 of the canonical request
    Column("answer", LargeBinary, nullable=False),  # sealed: it carries a token
    Column("appointment_id", Id, ForeignKey("appointment.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("clinic_id", "key"),
)

audit = Table(
    "audit",
    metadata,
    id_column(),
    clinic_column(),
    Column("at", Instant, nullable=False),
    Column("actor", String(60), nullable=False),
    Column("action", String(40), nullable=False),
    Column("appointment_id", Id, ForeignKey("appointment.id")),
    Column("patient_id", Id, ForeignKey("patient.id")),
    Column("before", JSON),
    Column("after", JSON),
    Column("digest", String(64)),  # of this row and the one before; null before the chain began
)
where_set("ix_audit_appointment", audit.c.appointment_id)
_of_record = audit.c.appointment_id.is_(None)
Index("ix_audit_patient", audit.c.patient_id, sqlite_where=_of_record, postgresql_where=_of_record)
