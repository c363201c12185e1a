"""Every text that patients read, and the catalogues brought in step with it: ``make catalogues``.

Texts are those in ``_``, ``N_``, ``ngettext`` and ``{% trans %}``. Refusals are raised where
nobody knows of languages, in plain sentences: those of the files in ``SPOKEN`` count too.
"""

import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from booking.scheduling.hours import bc_statutory_holidays
from booking.wording.language import CATALOGUES

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
JINJA = {"extensions": "jinja2.ext.do", "trimmed": "true", "newstyle_gettext": "true", "silent": "false"}
SPOKEN = (  # files whose sentences pages say, by ``told``
    "booking/scheduling/errors.py",
    "booking/scheduling/assign.py",
    "booking/scheduling/reasons.py",
    "booking/scheduling/rules.py",
    "booking/records/failures.py",
    "booking/actions/book.py",
    "booking/actions/call_back.py",
    "booking/actions/cancel.py",
    "booking/actions/clinics.py",
    "booking/actions/contact.py",
    "booking/actions/correct_contact.py",
    "booking/actions/hold.py",
    "booking/actions/look_up.py",
    "booking/actions/move.py",
    "booking/actions/offer.py",
    "booking/actions/person.py",
    "booking/actions/placing.py",
    "booking/actions/send_link.py",
    "booking/actions/stop_reminders.py",
)
SENTENCE = re.compile(r"[A-Z][^{}]* .*[.?]", re.DOTALL)
HEADER = """\
{language}, for patients' pages and mails: a DRAFT.
A person who speaks this language has not looked at it yet. Reviewers: see docs/languages.md,
and remove this line and the word DRAFT once it has been read as a whole."""


def texts() -> Catalog:
    """Return every text of the program, in the order of files."""
    found = Catalog()
    for path in sorted((ROOT / "booking").rglob("*.py")):
        add(found, path, "python", {})
    for path in sorted((ROOT / "templates").rglob("*.*")):
        add(found, path, "jinja2.ext:babel_extract", JINJA)
    for name in SPOKEN:
        for sentence in sentences(ROOT / name):
            found.add(sentence, locations=[(name, 0)])
    for name in bc_statutory_holidays(2026).values():
        found.add(name, locations=[("booking/scheduling/hours.py", 0)])
    return found


def add(catalogue: Catalog, path: Path, method: str, options: dict[str, str]) -> None:
    name = path.relative_to(ROOT).as_posix()
    for _line, message, _comments, _context in extract_from_file(method, path, KEYWORDS, options=options):
        catalogue.add(message, locations=[(name, 0)])


def sentences(path: Path) -> Iterator[str]:
    """Yield the sentences of a file, a number that is put in as %(number)s; docstrings are none."""
    if not path.exists():
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    skipped |= {
        id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
    }
    for node in ast.walk(tree):
        if id(node) not in skipped:
            text = sentence(node)
            if text and SENTENCE.fullmatch(text):
                yield text


def sentence(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "%(number)s" for part in node.values)
    return None


def catalogue_files() -> list[Path]:
    """Return the catalogues that are shipped."""
    return sorted(CATALOGUES.glob("*.po"))


def read(path: Path) -> Catalog:
    """Return a catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=Locale.parse(path.stem, sep="-"), domain=path.stem)


def written(path: Path, template: Catalog) -> bytes:
    """Return a catalogue's file with the texts of ``template``: new ones empty, old ones gone."""
    catalogue = read(path)
    made_at = catalogue.creation_date
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.creation_date = made_at  # else each run would change the file
    catalogue.obsolete.clear()
    file = BytesIO()
    write_po(file, catalogue, width=110, include_lineno=False, sort_by_file=False)
    return file.getvalue()


def main() -> None:
    """Bring every catalogue in step, and say what is still to be translated."""
    template = texts()
    for path in catalogue_files():
        path.write_bytes(written(path, template))
        empty = [message.id for message in read(path) if message.id and not message.string]
        sys.stdout.write(f"{path.name}: {len(template)} texts, {len(empty)} to translate\n")


if __name__ == "__main__":
    main()
