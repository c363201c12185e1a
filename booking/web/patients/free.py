"""Whether a start can still be had, asked before anybody types anything."""

from datetime import datetime

from booking.actions.offer import ask_for, nearest, offer
from booking.scheduling import rules, slots
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import BookingRefused, NotOffered, SlotTaken
from booking.scheduling.timeline import minute_of
from booking.scheduling.zone import to_wall
from booking.web.patients.choices import Choices


def find_refusal(clinic: Clinic, choices: Choices, start: datetime, now: datetime) -> BookingRefused | None:
    """Return why a start cannot be had, with the nearest free ones; None where it can."""
    question = choices.question(start.date(), start.date())
    found = offer(clinic, question, now)
    minute = minute_of(start)
    if any(found.window.has(mask, minute) for mask in found.starts.values()):
        return None
    ask = ask_for(clinic, question)
    limits = rules.online_limits(clinic, to_wall(now, clinic.zone))
    near = nearest(clinic, ask, start, now, limits)
    rule = slots.refusal(clinic, ask, start, limits)
    if rule is None:
        return SlotTaken("That time has just been taken.", nearest=near)
    return NotOffered(rule.sentence, reason=rule.reason, nearest=near)
