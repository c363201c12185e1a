"""An invented language to test with: every text in Arabic letters, so that English left over is seen.

It goes by Persian's name, which has no catalogue of its own yet: right to left, with its days and months.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from string import ascii_lowercase

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from booking.scheduling.clinic import Clinic
from booking.wording import language
from booking.wording.phones import phone_words
from tests.wording.catalogues import texts

TAG = "fa"
KEPT = re.compile(r"(%\(\w+\)s|%%|<[^>]+>)")
LETTERS = str.maketrans(dict(zip(ascii_lowercase, "ابپتثجچحخدذرزژسشصضطظعغفقکگ", strict=True)))
LATIN = re.compile(r"[A-Za-z]+")


def pseudo(text: str) -> str:
    """Return a text in the invented language, its places and tags as they are."""
    parts = KEPT.split(text)
    return "".join(part if KEPT.fullmatch(part) else part.lower().translate(LETTERS) for part in parts)


def speak_it(folder: Path, patch: pytest.MonkeyPatch, tag: str = TAG) -> None:
    """Let the program have this language, and no other beside English; ``tag`` is whose name it goes by."""
    catalogue = Catalog(locale=tag)
    for message in texts():
        if isinstance(message.id, str):
            catalogue.add(message.id, pseudo(message.id))
        else:
            forms = [pseudo(message.id[0]), *[pseudo(message.id[1])] * (catalogue.num_plurals - 1)]
            catalogue.add(message.id, tuple(forms))
    with (folder / f"{tag}.po").open("wb") as file:
        write_po(file, catalogue)
    patch.setattr(language, "CATALOGUES", folder)


def typed_by(clinic: Clinic) -> Iterable[str]:
    """Yield what a clinic typed itself: it stays as it is in every language."""
    yield from (clinic.name, clinic.discreet_name, clinic.address, clinic.email, phone_words(clinic.phone))
    yield from (clinic.privacy_officer, clinic.mail_provider_country)
    yield from (closure.reason for closure in clinic.closures.values())
    for person in clinic.practitioners:
        yield from (person.name, person.title, person.licensing_body, person.licence_number)
    yield from (service.name for service in clinic.services)


def english_in(text: str, typed: Iterable[str]) -> list[str]:
    """Return the words in Latin letters that nobody typed."""
    for name in sorted(set(typed), key=len, reverse=True):
        text = text.replace(name, " ")
    return LATIN.findall(text)
