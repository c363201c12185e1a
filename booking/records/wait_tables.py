"""The table of the wait list."""

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table

from booking.records.schema import Id, Instant, clinic_column, id_column, metadata

wait_entry = Table(
    "wait_entry",
    metadata,
    id_column(),
    clinic_column(),
    Column("patient_id", Id, ForeignKey("patient.id"), nullable=False),
    Column("service_id", Id, ForeignKey("service.id"), nullable=False),
    Column("practitioner_id", Id, ForeignKey("practitioner.id")),  # null: anyone
    Column("weekdays", Integer, nullable=False),  # a bit for each, Monday's is 1
    Column("part", String(12), nullable=False),  # any, morning, afternoon, evening
    Column("until", Date, nullable=False),  # the last day that would do
    Column("created_at", Instant, nullable=False),
    Column("closed_at", Instant),  # null: still waiting
    Column("appointment_id", Id, ForeignKey("appointment.id")),  # what was booked for it
    CheckConstraint("weekdays BETWEEN 1 AND 127", name="weekdays"),
)
Index("ix_wait_entry_open", wait_entry.c.clinic_id, wait_entry.c.closed_at)
