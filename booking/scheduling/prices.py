"""Tax on a price, in cents."""

from decimal import ROUND_HALF_UP, Decimal


def share_cents(total_cents: int, percent: int) -> int:
    """Return so many percent of an amount, rounded half up to the cent."""
    return int((Decimal(total_cents) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))


def tax_cents(price_cents: int, gst: bool, percent: str) -> int:
    """Return the tax on a price before tax, rounded half up to the cent.

    Args: ``percent`` as the set-up writes it, such as ``"5"`` or ``"5.5"``.
    """
    if not gst:
        return 0
    return int((price_cents * Decimal(percent) / 100).quantize(Decimal(1), ROUND_HALF_UP))
