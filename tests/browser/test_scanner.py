"""M7: a mail scanner that fetches every link and then runs the pages' scripts for half a minute."""

import os
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from booking.actions import send_link
from booking.actions.cancel import cancel
from booking.actions.clinics import get_clinic
from booking.actions.move import move
from booking.mail.deliver import deliver
from tests.actions.asks import PATIENT, STAFF, VAULT, book_visit
from tests.browser.chromium import Browser, BrowserContext, Page, expect
from tests.browser.journey import heading
from tests.browser.site import Site
from tests.databases import MORNING, Clock, opened
from tests.web.patients.scanning import checksum, links_of_mails

pytestmark = pytest.mark.browser

SECONDS = 30
TIMES = 3
IN_REAL_TIME = os.environ.get("BOOKING_SLOW", "") not in ("", "0")  # else the pages' own clock runs ahead
KINDS = {"confirmation", "moved", "cancelled", "reminder_48", "reminder_3", "link"}
FRIDAY = datetime(2026, 11, 27, 10, 0)
GRACE = timedelta(minutes=4)


@pytest.fixture
def mails(site: Site, tmp_path: Path) -> Path:
    """A folder with a mail of every kind, about three visits of the site; the last reminder has just left."""
    clock = Clock()
    with opened(site.database, tmp_path, clock, BASE_URL=site.url) as app, app.app_context():
        clinic = get_clinic(None)
        book_visit(clinic, start=FRIDAY)
        moved = book_visit(clinic, start=FRIDAY.replace(hour=14), name="Bo", email="bo@example.com")
        gone = book_visit(clinic, start=FRIDAY.replace(hour=15), name="Cy", email="cy@example.com")
        send_link.request(clinic, "ada@example.com", None, clock.at, VAULT)
        clock.at += GRACE
        deliver()
        move(clinic, moved, FRIDAY.replace(hour=16), None, PATIENT, clock.at)
        cancel(clinic, gone, STAFF, clock.at)
        for at in (GRACE, timedelta(days=2, hours=2, minutes=5), timedelta(days=3, hours=23, minutes=5)):
            clock.at = MORNING + GRACE + at
            deliver()
        site.set_clock(clock.at)
    folder = tmp_path / "mail"
    assert {path.stem.rpartition(".")[2] for path in folder.iterdir()} == KINDS
    return folder


def scan(context: BrowserContext, link: str) -> None:
    """Fetch a link, ask for its head, and open it in a browser that runs whatever the page brings."""
    for method in ("GET", "HEAD"):
        assert context.request.fetch(link, method=method).ok
    page = context.new_page()
    page.clock.install()
    page.goto(link)
    if IN_REAL_TIME:
        page.clock.resume()
        page.wait_for_timeout(SECONDS * 1000)
    else:
        page.clock.run_for(SECONDS * 1000)
    page.close()


def test_m7_a_scanner_that_runs_scripts_changes_nothing(
    chromium: Browser, site: Site, mails: Path, page: Page
) -> None:
    """M7, E55: every link of every mail kind, three times fetched and run: no change, and all still work."""
    links = links_of_mails(mails, site.url)
    stops = sorted(link for link in links if link.endswith("/stop-reminders"))
    visits = sorted(link for link in links if link.startswith("/appointment/") and link not in stops)
    assert (len(visits), len(stops), links - {*visits, *stops}) == (3, 2, {"/"})
    before = checksum(site.database)
    for _ in range(TIMES):
        with chromium.new_context(base_url=site.url) as scanner:
            for link in sorted(links):
                scan(scanner, link)
    assert checksum(site.database) == before
    for link in visits:
        page.goto(link)
        expect(heading(page)).to_have_text(re.compile("^(Your appointment|This appointment is cancelled.)$"))
    page.goto(stops[0])
    page.get_by_role("button", name="Stop reminder e-mails").click()
    expect(heading(page)).not_to_have_text("Stop reminder e-mails?")
