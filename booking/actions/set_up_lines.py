"""Where each value of a TOML text stands: the standard parser does not say.

The text has been accepted by ``tomllib`` before, so this scanner only follows its
structure; it checks nothing.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|\n"
    r"|[\[\]{},=]"
    r"|[ \t\r]+"
    r"|[^\s\[\]{},=\#\"']+"
    r"|.",
    re.DOTALL,
)


class _Token(NamedTuple):
    text: str
    line: int


class Lines:
    """Line numbers of a TOML text's tables and keys, counted from 1."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text.replace("\r\n", "\n")))
        self._next = 0
        self._lines: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}
        self._scan()

    def of(self, path: Path) -> int:
        """Return the line of the value at ``path``, or of what it would stand in; 1 at worst."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def _scan(self) -> None:
        table: Path = ()
        while self._next < len(self._tokens):
            if self._peek() == "\n":
                self._next += 1
            elif self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)

    def _peek(self) -> str:
        return self._tokens[self._next].text if self._next < len(self._tokens) else ""

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        self._next += 1
        return token

    def _header(self) -> Path:
        line = self._take().line
        is_array = self._peek() == "["
        names = self._key("]")
        if is_array:
            self._next += 1
        path: Path = ()
        for name in names[:-1]:
            path = self._last((*path, name))
        path = (*path, names[-1])
        if is_array:
            self._counts[path] = self._counts.get(path, -1) + 1
            self._mark(path, line)
            path = (*path, self._counts[path])
        self._mark(path, line)
        return path

    def _last(self, path: Path) -> Path:
        return (*path, self._counts[path]) if path in self._counts else path

    def _key(self, until: str) -> Path:
        parts = []
        while self._peek() not in (until, ""):
            parts.append(self._take().text)
        if self._peek():
            self._next += 1
        return _names("".join(part for part in parts if part != "["))

    def _pair(self, table: Path) -> None:
        line = self._tokens[self._next].line
        path = table
        for name in self._key("="):
            path = (*path, name)
            self._mark(path, line)
        self._value(path)

    def _value(self, path: Path) -> None:
        opener = self._peek()
        if opener == "[":
            self._array(path)
        elif opener == "{":
            self._inline_table(path)
        else:
            while self._peek() not in (",", "]", "}", "\n", ""):
                self._next += 1

    def _array(self, path: Path) -> None:
        self._next += 1
        index = 0
        while self._peek() not in ("]", ""):
            if self._peek() in (",", "\n"):
                self._next += 1
                continue
            self._mark((*path, index), self._tokens[self._next].line)
            self._value((*path, index))
            index += 1
        self._next += 1

    def _inline_table(self, path: Path) -> None:
        self._next += 1
        while self._peek() not in ("}", ""):
            if self._peek() in (",", "\n"):
                self._next += 1
                continue
            self._pair(path)
        self._next += 1

    def _mark(self, path: Path, line: int) -> None:
        self._lines.setdefault(path, line)


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for match in _TOKEN.finditer(text):
        token = match.group()
        if not token.startswith(("#", " ", "\t", "\r")):
            yield _Token(token, line)
        line += token.count("\n")


def _names(key: str) -> Path:
    if '"' not in key and "'" not in key:
        return tuple(part.strip() for part in key.split("."))
    names = []
    found: object = tomllib.loads(f"{key} = 0")
    while isinstance(found, Mapping):
        name, found = next(iter(found.items()))
        names.append(name)
    return tuple(names)
