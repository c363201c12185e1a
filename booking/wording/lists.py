"""Lists in a sentence."""

from collections.abc import Sequence


def and_words(parts: Sequence[str]) -> str:
    """Return "a", "a and b" or "a, b and c"; nothing for no parts."""
    return _joined(parts, "and")


def or_words(parts: Sequence[str]) -> str:
    """Return "a", "a or b" or "a, b or c"; nothing for no parts."""
    return _joined(parts, "or")


def _joined(parts: Sequence[str], word: str) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"
