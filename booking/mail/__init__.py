"""Messages to patients: written, sent by SMTP, delivered from the outbox."""
