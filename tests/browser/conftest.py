"""Fixtures of the browser tests: one Chromium and one served site for each process of the session."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

import pytest

from tests import databases
from tests.browser.site import Site, serving

if TYPE_CHECKING:  # the modules below skip where Playwright is missing; a conftest must not
    from tests.browser.chromium import Browser, Page
    from tests.browser.gallery import Gallery
    from tests.browser.visitor import Visitor


class Arrive(Protocol):
    """Open the browser of one more visitor."""

    def __call__(self, width: int = ..., **options: object) -> "Page":
        """Return an empty page; ``options`` are those of a Playwright context."""


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """The browser; each visitor gets a context of their own in it."""
    from tests.browser.chromium import launched

    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample clinic, served for the whole session: on SQLite, as a clinic begins."""
    folder = tmp_path_factory.mktemp("site")
    with databases.copied(request, folder, "sqlite") as url, serving(url, folder) as site:
        yield site


@pytest.fixture
def site(served: Site) -> Site:
    """The site as on its first morning."""
    served.begin_anew()
    return served


@pytest.fixture(scope="session")
def resting(chromium: "Browser") -> Iterator[list["Visitor"]]:
    """Browsers that nobody uses now: to make one takes longer than to load a page."""
    found: list[Visitor] = []
    yield found
    for one in found:
        one.context.close()


@pytest.fixture
def visitors(resting: list["Visitor"], site: Site) -> Iterator[list["Visitor"]]:
    """Everybody who has arrived; whatever a test did, nobody's browser may have a complaint (P9, A21)."""
    present: list[Visitor] = []
    yield present
    complaints = [complaint for one in present for complaint in one.complaints]
    hosts = {host for one in present for host in one.hosts()}
    for one in present:
        one.leave()
    resting.extend(present)
    assert complaints == []
    here = site.url.removeprefix("http://")
    assert hosts <= {here, here.replace("127.0.0.1", "localhost")}  # passkeys are bound to a name


@pytest.fixture
def arrive(chromium: "Browser", site: Site, visitors: list["Visitor"], resting: list["Visitor"]) -> Arrive:
    """Let visitors come: each call is one more."""
    from tests.browser.visitor import NARROW, kind_of
    from tests.browser.visitor import arrive as open_browser

    def opened(width: int = NARROW, **options: object) -> "Page":
        alike = [one for one in resting if one.kind == kind_of(width, options)]
        if alike:
            resting.remove(alike[0])
        visitors.append(alike[0] if alike else open_browser(chromium, site.url, width, **options))
        return visitors[-1].context.new_page()

    return opened


@pytest.fixture
def page(arrive: Arrive) -> "Page":
    """One visitor's page, as wide as a phone."""
    return arrive()


@pytest.fixture(scope="session")
def _gallery(chromium: "Browser", served: Site) -> Iterator["Gallery"]:
    from tests.browser.gallery import Gallery
    from tests.browser.visitor import WIDE
    from tests.browser.visitor import arrive as open_browser

    visitor = open_browser(chromium, served.url, WIDE)
    yield Gallery(visitor, served)
    visitor.context.close()


@pytest.fixture
def gallery(_gallery: "Gallery") -> Iterator["Gallery"]:
    """Every page that a patient can meet; none of them may have a complaint (P9, A21)."""
    yield _gallery
    assert _gallery.visitor.complaints == []
    assert _gallery.visitor.hosts() <= {_gallery.site.url.removeprefix("http://")}
