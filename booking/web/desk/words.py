"""What the desk calls things: statuses and flags, in text beside every colour; and what it answers."""

from datetime import datetime
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from booking.scheduling.appointment import Visit
from booking.scheduling.errors import BookingRefused, Invalid
from booking.web.desk.blueprint import blueprint
from booking.wording.dates import time_words, when_words

STATUS = {
    "booked": "booked",
    "arrived": "here",
    "in_room": "in room",
    "fulfilled": "done",
    "noshow": "no-show",
    "cancelled": "cancelled",
    "entered_in_error": "entered in error",
}
KINDS = {"needle": "Acupuncture", "laser": "Laser", "massage": "Massage"}
DID = {
    "arrived": "Marked as here.",
    "in_room": "Marked as in the room.",
    "fulfilled": "Marked as done.",
    "noshow": "Marked as a no-show.",
    "booked": "Set back to booked.",
}
# What the trail calls a change, and what the desk calls it.
HAPPENED = {
    "book": "booked",
    "move": "moved",
    "cancel": "cancelled",
    "restore": "stands again",
    "contact": "contact corrected",
    "note": "note for the desk changed",
    "send_again": "message sent again",
}
FLAGS = {
    "N": "first visit",
    "L": "laser: eyewear for everybody in the room",
    "C": "a companion comes along",
    "Y": "under 19: consent is talked about here",
    "T": "asked to be called about the laser notice",
    "P": "no e-mail: phone only",
    "B": "e-mail bounces",
}


def flags_of(visit: Visit) -> list[tuple[str, str]]:
    """Return the letters that stand beside a visit, each with what it means."""
    return [(letter, FLAGS[letter]) for letter in visit.flags]


# What patients are told of their own name and address, as it is said to whoever types for them.
OF_PATIENT = {
    "Please give your name.": "Give the patient's name.",
    "Please give an e-mail address or a phone number, so that we can reach you.": (
        "Give an e-mail address or a phone number, so that the patient can be reached."
    ),
}


def said_at_desk(refused: BookingRefused) -> str:
    """Return what a refusal says to whoever types for a patient."""
    if not isinstance(refused, Invalid):
        return refused.says
    return " ".join(OF_PATIENT.get(says, says) for says in refused.fields.values()) or refused.says


def moved_words(before: Visit, after: Visit, *, tell: bool, is_known: bool = False) -> str:
    """Say what is new about a visit, and whether the patient hears of it.

    Args: ``tell`` whether that was wanted; of another room alone nobody is told. ``is_known`` whether
        the patient was told of it as it stands now.
    """
    moved = (before.starts, before.practitioner) != (after.starts, after.practitioner)
    is_longer = before.sold.shape.minutes != after.sold.shape.minutes
    said = [f"Moved to {when_words(after.starts)}, with {after.sold.practitioner_name}."] if moved else []
    if before.room != after.room:
        said.append(f"Now in {after.sold.room_name}.")
    if is_longer:
        said.append(f"Now {after.sold.shape.minutes} minutes.")
    elif before.service != after.service:
        said.append(f"Now {after.sold.service_name}.")
    is_told = tell and (moved or is_longer)
    if is_told and is_known:
        return " ".join([*said, "The patient knows it so: nothing is sent."])
    return " ".join([*said, _told(after, is_told=is_told)])


def _told(visit: Visit, *, is_told: bool) -> str:
    if not is_told:
        return "The patient is not told of it."
    return "The patient is told by e-mail." if visit.patient.mail_address else "The patient is to be called."


def from_words(wall: datetime, now: datetime) -> str:
    """Return from when on: "9:15 a.m. on" today, else the time with its day."""
    return f"{time_words(wall)} on" if wall.date() == now.date() else when_words(wall)


@blueprint.app_template_filter()
@lru_cache(maxsize=256)
def spoken(tag: str) -> str:
    """Return a language's name in English, its code where it has none."""
    try:
        return Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag
