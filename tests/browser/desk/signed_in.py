"""Browsers that are signed in to the desk."""

from tests import databases
from tests.browser.chromium import Page
from tests.browser.site import Site
from tests.staff import member

TUESDAY = "2026-11-24"


def sign_in(page: Page, site: Site, role: str = "reception") -> Page:
    """Make an account and sign in by its link, as its owner does."""
    url = databases.sqlite_url(site.database)
    with databases.opened(url, site.clock.parent, databases.Clock()) as app:
        token = member(app, role)
    page.goto(f"/staff/link/{token}")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/staff/account?new=1")
    return page
