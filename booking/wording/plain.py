"""Text from people made safe for one line of a header, a calendar entry or a mail."""

import unicodedata

from booking.wording.language import words

JOINERS = "\u200c\u200d"  # Persian and emoji need them
RIGHT_TO_LEFT = ("R", "AL", "AN")
LEFT_TO_RIGHT = ("L",)
FIRST_STRONG, POP = "\u2068", "\u2069"


def one_line(text: str) -> str:
    """Return ``text`` without line breaks, control and formatting characters (B5, B7)."""
    return " ".join("".join(" " if _breaks(c) else c for c in text if not _is_hidden(c)).split())


def isolated(text: str) -> str:
    """Return ``text`` so that letters of the other direction do not reorder what stands around it."""
    other = LEFT_TO_RIGHT if words().direction == "rtl" else RIGHT_TO_LEFT
    if any(unicodedata.bidirectional(c) in other for c in text):
        return f"{FIRST_STRONG}{text}{POP}"
    return text


def _breaks(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Zl", "Zp")


def _is_hidden(character: str) -> bool:
    category = unicodedata.category(character)
    return category == "Cs" or (category == "Cf" and character not in JOINERS)
