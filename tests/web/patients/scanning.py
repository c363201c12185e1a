"""What a mail scanner sees: the addresses in mails, and whether fetching them changed anything."""

import re
import sqlite3
from contextlib import closing
from email import message_from_bytes, policy
from hashlib import sha256
from html import unescape
from pathlib import Path


def checksum(database: str) -> str:
    """Return one figure for everything that a SQLite database, given by its path, holds."""
    with closing(sqlite3.connect(database)) as conn:
        return sha256("\n".join(conn.iterdump()).encode()).hexdigest()


def links_of_mails(folder: Path, base_url: str) -> set[str]:
    """Return the path of every address of ours in every mail of a folder, headers included."""
    written = re.compile(rf"{re.escape(base_url)}[^\s<>\"]*")
    found: set[str] = set()
    for path in sorted(folder.rglob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        texts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
        for text in (*map(str, texts), str(mail["List-Unsubscribe"] or "")):
            found.update(unescape(one).removeprefix(base_url) or "/" for one in written.findall(text))
    return found
