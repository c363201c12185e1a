"""Passkeys in a real browser with a virtual authenticator: made, signed in with, taken away."""

import re

import pytest

from tests.browser.chromium import Page, expect
from tests.browser.conftest import Arrive
from tests.browser.desk.signed_in import new_account
from tests.browser.site import Site

pytestmark = pytest.mark.browser

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_authenticator(page: Page, **changes: bool) -> None:
    """Give a page's browser an authenticator."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**KEY, **changes}})


def at_localhost(site: Site) -> str:
    """Return the site's address by the name that passkeys can be bound to."""
    return re.sub(r"127\.0\.0\.1", "localhost", site.url)


def test_a_passkey_is_made_and_signs_in(arrive: Arrive, site: Site) -> None:
    """Added on the account, it signs in without password and code; removed, it does not."""
    page, here = arrive(1280), at_localhost(site)
    page.goto(f"{here}/staff/link/{new_account(site)}")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/staff/account?new=1")
    page.get_by_role("link", name="add or remove them").click()
    with_authenticator(page)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("button", name="Remove This device")).to_be_visible()
    page.goto(f"{here}/staff/account")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{here}/staff/sign-in?next=/desk/2026-11-24")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/desk/2026-11-24")
    expect(page.locator("#grid")).to_be_visible()
    page.goto(f"{here}/staff/account")
    page.get_by_role("link", name="add or remove them").click()
    page.get_by_role("button", name="Remove This device").click()
    expect(page.get_by_role("button", name="Remove This device")).to_have_count(0)
    page.context.clear_cookies()
    page.goto(f"{here}/staff/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("#fault")).to_contain_text("was not accepted")


def test_a_passkey_that_cannot_be_is_explained(arrive: Arrive, site: Site) -> None:
    """At an address without a name, and on a device that has one: the reason, and nothing is stored."""
    page, link = arrive(1280), f"/staff/link/{new_account(site)}"
    page.goto(f"{at_localhost(site)}{link}")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="add or remove them").click()
    with_authenticator(page)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("button", name="Remove This device")).to_be_visible()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("has a passkey for this account already")).to_be_visible()
    page.goto(f"{site.url}/staff/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("where the address of this page begins with localhost")).to_be_visible()
    assert site.count("staff_passkey") == 1
