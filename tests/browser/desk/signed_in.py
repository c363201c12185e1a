"""Browsers that are signed in to the desk."""

from booking.actions.clinics import get_clinic
from booking.actions.staff import make_link
from booking.house import house
from tests import databases
from tests.browser.chromium import Page
from tests.browser.site import Site
from tests.staff import member

TUESDAY = "2026-11-24"


def sign_in(page: Page, site: Site, role: str = "reception") -> Page:
    """Make an account and sign in by its link, as its owner does."""
    page.goto(f"/staff/link/{new_account(site, role)}")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/staff/account?new=1")
    return page


def another_link(site: Site, role: str = "reception") -> str:
    """Return a new sign-in link's token for the account of a role."""
    with databases.opened(site.database, site.clock.parent, databases.Clock()) as app, app.app_context():
        return make_link(get_clinic(None), f"{role}@example.com", house().now())


def new_account(site: Site, role: str = "reception") -> str:
    """Make an account and return the token of the link that signs it in."""
    with databases.opened(site.database, site.clock.parent, databases.Clock()) as app:
        return member(app, role)


def sign_in_again(page: Page, site: Site, role: str = "reception") -> None:
    """Sign in after a long while, by a new link."""
    page.goto(f"/staff/link/{another_link(site, role)}")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/staff/account?new=1")
