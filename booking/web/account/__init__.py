"""Staff sign in and out, and look after their own account."""

from booking.web.account import own, sign_in
from booking.web.account.blueprint import blueprint

__all__ = ["blueprint", "own", "sign_in"]
