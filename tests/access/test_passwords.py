"""What is too easy to guess, and what is stored of a password (A14)."""

import pytest

from booking.access.passwords import (
    LONGEST,
    SHORTEST,
    hash_password,
    is_password,
    needs_second_step,
    shortest_for,
    what_is_weak,
)

NAMES = ("Robin", "reception", "example.com", "Sample Clinic")
SHORT = "9 kelp&ox"


@pytest.mark.parametrize(
    ("password", "has_second_step", "says"),
    [
        ("e" + "kelp&ox 9"[:6], True, "at least 8 characters"),
        (SHORT, False, "at least 15 characters"),
        (SHORT, True, None),
        ("kelp & ox 9 lan", False, None),
        ("correct horse " * 18, False, None),  # 252 characters
        ("kelp & ox 9 lane" * 4, False, None),  # 64
        ("x" * (LONGEST + 1), True, "at most 256"),
        ("password1", True, "anybody would try"),
        ("PassWord", True, "anybody would try"),
        ("1qaz2wsx", True, "anybody would try"),
        ("!!Sunshine2026", True, "anybody would try"),
        ("basketball12345", False, "anybody would try"),
        ("aabbaabb", True, "more different"),
        ("robin-4;", True, "more than your name"),
        ("robin-4;x", True, None),
        ("receptionrobin;4a", False, "more than your name"),
        ("reception4;a", True, "more than your name"),
        ("reception4;ax", True, None),
    ],
)
def test_a14_what_is_weak(password: str, has_second_step: bool, says: str | None) -> None:
    """A14: 15 characters, or 8 beside a second step; up to 256; none of the common ones; not only names."""
    weak = what_is_weak(password, NAMES, shortest_for(has_second_step))
    assert (weak is None) if says is None else says in (weak or "")


def test_a14_a_short_one_is_marked_and_checked() -> None:
    """A14: what is stored tells whether it may stand alone, and both kinds sign in."""
    for password, is_short in ((SHORT, True), ("k" * (SHORTEST - 1), True), ("k" * SHORTEST, False)):
        stored = hash_password(password)
        assert needs_second_step(stored) is is_short
        assert is_password(stored, password)
        assert not is_password(stored, password + "k")
    assert not needs_second_step(None)


def test_a14_a_megabyte_is_not_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A14: what is longer than any password can be is refused before anything is reckoned."""
    stored = hash_password("kelp & ox 9 lane")
    monkeypatch.setattr("booking.access.passwords._hasher", None)
    assert not is_password(stored, "k" * 1_000_000)
    assert "at most 256" in (what_is_weak("kelp&ox9" * 125_000, NAMES, SHORTEST) or "")
