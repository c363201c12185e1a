"""Who may wait long for a write, where several processes serve pages (K11)."""

from booking.records.patience import share_seat

__all__ = ["share_seat"]
