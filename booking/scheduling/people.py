"""Who counts as one patient: names and addresses as they are compared, never shown."""

import unicodedata
from typing import TypedDict

from booking.scheduling.appointment import Patient

# Letters that people type without their stroke, and that no normal form takes apart.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"})
# Signs within names that are heard by nobody and typed in many ways: all apostrophes, all hyphens.
_APOSTROPHES = "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u055a\u05f3\u2018\u2019\u201b\u2032\uff07"
HYPHENS = "-\u058a\u05be\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_UNHEARD = dict.fromkeys(map(ord, _APOSTROPHES + HYPHENS))
_JOINERS = "\u200c\u200d"  # Persian and Punjabi need them within words


class Identity(TypedDict):
    """What records of one person have in common, as it is compared (E47)."""

    name_key: str
    email_key: str | None
    phone: str | None


def identity(patient: Patient) -> Identity:
    """Return what a patient is told apart by: whoever has the same is the same person (E47)."""
    key = email_key(patient.email) if patient.email else None
    return {"name_key": name_key(patient.name), "email_key": key, "phone": patient.phone}


def name_key(name: str) -> str:
    """Return a name as it is compared: NFKC, no invisible characters, case folded, single spaces."""
    return _folded(name)


def email_key(email: str) -> str:
    """Return an e-mail address as it is compared."""
    return _folded(email)


def search_key(name: str, email: str | None, phone: str | None) -> str:
    """Return what a record is found by: name, address and the phone's digits, folded."""
    return " ".join(part for part in (bare(name), bare(email or ""), (phone or "").strip("+")) if part)


def bare(text: str) -> str:
    """Return a text as it is searched: folded, without accents in any script, apostrophes and hyphens."""
    folded = _folded(text.translate(_UNHEARD))
    if folded.isascii():
        return folded
    apart = unicodedata.normalize("NFKD", folded.translate(_LETTERS))
    return unicodedata.normalize("NFKC", "".join(c for c in apart if unicodedata.category(c) != "Mn"))


def _folded(text: str) -> str:
    if text.isascii():  # the same, without looking at every letter
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKC", text)
    seen = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", seen.casefold()).split())


def without_controls(text: str) -> str:
    """Return a text with spaces in place of control characters, line breaks included."""
    return "".join(" " if unicodedata.category(c)[0] == "C" and c not in _JOINERS else c for c in text)
