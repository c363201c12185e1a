"""Until when a visit can be moved or cancelled by its link, and what a change costs after that (L31)."""

from datetime import datetime

from booking.wording.dates import when_words
from booking.wording.language import _


def until_sentences(move_until: datetime | None, cancel_until: datetime | None) -> list[str]:
    """Return until when moving and cancelling are free.

    Args: both are clinic wall time, None where the time for it has passed.
    """
    if move_until == cancel_until:
        if cancel_until is None:
            return [_("It is too late to move or cancel this visit online.")]
        when = when_words(cancel_until)
        return [_("You can move or cancel this visit free of charge until %(when)s.", when=when)]
    return [_moving(move_until), _cancelling(cancel_until)]


def fee_sentences(late_percent: int, missed_percent: int) -> list[str]:
    """Return what a late cancellation and a missed visit cost; nothing for what costs nothing."""
    sentences = []
    if late_percent:
        sentences.append(_("A late cancellation costs %(percent)s%% of the price.", percent=late_percent))
    if missed_percent:
        sentences.append(_("A missed visit costs %(percent)s%% of the price.", percent=missed_percent))
    return sentences


def _moving(until: datetime | None) -> str:
    if until is None:
        return _("It is too late to move this visit online.")
    return _("You can move this visit free of charge until %(when)s.", when=when_words(until))


def _cancelling(until: datetime | None) -> str:
    if until is None:
        return _("It is too late to cancel this visit online.")
    return _("You can cancel this visit free of charge until %(when)s.", when=when_words(until))
