"""The front desk: one calendar that runs the day. Works through forms; scripts make it quicker."""

from booking.web.desk import (
    blocks,
    book,
    calls,
    cells,
    day,
    faults,
    keys,
    late,
    messages,
    paper,
    patients,
    visits,
    wait_list,
    why,
)
from booking.web.desk.blueprint import blueprint

__all__ = [
    "blocks",
    "blueprint",
    "book",
    "calls",
    "cells",
    "day",
    "faults",
    "keys",
    "late",
    "messages",
    "paper",
    "patients",
    "visits",
    "wait_list",
    "why",
]
