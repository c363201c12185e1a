"""The states of an appointment and the legal moves between them, named after FHIR."""

STATUSES = ("booked", "arrived", "in_room", "fulfilled", "noshow", "cancelled", "entered_in_error")
LIVE = frozenset({"booked", "arrived", "in_room"})
HOLDS_CLAIMS = frozenset(STATUSES) - {"cancelled", "entered_in_error"}

_COMING = frozenset({"booked", "arrived", "noshow"})  # not treated yet: may still be cancelled


def may_become(status: str, new: str) -> bool:
    """Say whether an appointment may go from one status to another.

    Among the statuses that keep their claims every move is legal, so that a mistake at the
    desk can be undone (E73); what was cancelled or entered in error stays so.

    Raises ValueError for a status that does not exist.
    """
    for name in (status, new):
        if name not in STATUSES:
            raise ValueError(f"unknown status {name!r}")
    if status == new or status not in HOLDS_CLAIMS:
        return False
    return new != "cancelled" or status in _COMING
