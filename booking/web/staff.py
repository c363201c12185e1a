"""Who of the staff is asking: set by ``security.admit`` before any view of theirs runs."""

from dataclasses import dataclass

from flask import g

from booking.actions.values import Actor


@dataclass(frozen=True)
class Staff:
    """A signed-in member of staff; ``practitioner`` is their code, if they treat."""

    id: int
    clinic_id: int
    name: str
    email: str
    role: str
    practitioner: str | None = None


def current_staff() -> Staff:
    """Return who is signed in; only behind ``admit``, which refuses everybody else."""
    staff: Staff = g.staff
    return staff


def staff_actor() -> Actor:
    """Return who asks, as actions and the audit trail name them."""
    return Actor("staff", current_staff().name)
