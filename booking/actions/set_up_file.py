"""A set-up file's text turned into what is stored, or refused with every fault and its line."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from booking.actions.set_up_checks import check_together
from booking.actions.set_up_fields import FILE
from booking.actions.set_up_lines import Lines, Path
from booking.actions.set_up_reading import Place, read_at
from booking.records.setup_write import SECTIONS, SetUp
from booking.scheduling.errors import FaultySetup

LONGEST_FILE = 1_000_000  # characters; the sample has 9,000
_AT_LINE = re.compile(r"\s*\(at (?:line ([0-9]+), column [0-9]+|end of document)\)$")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}")


class SetUpFile:
    """A set-up file that was read without a fault."""

    def __init__(self, text: str) -> None:
        """Read and check ``text``.

        Raises:
            FaultySetup: with every fault found, in the order of the lines.
        """
        self._raw, self._lines = _parse(text)
        top = Place()
        clean = read_at(FILE, self._raw, top)
        check_together(clean, top)
        self.refuse_if(top.faults)
        self.set_up = _set_up(clean)

    def refuse_if(self, faults: Sequence[tuple[Path, str]]) -> None:
        """Raise FaultySetup for ``faults``, if any; a path may name a row by its index or its id."""
        located = [(self._line(path), self._field(path), reason) for path, reason in faults]
        if located:
            raise FaultySetup(sorted(set(located)))

    def _line(self, path: Path) -> int:
        """Return the line of a path; 0 for a row that the file does not have."""
        if len(path) > 1 and path[0] in SECTIONS and isinstance(path[1], str):
            codes = [row["id"] for row in self._raw[str(path[0])]]
            if path[1] not in codes:
                return 0
            path = (path[0], codes.index(path[1]), *path[2:])
        return self._lines.of(path)

    def _field(self, path: Path) -> str:
        """Return a path as people read it: rows by their id, other places counted from 1."""
        names = []
        for depth, step in enumerate(path):
            if isinstance(step, int):
                code = self._code(path[: depth + 1])
                step = code if isinstance(code, str) else str(step + 1)
            names.append(step if _PLAIN_KEY.fullmatch(step) else ascii(step)[:60])
        return ".".join(names)

    def _code(self, path: Path) -> object:
        if len(path) != 2 or path[0] not in SECTIONS:
            return None
        row = self._raw[str(path[0])][path[1]]
        return row.get("id") if isinstance(row, dict) else None


def _parse(text: str) -> tuple[dict[str, Any], Lines]:
    if len(text) > LONGEST_FILE:
        raise FaultySetup([(0, "file", f"is longer than {LONGEST_FILE} characters: a set-up file is not")])
    try:
        return tomllib.loads(text), Lines(text)
    except RecursionError as error:
        reason = "is nested too deeply: no value needs more than three levels"
        raise FaultySetup([(1, "file", reason)]) from error
    except ValueError as error:
        message = str(error)
        found = _AT_LINE.search(message)
        line = int(found[1]) if found and found[1] else text.rstrip().count("\n") + 1
        reason = f"is not TOML: {_AT_LINE.sub('', message)}"
        raise FaultySetup([(line, "file", reason)]) from error


def _set_up(clean: Mapping[str, Any]) -> SetUp:
    facts, reminders = dict(clean["clinic"]), dict(clean["reminders"])
    quiet_from, quiet_until = reminders.pop("quiet_hours")
    facts |= {
        "hours": {str(number): spans for number, spans in enumerate(clean["hours"].values())},
        "closed_on_bc_statutory": clean["holidays"]["closed_on_bc_statutory"],
        "gst_percent": clean["tax"]["gst_percent"],
        "gst_valid_from": clean["tax"]["valid_from"],
        "policy": clean["policy"],
        "reminders": {**reminders, "quiet_from": quiet_from, "quiet_until": quiet_until},
    }
    return SetUp(
        code=facts.pop("id"),
        facts=facts,
        closures={
            date.fromisoformat(row["date"]): (row["reason"], row["hours"])
            for row in clean["holidays"]["extra_closures"]
        },
        rows={name: {row["id"]: _facts(row) for row in clean[name]} for name in SECTIONS},
    )


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    facts = {name: value for name, value in row.items() if name != "id"}
    if "shift_exceptions" in facts:
        facts["shift_exceptions"] = {one["date"]: one["hours"] for one in facts["shift_exceptions"]}
    return facts
