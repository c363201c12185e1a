"""Every page that a patient can meet, each opened once and kept open to be looked at."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests import databases
from tests.browser.chromium import Browser, Page, expect
from tests.browser.journey import (
    LASER,
    MASSAGE,
    NEEDLE,
    arrive_at_booking,
    book,
    book_button,
    choose_service,
    choose_time,
    chip,
    fill,
    heading,
    open_form,
)
from tests.browser.site import Site
from tests.browser.visitor import HEIGHTS, WIDE, Visitor, arrive

Stranger = Callable[[], Page]


def _services(page: Page, site: Site, stranger: Stranger) -> None:
    page.goto("/")


def _times(page: Page, site: Site, stranger: Stranger) -> None:
    page.goto("/book/rmt-60?visit=first")
    choose_time(page, "2026-11-25T09:00")
    page.get_by_role("link", name="Time", exact=True).click()
    expect(chip(page, "2026-11-25T09:00")).to_have_class("kept")


def _times_far(page: Page, site: Site, stranger: Stranger) -> None:
    page.goto("/book/laser-45?companion=1&from=2027-02-20")
    expect(page.get_by_text("20 to 21 February")).to_be_visible()


def _times_none(page: Page, site: Site, stranger: Stranger) -> None:
    from booking.actions.block import BlockRequest, block
    from booking.actions.clinics import get_clinic
    from booking.actions.values import Actor

    today = datetime(2026, 11, 23)
    away = BlockRequest("time_off", "sandhu", today, today + timedelta(days=92), "")
    url = databases.sqlite_url(site.database)
    with databases.opened(url, site.clock.parent, databases.Clock()) as app, app.app_context():
        block(get_clinic(None), away, Actor("staff", "desk", None), databases.MORNING)
    page.goto("/book/needle-followup?practitioner=sandhu")
    expect(page.get_by_text("Nothing is free online until Sunday 21 February")).to_be_visible()


def _times_taken(page: Page, site: Site, stranger: Stranger) -> None:
    choose_service(page, NEEDLE)
    book(stranger(), NEEDLE)
    chip(page, NEEDLE.start).click()
    expect(page.get_by_role("heading", name="Someone was a moment quicker.")).to_be_visible()


def _times_unfit(page: Page, site: Site, stranger: Stranger) -> None:
    page.goto("/book/rmt-30?visit=first")
    expect(page.get_by_role("heading", name="A first visit for massage takes at least 60 minutes.")).to_be_visible()


def _details(page: Page, site: Site, stranger: Stranger) -> None:
    choose_service(page, LASER)
    choose_time(page, LASER.start)


def _details_faults(page: Page, site: Site, stranger: Stranger) -> None:
    page.goto("/book/laser-45/2026-11-24T15:00")
    page.get_by_label("E-mail", exact=True).fill("parvaneh@example")
    book_button(page).click()
    expect(page.locator("#notice")).to_be_visible()


def _details_taken(page: Page, site: Site, stranger: Stranger) -> None:
    open_form(page, MASSAGE)
    other = stranger()
    open_form(other, MASSAGE, "Wei Chen")
    arrive_at_booking(other, MASSAGE)
    book_button(page).click()
    expect(page.get_by_role("heading", name="Someone was a moment quicker.")).to_be_visible()


def _details_expired(page: Page, site: Site, stranger: Stranger) -> None:
    page.goto("/book/needle-followup/2026-11-24T15:00")
    page.context.clear_cookies()
    book_button(page).click()
    expect(page.get_by_role("heading", name="This page was open for too long")).to_be_visible()


def _booked(page: Page, site: Site, stranger: Stranger) -> None:
    page.goto("/book/laser-initial/2026-11-25T11:00?companion=1")
    fill(page, LASER)
    page.get_by_label("please call me").check()
    arrive_at_booking(page, LASER)


def _cancelled(page: Page, site: Site, stranger: Stranger) -> None:
    page.goto("/book/needle-followup/2026-11-26T15:30")
    fill(page, NEEDLE)
    arrive_at_booking(page, NEEDLE)
    token = page.url.rpartition("/")[2]
    page.request.post(f"/api/v1/appointments/{token}/cancel")
    page.reload()
    expect(heading(page)).to_have_text("This appointment is cancelled.")


def _privacy(page: Page, site: Site, stranger: Stranger) -> None:
    page.goto("/privacy")


def _not_found(page: Page, site: Site, stranger: Stranger) -> None:
    page.goto("/appointment/nothing")
    expect(heading(page)).to_have_text("There is nothing here")


def _stolen_form(page: Page, site: Site, stranger: Stranger) -> None:
    page.goto("/book/needle-followup")
    page.context.clear_cookies()
    chip(page, NEEDLE.start).click()
    expect(heading(page)).to_have_text("This page was open for too long")


def _malformed(page: Page, site: Site, stranger: Stranger) -> None:
    page.goto("/book/%ff")
    expect(heading(page)).to_have_text("We could not read that")


PAGES = {
    "services": _services,
    "times": _times,
    "times-far": _times_far,
    "times-none": _times_none,
    "times-taken": _times_taken,
    "times-unfit": _times_unfit,
    "details": _details,
    "details-faults": _details_faults,
    "details-taken": _details_taken,
    "details-expired": _details_expired,
    "booked": _booked,
    "cancelled": _cancelled,
    "privacy": _privacy,
    "not-found": _not_found,
    "stolen-form": _stolen_form,
    "malformed": _malformed,
}


@dataclass
class Gallery:
    """The pages that were opened so far; none of them is ever acted upon."""

    browser: Browser
    site: Site
    open: dict[str, Visitor] = field(default_factory=dict)

    def show(self, name: str, width: int = WIDE, height: int | None = None) -> Page:
        """Return a page at a width, in light colours, as large as it was designed."""
        if name not in self.open:
            self._hang(name)
        page = self.open[name].page
        page.set_viewport_size({"width": width, "height": height or HEIGHTS[width]})
        page.emulate_media(media="screen", color_scheme="light", reduced_motion="reduce", forced_colors="none")
        page.evaluate("document.documentElement.removeAttribute('style')")
        return page

    def close(self) -> None:
        """Close every page."""
        for one in self.open.values():
            one.context.close()

    def _hang(self, name: str) -> None:
        strangers: list[Visitor] = []

        def stranger() -> Page:
            strangers.append(arrive(self.browser, self.site.url, WIDE))
            return strangers[-1].page

        visitor = arrive(self.browser, self.site.url, WIDE)
        PAGES[name](visitor.page, self.site, stranger)
        self.open[name] = visitor
        for one in strangers:
            one.context.close()
