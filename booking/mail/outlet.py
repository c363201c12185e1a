"""Where messages go out: what every way of sending answers."""

from types import TracebackType
from typing import Protocol

from booking.mail.message import ClinicMessage


class Unreachable(Exception):
    """No message can be sent now, whichever it is; nothing was tried."""


class NotSent(Exception):
    """One message was not taken.

    ``is_final``: trying again is useless. ``is_unsure``: it may have been taken all the same.
    """

    def __init__(self, reason: str, *, is_final: bool = False, is_unsure: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final
        self.is_unsure = is_unsure


class Outlet(Protocol):
    """A way out, open for one batch."""

    def __enter__(self) -> "Outlet":
        """Open it.

        Raises:
            Unreachable: it cannot be opened.
        """

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it; what was taken stays taken."""

    def make_ready(self) -> None:
        """Open it again if it has closed.

        Raises:
            Unreachable: it cannot be opened.
        """

    def send(self, message: ClinicMessage) -> None:
        """Hand one message over.

        Raises:
            NotSent: it was not taken, or nobody knows.
        """
