"""The patients' four screens, and the visit's own page later. No account, no script needed."""

from booking.web.patients import (
    appointment,
    details,
    hold,
    language,
    privacy,
    services,
    times,
    visit_again,
    visit_cancel,
    visit_contact,
    visit_lost_link,
    visit_move,
    visit_reminders,
)
from booking.web.patients.blueprint import blueprint

__all__ = [
    "appointment",
    "blueprint",
    "details",
    "hold",
    "language",
    "privacy",
    "services",
    "times",
    "visit_again",
    "visit_cancel",
    "visit_contact",
    "visit_lost_link",
    "visit_move",
    "visit_reminders",
]
