"""Tables of the front desk: fees, and who looked at whose data."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from booking.records.schema import Id, Instant, clinic_column, id_column, metadata

fee = Table(
    "fee",
    metadata,
    id_column(),
    clinic_column(),
    Column("appointment_id", Id, ForeignKey("appointment.id"), nullable=False),
    Column("kind", String(12), nullable=False),  # late, noshow
    Column("percent", Integer, nullable=False),  # of what the visit was sold for
    Column("amount_cents", Integer, nullable=False),
    Column("waived_reason", String(200)),  # null: it stands; it is recorded, never charged
    Column("decided_at", Instant, nullable=False),
    Column("decided_by", String(60), nullable=False),
    CheckConstraint("amount_cents >= 0", name="amount"),
    UniqueConstraint("appointment_id", "kind"),
)

look = Table(
    "look",  # a member of staff looked at something personal (P6); append only
    metadata,
    id_column(),
    clinic_column(),
    Column("at", Instant, nullable=False),
    Column("actor", String(60), nullable=False),
    Column("what", String(24), nullable=False),  # day, visit, patient, search, sheet, export, calls, ...
    Column("patient_id", Id, ForeignKey("patient.id")),
    Column("appointment_id", Id, ForeignKey("appointment.id")),
)
Index("ix_look_patient", look.c.patient_id, look.c.at)
