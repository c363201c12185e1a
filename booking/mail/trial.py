"""A message about an invented visit, to look at or to send to oneself."""

from collections.abc import Mapping
from dataclasses import replace

from booking.house import House
from booking.mail.deliver import write
from booking.mail.message import ClinicMessage
from booking.mail.sample import sample


def write_sample(
    here: House, kind: str, language: str, texts: Mapping[str, str], address: str | None = None
) -> ClinicMessage:
    """Return a message of a kind with the clinic's own ``texts``, to ``address`` if one is given."""
    outgoing = sample(here, kind, language, texts)
    return write(here, replace(outgoing, recipient=address) if address else outgoing)
