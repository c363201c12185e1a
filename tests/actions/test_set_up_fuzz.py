"""Whatever is done to a set-up file, it is read or refused: nothing else ever happens (B2)."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from booking.actions.set_up_file import SetUpFile
from booking.scheduling.errors import FaultySetup
from tests.actions.faulty_set_ups import SAMPLE

LINES = SAMPLE.splitlines(keepends=True)
VALUE = re.compile(r"(?<== )\S.*?(?=\s*(?:#|$))", re.MULTILINE)
VALUES = [match.span() for match in VALUE.finditer(SAMPLE)]
PIECES = st.sampled_from(
    ["[", "]", "[[", "{", "}", "=", ",", ".", "#", '"', "'", '"""', "'''", "\\", "\n", "\r", "\x00", "\ufeff",
     "\u2028", "\ud800", "-", "+", "1e999", "nan", "-inf", "0x" + "f" * 5000, "9" * 5000, "true",
     "1979-05-27", "0000-00-00", "99:99", "00:00-24:00", "{}", "[]", "\U0001f600", "é", "٣"]
)  # fmt: skip
ANYTHING = st.one_of(
    PIECES,
    st.text(max_size=30),
    st.integers().map(str),
    st.floats().map(repr),
    st.lists(st.text(max_size=5), max_size=3).map(repr),
)


def read_or_refuse(text: str) -> None:
    try:
        SetUpFile(text)
    except FaultySetup as refused:
        faults = refused.faults
    else:
        return
    assert faults
    for line, field, reason in faults:
        assert 0 <= line <= text.count("\n") + 1
        assert field
        assert reason
        assert "\n" not in field + reason


@settings(max_examples=300)
@given(st.integers(0, len(SAMPLE)), st.integers(0, 40), ANYTHING)
def test_any_replaced_stretch(at: int, length: int, piece: str) -> None:
    """A stretch of the sample is replaced by anything, at any place."""
    read_or_refuse(SAMPLE[:at] + piece + SAMPLE[at + length :])


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(VALUES), ANYTHING), min_size=1, max_size=4))
def test_any_replaced_values(edits: list[tuple[tuple[int, int], str]]) -> None:
    """Values of the sample are replaced by anything."""
    text = SAMPLE
    for (begin, end), piece in sorted(edits, reverse=True):
        text = text[:begin] + piece + text[end:]
    read_or_refuse(text)


@settings(max_examples=200)
@given(st.lists(st.sampled_from(range(len(LINES))), max_size=60))
def test_any_lines_in_any_order(chosen: list[int]) -> None:
    """Lines of the sample are dropped, repeated and shuffled."""
    read_or_refuse("".join(LINES[index] for index in chosen))


@settings(max_examples=200)
@given(st.text())
def test_any_text(text: str) -> None:
    """The file is no set-up at all."""
    read_or_refuse(text)
