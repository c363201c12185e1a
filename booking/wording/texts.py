"""The parts of a message that a clinic may word itself, and the fields that may stand in them.

A field is written ``{{ when }}``. Nothing else in a text means anything: it is no
template language. What a message must have (facts, link, address, how to stop) is not
among the parts, so no wording of a clinic's own can leave it out.
"""

import re
from collections.abc import Mapping

from booking.scheduling.errors import Invalid
from booking.scheduling.reminders import PREFIX
from booking.wording.lists import and_words

PARTS = ("subject", "opening", "closing")
LONGEST = {"subject": 120, "opening": 1000, "closing": 1000}
ALWAYS = ("clinic", "phone")
OF_A_VISIT = ("day", "time", "when", "place")
# A subject and the first words are seen by whoever sees the screen: no name, no treatment (E69, P1).
FIELDS: Mapping[str, tuple[str, ...]] = {
    "subject": ("day", "time", "clinic"),
    "opening": (*OF_A_VISIT, *ALWAYS),
    "closing": (*OF_A_VISIT, *ALWAYS),
}
FIELD = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.DOTALL)
BRACES = re.compile(r"\{[{%#]|[}%#]\}")


def kind_of(kind: str) -> str:
    """Return the kind of message that is worded: one for the reminders of every offset."""
    return "reminder" if kind.startswith(PREFIX) else kind


def fields_for(kind: str, part: str) -> tuple[str, ...]:
    """Return the fields that may stand in a part; a message that lists visits is about no single one."""
    return tuple(name for name in FIELDS[part] if kind != "link" or name not in OF_A_VISIT)


def check(kind: str, part: str, body: str) -> str:
    """Return a text as it is stored.

    Raises:
        Invalid: what is wrong, under the part's name: a field that there is not is named.
    """
    text = "\n".join(line.rstrip() for line in body.strip().splitlines())
    fault = _fault(kind, part, text)
    if fault:
        raise Invalid({part: fault})
    return text


def _fault(kind: str, part: str, text: str) -> str | None:
    allowed = fields_for(kind, part)
    told = and_words([f"{{{{ {name} }}}}" for name in allowed])
    strange = [name for name in FIELD.findall(text) if name not in allowed]
    if strange:
        return f"There is no field {{{{ {strange[0]} }}}} here. You can use {told}."
    if BRACES.search(FIELD.sub("", text)):
        return f"A field's braces are not closed, or there are too many. You can use {told}."
    if len(text) > LONGEST[part]:
        return f"Please shorten this to {LONGEST[part]} characters."
    if not text or (part == "subject" and "\n" in text):
        return "A subject is one line." if text else "Please write something, or go back to the usual text."
    return None


def fill(body: str, values: Mapping[str, str]) -> str:
    """Return a checked text with its fields filled in."""
    return FIELD.sub(lambda found: values[found[1]], body)
