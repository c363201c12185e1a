"""The patients' four screens: service, time, details, booked. No account, no script needed."""

from booking.web.patients import appointment, details, hold, language, privacy, services, times
from booking.web.patients.blueprint import blueprint

__all__ = ["appointment", "blueprint", "details", "hold", "language", "privacy", "services", "times"]
