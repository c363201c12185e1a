"""Who counts as one patient: names and addresses as they are compared, never shown."""

import unicodedata


def name_key(name: str) -> str:
    """Return a name as it is compared: NFKC, no invisible characters, case folded, single spaces."""
    return _folded(name)


def email_key(email: str) -> str:
    """Return an e-mail address as it is compared."""
    return _folded(email)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    seen = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", seen.casefold()).split())
