"""The JSON API under /api/v1 (contract.md): the same actions as the pages, no cookies."""

from booking.web.api import appointments, day, document, menu, slots
from booking.web.api.blueprint import blueprint

__all__ = ["appointments", "blueprint", "day", "document", "menu", "slots"]
