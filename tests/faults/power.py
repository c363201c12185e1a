"""A power cut, simulated: what a disk may hold after any moment of a recorded run.

The run's writes and fsyncs are recorded by strace. Whatever was written to a file before
its last fsync is on the disk. Of what was written since, each sector of 512 bytes is
there or not, in any combination: disks reorder and tear.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

SECTOR = 512
CALLS = "trace=pwrite64,write,fdatasync,fsync,ftruncate"
OPTIONS = ("-y", "-xx", "-s", "100000", "-e", CALLS)
_LINE = re.compile(r'(\w+)\(\d+<((?:\\x[0-9a-f]{2})+|[^>]*)>(?:, "((?:\\x[0-9a-f]{2})*)")?(.*)\) = (-?\d+)')


@dataclass(frozen=True)
class Event:
    """One system call that has succeeded: ``call`` on ``path``."""

    call: str
    path: str
    data: bytes
    offset: int


def read(trace: Path) -> list[Event]:
    """Return what was recorded, in order."""
    return list(_events(trace.read_text()))


def _events(recorded: str) -> Iterator[Event]:
    for line in recorded.splitlines():
        found = _LINE.match(line)
        if found is None or found[5].startswith("-"):
            continue
        call, path, data, rest, _ = found.groups()
        numbers = [int(part) for part in rest.split(",") if part.strip().isdigit()]
        yield Event(call, _text(path), _bytes(data or ""), numbers[-1] if numbers else 0)


def _bytes(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))


def _text(escaped: str) -> str:
    return _bytes(escaped).decode() if escaped.startswith("\\x") else escaped


@dataclass
class File:
    """What is on the disk for certain, and what was written since."""

    synced: bytearray
    since: list[tuple[int, bytes | None]] = field(
        default_factory=list
    )  # offset and data; None: cut off there

    def sync(self) -> None:
        """Bring everything to the disk."""
        for offset, data in self.since:
            _write(self.synced, offset, data)
        self.since.clear()

    def after_a_cut(self, chance: Random) -> bytes:
        """Return what may be found after a power cut now."""
        found = bytearray(self.synced)
        share = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        for offset, data in self.since:
            if data is None:
                if chance.random() < share:
                    _write(found, offset, None)
                continue
            for begin, part in _sectors(offset, data):
                if chance.random() < share:
                    _write(found, begin, part)
        return bytes(found)


def _sectors(offset: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    """Cut a write at the borders of the disk's sectors."""
    begin = 0
    while begin < len(data):
        end = min(len(data), begin + SECTOR - (offset + begin) % SECTOR)
        yield offset + begin, data[begin:end]
        begin = end


def _write(onto: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del onto[offset:]
        return
    if len(onto) < offset:
        onto.extend(bytes(offset - len(onto)))  # what lies between was never written: zeros
    onto[offset : offset + len(data)] = data


class Disk:
    """The files of a run, as far as its events were played."""

    def __init__(self, before: dict[str, bytes]) -> None:
        self.files = {path: File(bytearray(content)) for path, content in before.items()}

    def play(self, event: Event) -> None:
        """Let one system call have its effect."""
        file = self.files.get(event.path)
        if file is None:
            return
        if event.call in ("fdatasync", "fsync"):
            file.sync()
        elif event.call == "ftruncate":
            file.since.append((event.offset, None))
        else:
            file.since.append((event.offset, event.data))
