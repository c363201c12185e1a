"""Letters and the sentences made of them: plain values, the same for every reader."""

import unicodedata
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.mail.sample import SAMPLE
from booking.wording.letter import Letter
from booking.wording.plain import isolated, one_line
from booking.wording.sentences import before_sentences, licence_words, place_words, price_words, wall_words


def test_a_stored_letter_reads_back_as_it_was() -> None:
    """D6: what was planned is what is said, however much later."""
    for letter in (SAMPLE, replace(SAMPLE, cancel_until=None, move_until=None)):
        assert Letter.from_json(letter.as_json()) == letter


def test_what_a_newer_version_stored_is_left_out() -> None:
    """A message planned by a newer version is still readable after going back."""
    assert Letter.from_json({**SAMPLE.as_json(), "parking": "behind the house"}) == SAMPLE


def test_a_letter_without_its_time_is_none() -> None:
    """A damaged snapshot is told by an error, never by a guess."""
    with pytest.raises(KeyError):
        Letter.from_json({key: value for key, value in SAMPLE.as_json().items() if key != "starts"})


def test_times_are_stored_as_wall_time() -> None:
    """D1, E31: the snapshot has the clinic's wall clock and no offset that could go wrong."""
    assert SAMPLE.as_json()["starts"] == "2026-11-24T10:00"


def test_the_words_of_a_visit() -> None:
    """When, where, who and how much, as people say it."""
    assert wall_words(SAMPLE) == "10:00 a.m., Tuesday 24 November 2026, Vancouver time"
    assert place_words(SAMPLE) == "Synergy Clinic, 100 Sample Street, Vancouver, BC"
    assert licence_words(SAMPLE) == "Sarah Kim, RMT (CCHPBC licence SAMPLE-0003)"
    assert price_words(SAMPLE) == "$136.50, tax of $6.50 included"
    assert price_words(replace(SAMPLE, total_cents=11000, tax_cents=0)) == "$110.00, no tax"


def test_a_first_visit_starts_with_a_form() -> None:
    """First visits come ten minutes early, others five."""
    assert before_sentences(SAMPLE)[0].startswith("Please come ten minutes early")
    assert before_sentences(replace(SAMPLE, first_visit=False))[0] == "Please come five minutes early."


def test_noon_and_midnight_are_twelve() -> None:
    """12:00 is p.m. at noon and a.m. at midnight."""
    noon, midnight = (replace(SAMPLE, starts=datetime(2026, 11, 24, hour, 0)) for hour in (12, 0))
    assert wall_words(noon).startswith("12:00 p.m., ")
    assert wall_words(midnight).startswith("12:00 a.m., ")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Mei\r\nBcc: x@example.com", "Mei Bcc: x@example.com"),
        ("a\x00b\x0bc\x1ed\x85e\u2028f\u2029g", "a b c d e f g"),
        ("\u202eevil\u202c", "evil"),
        ("می‌روم", "می‌روم"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("  two   spaces ", "two spaces"),
        ("\ud800", ""),
    ],
)
def test_b5_one_line_is_one_line(text: str, line: str) -> None:
    """B5, B7: breaks become spaces, hidden characters go, what Persian and emoji need stays."""
    assert one_line(text) == line


@given(text=st.text())
def test_b5_one_line_of_anything_is_clean(text: str) -> None:
    """B5: no control, format or surrogate character survives, but for the two joiners."""
    line = one_line(text)
    assert {unicodedata.category(c) for c in line if c not in "\u200c\u200d"}.isdisjoint(
        {"Cc", "Cf", "Cs", "Zl", "Zp"}
    )
    assert one_line(line) == line


def test_b7_only_right_to_left_names_are_isolated() -> None:
    """B7: Persian and Hebrew are set apart from the text around them; all else stays plain."""
    assert isolated("Mei Chen") == "Mei Chen"
    assert isolated("محمد") == "\u2068محمد\u2069"
