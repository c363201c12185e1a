"""The pages behind a visit's own link, each opened once."""

from tests.browser.chromium import Page, expect
from tests.browser.journey import heading, somebody_books
from tests.browser.site import Site

START = "2026-11-26T15:30"


def _visit(page: Page) -> str:
    """Return the address of somebody's visit on Thursday."""
    return somebody_books(page, "needle-followup", START)


def _move(page: Page, site: Site) -> None:
    page.goto(f"{_visit(page)}/move")
    expect(heading(page)).to_have_text("Move this visit")


def _move_taken(page: Page, site: Site) -> None:
    address = _visit(page)
    page.goto(f"{address}/move?start=2026-11-25T11:05")
    expect(page.get_by_role("heading", name="Visits do not start at this minute.")).to_be_visible()


def _move_check(page: Page, site: Site) -> None:
    page.goto(f"{_visit(page)}/move?start=2026-11-23T15:00&practitioner=")
    expect(heading(page)).to_have_text("Move to this time?")


def _cancel(page: Page, site: Site) -> None:
    page.goto(f"{_visit(page)}/cancel")
    expect(heading(page)).to_have_text("Cancel this visit?")


def _late(page: Page, site: Site) -> None:
    address = _visit(page)
    site.pass_time(60 * 60)
    page.goto(f"{address}/cancel")
    expect(heading(page)).to_have_text("It is too late to cancel this visit online.")


def _late_asked(page: Page, site: Site) -> None:
    address = _visit(page)
    site.pass_time(60 * 60)
    page.goto(address)
    page.get_by_role("button", name="Please write to me").click()
    expect(page.get_by_text("We will be in touch about this visit.")).to_be_visible()


def _past(page: Page, site: Site) -> None:
    address = _visit(page)
    site.pass_time(60 * 24 * 5)
    page.goto(address)
    expect(heading(page)).to_have_text("Your appointment has passed.")


def _contact_faults(page: Page, site: Site) -> None:
    page.goto(f"{_visit(page)}/contact")
    page.get_by_role("button", name="Correct it").click()
    expect(page.locator("#notice")).to_be_visible()


def _stop(page: Page, site: Site) -> None:
    page.goto(f"{_visit(page)}/stop-reminders")
    expect(heading(page)).to_have_text("Stop reminder e-mails?")


def _stopped(page: Page, site: Site) -> None:
    page.goto(f"{_visit(page)}/stop-reminders")
    page.get_by_role("button", name="Stop reminder e-mails").click()
    expect(heading(page)).to_have_text("Reminder e-mails are stopped.")


def _cancelled(page: Page, site: Site) -> None:
    page.goto(f"{_visit(page)}/cancel")
    page.get_by_role("button", name="Cancel this visit").click()
    expect(heading(page)).to_have_text("This appointment is cancelled.")


def _contact_doubt(page: Page, site: Site) -> None:
    page.goto(f"{_visit(page)}/contact")
    page.get_by_label("New e-mail address").fill("wei@gmial.com")
    page.get_by_role("button", name="Correct it").click()
    expect(page.get_by_role("button", name="Use wei@gmail.com")).to_be_visible()


def _again(page: Page, site: Site) -> None:
    page.goto(_visit(page))
    page.get_by_role("button", name="Book the same again").click()
    page.locator(".part button").last.click()
    expect(page.get_by_text("Filled in from your earlier visit.")).to_be_visible()


def _lost_link(page: Page, site: Site) -> None:
    page.goto("/lost-link")


def _link_sent(page: Page, site: Site) -> None:
    page.goto("/lost-link")
    page.get_by_label("E-mail", exact=True).fill("parvaneh@example.com")
    page.get_by_role("button", name="Send me my link").click()
    expect(heading(page)).to_have_text("Please check your e-mail.")


VISIT_PAGES = {
    "visit-move": _move,
    "visit-move-taken": _move_taken,
    "visit-move-check": _move_check,
    "visit-cancel": _cancel,
    "visit-cancelled": _cancelled,
    "visit-late": _late,
    "visit-late-asked": _late_asked,
    "visit-past": _past,
    "visit-contact-faults": _contact_faults,
    "visit-contact-doubt": _contact_doubt,
    "visit-stop": _stop,
    "visit-stopped": _stopped,
    "visit-again": _again,
    "lost-link": _lost_link,
    "link-sent": _link_sent,
}
