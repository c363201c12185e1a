"""What the desk calls things: statuses and flags, in text beside every colour."""

from booking.scheduling.appointment import Visit

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
