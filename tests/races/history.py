"""What each process was told that it had done, written down as it happened, and replayed.

An end-of-run count misses double bookings that cancellations have washed away; the
acknowledged history does not (reliability.md 0.6).
"""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Line = dict[str, Any]


class History:
    """One process's file: a line for every acknowledged change, whole or not there at all."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(self, **line: Any) -> None:
        """Add a line by one system call, so that a kill leaves no half of it."""
        os.write(self._file, json.dumps(line, default=str).encode() + b"\n")

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def read(paths: Iterable[Path]) -> list[Line]:
    """Return all lines of several histories."""
    return [json.loads(line) for path in paths for line in path.read_text().splitlines()]


def faults(lines: Iterable[Line], stored: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return where the acknowledged history and the database contradict each other.

    Every appointment's acknowledged versions must be 1, 2, 3 ... each given out once
    (two winners of one version would be a lost update), the last of them must be what is
    stored, and nothing may be stored that nobody was told of. Only a cancellation may be
    told twice: who cancels what is cancelled hears the same (E56).
    """
    told: dict[str, dict[int, Line]] = {}
    found = []
    for line in lines:
        versions = told.setdefault(line["reference"], {})
        earlier = versions.get(line["version"])
        if earlier is not None and (earlier != line or line["status"] != "cancelled"):
            found.append(f"{line['reference']}: version {line['version']} was given out twice")
        versions[line["version"]] = line
    found += [f"{reference}: stored, but nobody was told" for reference in stored.keys() - told.keys()]
    for reference, versions in told.items():
        if sorted(versions) != list(range(1, len(versions) + 1)):
            found.append(f"{reference}: versions {sorted(versions)}")
        found += _contradictions(versions[max(versions)], stored.get(reference))
    return found


def _contradictions(last: Line, row: Mapping[str, Any] | None) -> list[str]:
    if row is None:
        return [f"{last['reference']}: acknowledged, but not stored"]
    now = {name: str(row[name]) for name in last}
    before = {name: str(value) for name, value in last.items()}
    return [] if now == before else [f"{last['reference']}: acknowledged {before}, stored {now}"]
