"""A backup's file: three lines that say what it is, then a compressed SQLite database.

The second line is JSON without anything personal, the third the SHA-256 of all the rest,
so that a single changed or missing byte is noticed. By hand: ``tail -n +4 FILE | gunzip``.
"""

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from booking.records.copying import Unfit

MAGIC = b"clinic-booking backup 1\n"
SQLITE = b"SQLite format 3\0"
LONGEST_LINE = 64_000
DIGEST_LINE = 65  # 64 hexadecimal digits and the end of the line
CHUNK = 1 << 20
COMPRESSION = 3

DAMAGED = "This backup is damaged: it is not what was written. Take another one."
FOREIGN = "This is not a backup made by `flask backup`."
PLAIN = "This is a SQLite database, not a backup. `flask move-database` copies one into another."


@dataclass(frozen=True)
class Label:
    """What a backup says about itself; ``made_at`` in ISO format."""

    made_at: str
    revision: str
    engine: str
    rows: Mapping[str, int]


def seal(database: Path, sealed: Path, label: Label) -> None:
    """Write a backup's file, readable by its owner only, and see it on the disk."""
    line = json.dumps(asdict(label)).encode() + b"\n"
    with os.fdopen(os.open(sealed, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "r+b") as file:
        file.write(MAGIC + line + b"0" * (DIGEST_LINE - 1) + b"\n")
        with database.open("rb") as plain, gzip.GzipFile("", "wb", COMPRESSION, file, mtime=0) as packed:
            shutil.copyfileobj(plain, packed, CHUNK)
        file.seek(0)
        _read_head(file)
        digest = _sum(file, MAGIC + line)
        file.seek(len(MAGIC + line))
        file.write(digest)
        file.flush()
        os.fsync(file.fileno())


def put_in_place(sealed: Path, path: Path) -> None:
    """Let a sealed backup take its name at once, also after a power cut.

    Raises:
        Unfit: something else has that name.
    """
    if path.exists() and not is_backup(path):
        raise Unfit(f"{path} exists and is not a backup: choose another name.")
    sealed.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def is_backup(path: Path) -> bool:
    """Say whether a file begins as a backup does."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def unseal(path: Path, database: Path) -> Label:
    """Unpack a backup into a new file, readable by its owner only, and return its label.

    Raises:
        Unfit: it is damaged, or something else.
    """
    with path.open("rb") as file:
        head, label, digest = _read_head(file)
        if _sum(file, head) != digest:
            raise Unfit(DAMAGED)
        file.seek(len(head) + DIGEST_LINE)
        made = os.open(database, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(made, "wb") as plain, gzip.GzipFile("", "rb", fileobj=file) as packed:
            shutil.copyfileobj(packed, plain, CHUNK)
    return label


def _read_head(file: IO[bytes]) -> tuple[bytes, Label, bytes]:
    """Return the first two lines, what the second says, and the checksum; leave the file behind them."""
    magic = file.read(len(MAGIC))
    if magic != MAGIC:
        raise Unfit(PLAIN if magic.startswith(SQLITE) else FOREIGN)
    line, digest = file.readline(LONGEST_LINE), file.read(DIGEST_LINE)
    try:
        return magic + line, Label(**json.loads(line)), digest.removesuffix(b"\n")
    except (ValueError, TypeError):
        raise Unfit(DAMAGED) from None


def _sum(file: IO[bytes], head: bytes) -> bytes:
    total = hashlib.sha256(head)
    while part := file.read(CHUNK):
        total.update(part)
    return total.hexdigest().encode()
