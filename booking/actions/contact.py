"""Who the patient is and how to reach them: one check for every door (L03)."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from booking.scheduling.clinic import Clinic
from booking.scheduling.people import email_key, name_key

LONGEST_NAME = 200  # letters; combining marks are not counted
LONGEST_NAME_POINTS = 600
LONGEST_EMAIL = 254
LONGEST_PHONE = 40
JOINERS = "\u200c\u200d"  # needed by Persian and by emoji
DIRECTION_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u061c"))  # typed unseen, mean nothing here


@dataclass(frozen=True)
class Contact:
    """A checked name and at least one way to be reached."""

    name: str
    name_key: str
    email: str | None
    email_key: str | None
    phone: str | None
    language: str


def check_contact(
    clinic: Clinic, name: str, email: str | None, phone: str | None, language: str | None
) -> tuple[Contact | None, dict[str, str]]:
    """Return the contact, or None and what to do for each field that is wrong.

    Names are stored as NFC, phone numbers as E.164 (region CA where none is written),
    e-mail addresses with their domain in ASCII.
    """
    faults: dict[str, str] = {}
    name = _checked(faults, "name", check_name, name) or ""
    clean_email = _checked(faults, "email", check_email, email)
    clean_phone = _checked(faults, "phone", check_phone, phone)
    if not (email or "").strip() and not (phone or "").strip():
        faults["email"] = "Please give an e-mail address or a phone number, so that we can reach you."
    language = language or clinic.default_locale
    if language not in clinic.locales:
        faults["language"] = "Please choose one of: " + ", ".join(clinic.locales) + "."
    if faults:
        return None, faults
    key = email_key(clean_email) if clean_email else None
    return Contact(name, name_key(name), clean_email, key, clean_phone, language), {}


def check_name(text: str) -> str:
    """Return the name as stored.

    Raises:
        ValueError: what to do about it.
    """
    text = unicodedata.normalize("NFC", text.translate(DIRECTION_MARKS).strip())
    if not any(unicodedata.category(c)[0] not in "MCZ" for c in text):
        raise ValueError("Please give your name.")
    if _has_control(text):
        raise ValueError("Please remove control characters and line breaks from the name.")
    letters = sum(1 for c in text if unicodedata.category(c)[0] != "M")
    if letters > LONGEST_NAME or len(text) > LONGEST_NAME_POINTS:
        raise ValueError(f"Please shorten the name to {LONGEST_NAME} letters.")
    return text


def check_email(text: str) -> str | None:
    """Return the address as stored, or None for an empty one.

    Raises:
        ValueError: what to do about it.
    """
    text = text.strip()
    if not text:
        return None
    if len(text) > LONGEST_EMAIL or _has_control(text):
        raise ValueError("Please check the e-mail address: it should look like name@example.com.")
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValueError("Please check the e-mail address: it should look like name@example.com.") from error
    return found.ascii_email or found.normalized


def check_phone(text: str) -> str | None:
    """Return the number in E.164 (with ``;ext=`` where there is an extension), None for empty.

    Raises:
        ValueError: what to do about it.
    """
    text = text.strip()
    if not text:
        return None
    hint = "Please check the phone number: it should look like 604-555-0123, with area code."
    if len(text) > LONGEST_PHONE or _has_control(text):
        raise ValueError(hint)
    try:
        number = phonenumbers.parse(text, "CA")
    except phonenumbers.NumberParseException as error:
        raise ValueError(hint) from error
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise ValueError(hint)
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{written};ext={number.extension}" if number.extension else written


def _checked(
    faults: dict[str, str], field: str, check: Callable[[str], str | None], text: str | None
) -> str | None:
    try:
        return check(text or "")
    except ValueError as error:
        faults[field] = str(error)
        return None


def _has_control(text: str) -> bool:
    if text.isascii():
        return not text.isprintable()
    return any(_is_control(c) for c in text)


def _is_control(character: str) -> bool:
    category = unicodedata.category(character)
    return category in ("Cc", "Cs", "Zl", "Zp") or (category == "Cf" and character not in JOINERS)
