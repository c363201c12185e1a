"""Line numbers of values, for every way that TOML can write them."""

import pytest

from booking.actions.set_up_lines import Lines, Path

TEXT = '''\
title = "a # no comment"   # line 1
many = [
  1, # one
  { x = 1, y = """
two lines of "quotes" and ] } brackets""" },
  [5,
   6],
]
a.b.c = 1
'single "quoted"'."double.key" = 'it''
[table]
key = """"quoted"""""
after = \'\'\'
[no table]
\'\'\'
last = 1979-05-27 07:32:00
["quoted table".deep]
x.y = { z = [
  1,
  2 ], w = {} }
[[rows]]
id = 1
[rows.inner]
k = 1
[[rows]]
id = 2
[[rows.deep]]
k = 2
[[rows.deep]]
k = 3
'''.replace("'it''", "'it'")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 1),
        (("many",), 2),
        (("many", 0), 3),
        (("many", 1, "x"), 4),
        (("many", 1, "y"), 4),
        (("many", 2), 6),
        (("many", 2, 1), 7),
        (("a",), 9),
        (("a", "b", "c"), 9),
        (('single "quoted"', "double.key"), 10),
        (("table",), 11),
        (("table", "key"), 12),
        (("table", "after"), 13),
        (("table", "last"), 16),
        (("quoted table", "deep"), 17),
        (("quoted table", "deep", "x", "y", "z", 1), 20),
        (("quoted table", "deep", "x", "y", "w"), 20),
        (("rows", 0), 21),
        (("rows", 0, "inner", "k"), 24),
        (("rows", 1, "id"), 26),
        (("rows", 1, "deep", 0, "k"), 28),
        (("rows", 1, "deep", 1, "k"), 30),
        (("rows", 1, "gone", "far"), 25),
        (("nowhere",), 1),
    ],
)
def test_the_line_of_a_value(path: Path, line: int) -> None:
    """Strings, comments, arrays, inline tables, dotted and quoted keys and tables keep their lines."""
    assert Lines(TEXT).of(path) == line
    assert Lines(TEXT.replace("\n", "\r\n")).of(path) == line
