"""Addresses that are valid and most likely a slip: the right one is offered (issue 3, bad input; B13)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.scheduling.slips import KNOWN, REAL, likely


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("zoe@gmial.com", "zoe@gmail.com"),
        ("zoe@gmai.com", "zoe@gmail.com"),
        ("zoe@gmail.co", "zoe@gmail.com"),
        ("zoe@gmail.con", "zoe@gmail.com"),
        ("zoe@gmaill.com", "zoe@gmail.com"),
        ("zoe@gmail.comm", "zoe@gmail.com"),
        ("Zoe.B+1@GMIAL.com", "Zoe.B+1@gmail.com"),
        ("a@hotmial.com", "a@hotmail.com"),
        ("a@hotmai.ca", "a@hotmail.ca"),
        ("a@outlok.com", "a@outlook.com"),
        ("a@yaho.ca", "a@yahoo.ca"),
        ("a@yahooo.com", "a@yahoo.com"),
        ("a@iclod.com", "a@icloud.com"),
        ("a@shw.ca", "a@shaw.ca"),
        ("a@tellus.net", "a@telus.net"),
        ("a@clinic.con", "a@clinic.com"),
        (" a@gmial.com ", "a@gmail.com"),
    ],
)
def test_the_right_one_is_offered(typed: str, meant: str) -> None:
    """A letter too few, too many, wrong or swapped; an ending that does not exist."""
    assert likely(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        *(f"a@{domain}" for domain in (*KNOWN, *sorted(REAL))),
        *("a@example.com", "a@ubc.ca", "a@gov.bc.ca", "a@sfu.ca", "a@clinic.example", "a@me.ca", "a@mail.co"),
        *("", "nobody", "@", "@gmail.com", "a@", "a@b", "a@@", "zoe@gail.net"),
    ],
)
def test_what_may_be_right_is_not_doubted(typed: str) -> None:
    """Known providers, real ones that look alike, one's own domain, and what is no address at all."""
    assert likely(typed) is None


@given(text=st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    """B2: whatever was typed, the part before the @ is kept, and what is offered is not doubted again."""
    meant = likely(f"{text}@gmial.com")
    if meant is not None:
        assert meant == f"{text.lstrip()}@gmail.com"
        assert likely(meant) is None
    again = likely(text)
    assert again is None or likely(again) is None
