"""Staff sign in and out, and look after their own account."""

from booking.web.account import lost_password, own, passkeys, second_step, sign_in, unsent
from booking.web.account.blueprint import blueprint
from booking.web.account.colleagues import blueprint as admin

__all__ = ["admin", "blueprint", "lost_password", "own", "passkeys", "second_step", "sign_in", "unsent"]
