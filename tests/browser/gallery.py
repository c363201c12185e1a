"""Every page that a patient can meet, each opened once and kept open to be looked at."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests import databases
from tests.browser.chromium import Page, expect
from tests.browser.gallery_visits import VISIT_PAGES
from tests.browser.journey import (
    LASER,
    MASSAGE,
    NEEDLE,
    book_button,
    chip,
    choose_time,
    heading,
    keep,
    open_form,
    somebody_books,
)
from tests.browser.site import Site
from tests.browser.visitor import HEIGHTS, WIDE, Visitor


def _services(page: Page, site: Site) -> None:
    page.goto("/")


def _times(page: Page, site: Site) -> None:
    page.goto("/book/rmt-60?visit=first")
    choose_time(page, "2026-11-25T09:00")
    page.get_by_role("link", name="Time", exact=True).click()
    expect(chip(page, "2026-11-25T09:00")).to_have_class("kept")


def _times_far(page: Page, site: Site) -> None:
    page.goto("/book/laser-45?companion=1&from=2027-02-20")
    expect(page.get_by_text("20 to 21 February")).to_be_visible()


def _times_none(page: Page, site: Site) -> None:
    from booking.actions.block import BlockRequest, block
    from booking.actions.clinics import get_clinic
    from booking.actions.values import Actor

    today = datetime(2026, 11, 23)
    away = BlockRequest("time_off", "sandhu", today, today + timedelta(days=92), "")
    with databases.opened(site.database, site.clock.parent, databases.Clock()) as app, app.app_context():
        block(get_clinic(None), away, Actor("staff", "desk", None), databases.MORNING)
    page.goto("/book/needle-followup?practitioner=sandhu")
    expect(page.get_by_text("Nothing is free online until Sunday 21 February")).to_be_visible()


def _times_taken(page: Page, site: Site) -> None:
    page.goto("/book/needle-followup")
    somebody_books(page, NEEDLE.service, NEEDLE.start)
    chip(page, NEEDLE.start).click()
    expect(page.get_by_role("heading", name="Someone was a moment quicker.")).to_be_visible()


def _times_unfit(page: Page, site: Site) -> None:
    page.goto("/book/rmt-30?visit=first")
    least = "A first visit for massage takes at least 60 minutes."
    expect(page.get_by_role("heading", name=least)).to_be_visible()


def _details(page: Page, site: Site) -> None:
    keep(page, LASER)


def _details_faults(page: Page, site: Site) -> None:
    page.goto("/book/laser-45/2026-11-24T15:00")
    page.get_by_label("E-mail", exact=True).fill("parvaneh@example")
    book_button(page).click()
    expect(page.locator("#notice")).to_be_visible()


def _details_doubt(page: Page, site: Site) -> None:
    open_form(page, NEEDLE)
    page.get_by_label("E-mail", exact=True).fill("parvaneh@gmial.com")
    book_button(page).click()
    expect(page.get_by_role("button", name="Use parvaneh@gmail.com")).to_be_visible()


def _details_taken(page: Page, site: Site) -> None:
    open_form(page, MASSAGE)
    somebody_books(page, MASSAGE.service, MASSAGE.start)
    book_button(page).click()
    expect(page.get_by_role("heading", name="Someone was a moment quicker.")).to_be_visible()


def _details_expired(page: Page, site: Site) -> None:
    page.goto("/book/needle-followup/2026-11-24T15:00")
    page.context.clear_cookies()
    book_button(page).click()
    expect(page.get_by_role("heading", name="This page was open for too long")).to_be_visible()


def _booked(page: Page, site: Site) -> None:
    wanted = {"companion": True, "safety": "call_me"}
    page.goto(somebody_books(page, LASER.service, "2026-11-25T11:00", **wanted))
    expect(heading(page)).to_have_text("You're booked.")


def _cancelled(page: Page, site: Site) -> None:
    address = somebody_books(page, NEEDLE.service, "2026-11-26T15:30")
    page.request.post(f"/api/v1/appointments/{address.rpartition('/')[2]}/cancel")
    page.goto(address)
    expect(heading(page)).to_have_text("This appointment is cancelled.")


def _privacy(page: Page, site: Site) -> None:
    page.goto("/privacy")


def _not_found(page: Page, site: Site) -> None:
    page.goto("/appointment/nothing")
    expect(heading(page)).to_have_text("There is nothing here")


def _stolen_form(page: Page, site: Site) -> None:
    page.goto("/book/needle-followup")
    page.context.clear_cookies()
    chip(page, NEEDLE.start).click()
    expect(heading(page)).to_have_text("This page was open for too long")


def _malformed(page: Page, site: Site) -> None:
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
    "details-doubt": _details_doubt,
    "details-taken": _details_taken,
    "details-expired": _details_expired,
    "booked": _booked,
    "cancelled": _cancelled,
    **VISIT_PAGES,
    "privacy": _privacy,
    "not-found": _not_found,
    "stolen-form": _stolen_form,
    "malformed": _malformed,
}


@dataclass
class Gallery:
    """The pages that were opened so far, in one browser; none of them is acted upon any more."""

    visitor: Visitor
    site: Site
    open: dict[str, Page] = field(default_factory=dict)

    def show(self, name: str, width: int = WIDE, height: int | None = None) -> Page:
        """Return a page at a width, in light colours, as large as it was designed."""
        if name not in self.open:
            self.site.begin_anew()
            page = self.visitor.context.new_page()
            PAGES[name](page, self.site)
            self.open[name] = page
        page = self.open[name]
        page.set_viewport_size({"width": width, "height": height or HEIGHTS[width]})
        page.emulate_media(
            media="screen", color_scheme="light", reduced_motion="reduce", forced_colors="none"
        )
        page.evaluate("document.documentElement.removeAttribute('style')")
        return page
