"""Playwright and Debian's Chromium: what the browser tests stand on, or why they are skipped.

Test modules take ``Page`` and ``expect`` from here, so that a machine without Playwright
skips them with the reason instead of failing at the import.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest

PATIENCE = 20_000  # milliseconds: two cores, shared with whatever else runs
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# Playwright's own switch: with it, Back would ask the server again, unlike people's browsers.
NO_PAGES_KEPT = "--disable-back-forward-cache"


def missing(reason: str) -> NoReturn:
    """Skip with the reason; fail under CI=true."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason, allow_module_level=True)


try:
    from playwright.sync_api import (
        Browser,
        BrowserContext,
        ElementHandle,
        Locator,
        Page,
        Request,
        Response,
        Route,
        expect,
        sync_playwright,
    )
except ImportError:
    missing("Playwright is not installed: pip install -r requirements-dev.txt")

__all__ = [
    "Browser",
    "BrowserContext",
    "ElementHandle",
    "Locator",
    "Page",
    "Request",
    "Response",
    "Route",
    "expect",
    "launched",
    "missing",
]

expect.set_options(timeout=PATIENCE)


@contextmanager
def launched() -> Iterator[Browser]:
    """Give a headless Chromium and close it afterwards."""
    path = shutil.which("chromium")
    if path is None:
        missing("no Chromium: /usr/bin/chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=SWITCHES, ignore_default_args=[NO_PAGES_KEPT]
        )
        try:
            yield browser
        finally:
            browser.close()
