"""Lists in a sentence."""

from collections.abc import Sequence


def and_words(parts: Sequence[str]) -> str:
    """Return "a", "a and b" or "a, b and c"; nothing for no parts."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
