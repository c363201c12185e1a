"""Tables of what is told to patients: messages, their words, who wants none, and calls to make."""

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from booking.records.schema import Id, Instant, clinic_column, id_column, metadata

message = Table(
    "message",
    metadata,
    id_column(),
    clinic_column(),
    Column("appointment_id", Id, ForeignKey("appointment.id")),
    Column("kind", String(24), nullable=False),  # confirmation, moved, cancelled, reminder_48, link
    Column("dedupe_key", String(120), nullable=False, unique=True),
    Column("recipient", Text, nullable=False),
    Column("language", String(12), nullable=False),
    Column("snapshot", JSON, nullable=False),  # what to say; no token in clear
    Column("sequence", Integer, nullable=False, default=0),  # of the calendar entry
    Column("state", String(10), nullable=False, default="planned"),
    Column("reason", Text),  # why skipped, held or failed; the server's last answer
    Column("planned_for", Instant, nullable=False),  # when it should leave
    Column("due_at", Instant, nullable=False),  # of the next try: later than planned_for after a failed one
    Column("zone_data", String(20), nullable=False),  # tzdata version the due time was computed with
    Column("attempts", Integer, nullable=False, default=0),
    Column("leased_until", Instant),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
)
Index("ix_message_due", message.c.state, message.c.due_at)
Index("ix_message_appointment", message.c.appointment_id)

call_task = Table(
    "call_task",
    metadata,
    id_column(),
    clinic_column(),
    Column("appointment_id", Id, ForeignKey("appointment.id")),
    Column("patient_id", Id, ForeignKey("patient.id"), nullable=False),
    Column("kind", String(24), nullable=False),  # safety, callback, bounced, ... (call_tasks.py)
    Column("due_at", Instant),  # when to call; null: as soon as possible
    Column("created_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("done_by", String(60)),
    Column("note", Text),  # what to say, or what came of it; nothing clinical
)
Index("ix_call_task_open", call_task.c.clinic_id, call_task.c.done_at)
Index("ix_call_task_appointment", call_task.c.appointment_id)

reminder_stop = Table(
    "reminder_stop",
    metadata,
    id_column(),
    clinic_column(),
    Column("email_key", Text, nullable=False),
    Column("stopped_at", Instant, nullable=False),
    UniqueConstraint("clinic_id", "email_key"),
)

link_request = Table(
    "link_request",
    metadata,
    id_column(),
    clinic_column(),
    Column("address", String(44), nullable=False),  # keyed hash of the e-mail address asked for
    Column("origin", String(44)),  # keyed hash of the network address that asked
    Column("at", Instant, nullable=False),
)
Index("ix_link_request_address", link_request.c.address, link_request.c.at)
Index("ix_link_request_origin", link_request.c.origin, link_request.c.at)

message_text = Table(
    "message_text",
    metadata,
    id_column(),
    clinic_column(),
    Column("kind", String(24), nullable=False),  # reminder stands for the reminders of every offset
    Column("language", String(12), nullable=False),
    Column("part", String(12), nullable=False),  # subject, opening, closing
    Column("body", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", String(60), nullable=False),
    UniqueConstraint("clinic_id", "kind", "language", "part"),
)
