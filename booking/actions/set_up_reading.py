"""Reading a parsed file field by field: every fault is noted, none stops the reading."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from booking.actions.set_up_lines import Path

Reader = Callable[[Any, "Place"], Any]
LONGEST_LIST = 500


class Wrong(Exception):
    """The value cannot be used; the message says what to do."""


class _Nothing:
    """Stands for a value that could not be read, and for a default that does not exist."""


NOTHING = _Nothing()


@dataclass(frozen=True)
class Place:
    """A value's path in the file, and the list of faults that all places share."""

    path: Path = ()
    faults: list[tuple[Path, str]] = field(default_factory=list)

    def at(self, *steps: str | int) -> "Place":
        """Return the place of a value inside this one."""
        return Place(self.path + steps, self.faults)

    def refuse(self, reason: str) -> None:
        """Note a fault of the value at this place."""
        self.faults.append((self.path, reason))


@dataclass(frozen=True)
class Key:
    """One key of a table: how to read its value, and what holds where it is absent."""

    read: Reader
    default: Any = NOTHING


def read_at(read: Reader, raw: Any, place: Place) -> Any:
    """Return what ``read`` makes of ``raw``, or NOTHING with the fault noted."""
    try:
        return read(raw, place)
    except Wrong as wrong:
        place.refuse(str(wrong))
        return NOTHING


def table(keys: Mapping[str, Key]) -> Reader:
    """Return a reader of a table; faulty keys are left out of what it returns.

    A key that seems to be misspelt is not called missing too.
    """

    def read(raw: Any, place: Place) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise Wrong(f"is {shown(raw)}: it must be a table with the keys {', '.join(keys)}")
        unknown = {name: _nearest(name, keys) for name in raw if name not in keys}
        for name, meant in unknown.items():
            hint = f"did you mean {meant}?" if meant else f"remove it, or use one of {', '.join(keys)}"
            place.at(name).refuse(f"is not known here: {hint}")
        values = {
            name: _value(key, raw.get(name, NOTHING), place.at(name))
            for name, key in keys.items()
            if name in raw or name not in unknown.values()
        }
        return {name: value for name, value in values.items() if value is not NOTHING}

    return read


def listing(read_one: Reader, *, least: int = 0, distinct: bool = True) -> Reader:
    """Return a reader of a list of ``least`` or more values; NOTHING when one is faulty."""

    def read(raw: Any, place: Place) -> Any:
        _check_list(raw, least)
        values = [read_at(read_one, item, place.at(index)) for index, item in enumerate(raw)]
        if NOTHING in values:
            return NOTHING
        for index, value in enumerate(values):
            if distinct and value in values[:index]:
                place.at(index).refuse(f"is {shown(value)}, which is listed already: remove one")
        return values

    return read


def rows(keys: Mapping[str, Key], *, least: int) -> Reader:
    """Return a reader of ``[[tables]]``; what is faulty is left out of each, none is dropped."""
    read_row = table(keys)

    def read(raw: Any, place: Place) -> list[dict[str, Any]]:
        _check_list(raw, least)
        found = (read_at(read_row, row, place.at(index)) for index, row in enumerate(raw))
        return [{} if row is NOTHING else row for row in found]

    return read


def mapping(read_key: Reader, read_one: Reader) -> Reader:
    """Return a reader of a table with free keys; NOTHING when a key or a value is faulty."""

    def read(raw: Any, place: Place) -> Any:
        if not isinstance(raw, dict):
            raise Wrong(f"is {shown(raw)}: it must be a table, in curly brackets")
        values = {
            read_at(read_key, name, place.at(name)): read_at(read_one, item, place.at(name))
            for name, item in raw.items()
        }
        return NOTHING if NOTHING in values or NOTHING in values.values() else values

    return read


def shown(raw: Any) -> str:
    """Return a value as a fault's text can quote it, short and on one line."""
    try:
        text = repr(raw) if isinstance(raw, str) else str(raw).replace("\n", " ")
    except ValueError:  # integers of more than 4,300 digits have no text
        return "a number without end"
    return text if len(text) <= 60 else text[:57] + "..."


def near(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the known word that ``word`` may have meant, or nothing."""
    close = _nearest(word, known)
    return f": did you mean {close}?" if close else ""


def _check_list(raw: Any, least: int) -> None:
    if not isinstance(raw, list):
        raise Wrong(f"is {shown(raw)}: it must be a list, in square brackets")
    if not least <= len(raw) <= LONGEST_LIST:
        raise Wrong(f"has {len(raw)} entries: there must be {least} to {LONGEST_LIST}")


def _nearest(word: str, known: Iterable[str]) -> str | None:
    return next(iter(difflib.get_close_matches(word[:100], list(known), n=1)), None)


def _value(key: Key, raw: Any, place: Place) -> Any:
    if raw is not NOTHING:
        return read_at(key.read, raw, place)
    if key.default is NOTHING:
        place.refuse("is missing: add it")
    return key.default
