"""What a mail scanner sees: the addresses in mails, and whether fetching them changed anything."""

import re
from email import message_from_bytes, policy
from hashlib import sha256
from html import unescape
from pathlib import Path

from sqlalchemy import select

from booking.records.schema import metadata
from tests.races import stored


def checksum(url: str) -> str:
    """Return one figure for everything that a database holds."""
    with stored.connected(url) as conn:
        rows = [sorted(map(repr, conn.execute(select(table)))) for table in metadata.sorted_tables]
    return sha256(repr(rows).encode()).hexdigest()


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
