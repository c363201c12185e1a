"""What the pages load: little, from the clinic alone, under a strict policy (P9, A21, A23)."""

import gzip

import pytest

from tests.browser.chromium import Browser, Page, Response
from tests.browser.conftest import Arrive
from tests.browser.journey import LASER, book
from tests.browser.site import Site
from tests.browser.visitor import WIDE, Visitor
from tests.browser.visitor import arrive as open_browser

pytestmark = pytest.mark.browser

KILOBYTES_30 = 30 * 1024
FOREIGN_PICTURE = "document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/x.png'}))"


def test_the_first_page_is_light(page: Page) -> None:
    """The first page takes at most 6 requests and 30 KB, gzip level 6, with all that it loads."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  it takes no built-in
    page.goto("/", wait_until="networkidle")
    assert len(answers) <= 6
    assert sum(len(gzip.compress(answer.body(), 6)) for answer in answers) <= KILOBYTES_30
    assert {answer.status for answer in answers} == {200}


def test_p9_a_whole_visit_asks_nobody_else(visitors: list[Visitor], arrive: Arrive, site: Site) -> None:
    """From the first page to the calendar file every request goes to the clinic's own address."""
    page = arrive(WIDE)
    book(page, LASER)
    with page.expect_download():
        page.get_by_role("link", name="Add to calendar").click()
    page.goto("/privacy")
    (visitor,) = visitors
    assert visitor.hosts() == {site.url.removeprefix("http://")}
    assert visitor.complaints == []
    assert len(visitor.requests) > 10


def test_a_complaint_would_be_heard(chromium: Browser, site: Site) -> None:
    """What the policy refuses, and what a script throws, is written down: silence means there was nothing."""
    visitor = open_browser(chromium, site.url, WIDE)
    page = visitor.context.new_page()
    page.goto("/")
    with page.expect_console_message(lambda said: said.text.startswith("policy: img-src")):
        page.evaluate(FOREIGN_PICTURE)
    with visitor.context.expect_event("weberror"):
        page.evaluate("setTimeout(() => { throw new Error('from a script') })")
    assert any("violates the following Content Security Policy" in said for said in visitor.complaints)
    assert any("from a script" in said for said in visitor.complaints)
    visitor.context.close()


def test_a23_cookies_end_with_the_browser(arrive: Arrive) -> None:
    """A patient's cookies end with the browser and no script can read them; nothing is stored beside them."""
    page = arrive()
    book(page, LASER)
    cookies = page.context.cookies()
    assert {cookie["name"] for cookie in cookies} == {"clinic", "booked"}
    for cookie in cookies:
        assert (cookie["expires"], cookie["httpOnly"], cookie["sameSite"]) == (-1, True, "Lax")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
