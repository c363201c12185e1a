"""Phone numbers as people here write them."""

from booking.wording.language import _


def phone_words(number: str) -> str:
    """Return "604-555-0100" for "+16045550100"; numbers from elsewhere stay as they are."""
    digits, __, extension = number.partition(";ext=")
    if len(digits) == 12 and digits.startswith("+1") and digits[1:].isdigit():
        digits = f"{digits[2:5]}-{digits[5:8]}-{digits[8:]}"
    return _("%(number)s ext. %(extension)s", number=digits, extension=extension) if extension else digits
