"""The way through the four screens, step by step, as a patient with a pointer goes it."""

from dataclasses import dataclass

from tests.browser.chromium import Locator, Page, expect

NAME = "Parvaneh Oyelaran"
EMAIL = "parvaneh@example.com"
BOOKED = "You're booked."


@dataclass(frozen=True)
class Wish:
    """What somebody comes for, and what the last page must then say."""

    tile: str
    service: str
    start: str
    says: tuple[str, ...]
    choices: tuple[str, ...] = ()
    contact: tuple[str, str] = ("E-mail", EMAIL)
    answers: tuple[str, ...] = ()


NEEDLE = Wish(
    tile="Acupuncture, been here before: 60 min $110.00",
    service="needle-followup",
    start="2026-11-24T10:00",
    says=(
        "Acupuncture, follow-up",
        "10:00 a.m., Tuesday 24 November",
        "until 11:00 a.m., Vancouver time",
        "Grace Lam, R.TCM.P",
        "CCHPBC licence SAMPLE-0001",
        "$110.00 no GST",
        "A confirmation comes by e-mail in a few minutes.",
    ),
)
LASER = Wish(
    tile="Needle-free laser acupuncture, first visit: 60 min $135.00",
    service="laser-initial",
    start="2026-11-27T09:00",
    choices=("With someone",),
    answers=("None of these apply to me",),
    says=(
        "Needle-free laser acupuncture, first visit",
        "with someone you bring",
        "9:00 a.m., Friday 27 November",
        "until 10:00 a.m., Vancouver time",
        "Arjun Sandhu, R.Ac",
        "$135.00 no GST",
        "Safety glasses are here for everyone in the room.",
    ),
)
MASSAGE = Wish(
    tile="Massage, first visit: 75 min $168.00",
    service="rmt-75",
    start="2026-11-28T09:00",
    choices=("Daniel Tremblay",),
    contact=("Phone", "604 555 0123"),
    says=(
        "Registered massage therapy, 75 min",
        "9:00 a.m., Saturday 28 November",
        "until 10:15 a.m., Vancouver time",
        "Daniel Tremblay, RMT",
        "$168.00 with $8.00 GST",
        "Please keep this page's address or print it: it opens your appointment again.",
    ),
)
WISHES = {"needle": NEEDLE, "laser": LASER, "massage": MASSAGE}


def chip(page: Page, start: str) -> Locator:
    """Return the button of a start among the days."""
    return page.locator(f'.part button[value="{start}"]')


def book_button(page: Page) -> Locator:
    """Return the button that books."""
    return page.get_by_role("button", name="Book this visit")


def choose_service(page: Page, wish: Wish) -> None:
    """Go from the first screen to the times, and say how the visit is wanted."""
    page.goto("/")
    page.get_by_role("link", name=wish.tile).click()
    for choice in wish.choices:
        link = page.get_by_role("link", name=choice)
        link.click()
        expect(link).to_have_attribute("aria-current", "true")
    expect(heading(page)).to_have_text("When suits you?")


def keep(page: Page, wish: Wish) -> None:
    """Arrive at the form of a time that is kept, by the shortest way."""
    page.goto(f"/book/{wish.service}?companion=1")
    choose_time(page, wish.start)


def choose_time(page: Page, start: str) -> None:
    """Press a time and arrive at the form, where it is kept."""
    chip(page, start).click()
    expect(page.get_by_text("Kept for you until")).to_be_visible()


def fill(page: Page, wish: Wish, name: str = NAME) -> None:
    """Answer everything that the form asks."""
    label, value = wish.contact
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label(label, exact=True).fill(value)
    for answer in wish.answers:
        page.get_by_label(answer).check()
    page.get_by_label("I have read this and agree").check()


def open_form(page: Page, wish: Wish, name: str = NAME) -> None:
    """Open the form of a start without keeping it, and fill it."""
    page.goto(f"/book/{wish.service}/{wish.start}")
    fill(page, wish, name)


def somebody_books(page: Page, service: str, start: str, **more: object) -> str:
    """Let somebody else book, without a page; return the path of their appointment's page."""
    person = {"name": "Wei Chen", "email": "wei@example.com", "phone": None}
    asked = {"service": service, "start": start, "patient": person, "consent": True, **more}
    answer = page.request.post("/api/v1/appointments", data=asked)
    assert answer.status == 201, answer.text()
    return f"/appointment/{answer.json()['token']}"


def arrive_at_booking(page: Page, wish: Wish) -> None:
    """Book, and see it said."""
    book_button(page).click()
    expect(heading(page)).to_have_text(BOOKED)


def book(page: Page, wish: Wish) -> None:
    """Go the whole way."""
    choose_service(page, wish)
    choose_time(page, wish.start)
    fill(page, wish)
    arrive_at_booking(page, wish)


def heading(page: Page) -> Locator:
    """Return the page's one heading of the first rank."""
    return page.get_by_role("heading", level=1)
