"""Lists in a sentence."""

from collections.abc import Sequence

from booking.wording.language import words


def and_words(parts: Sequence[str]) -> str:
    """Return "a", "a and b" or "a, b and c"; nothing for no parts."""
    return words().forms.joined(parts)
