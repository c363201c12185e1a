"""A visitor with a browser of their own; what the browser asks for and complains of is written down."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.browser.chromium import PATIENCE, Browser, BrowserContext, Request

NARROW, WIDE = 390, 1280
HEIGHTS = {NARROW: 844, WIDE: 900}
# Chromium says this of every page that is not 200; such pages are part of what is tested.
EXPECTED = (
    "Failed to load resource: the server responded with a status of 4",
    "Failed to load resource: net::ERR_FAILED",  # a test has cut the network
)
# Runs before each page: what the policy refuses is said on the console as well, but not always.
LISTEN = """document.addEventListener("securitypolicyviolation", (e) =>
  console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`));"""


@dataclass
class Visitor:
    """One browser context."""

    context: BrowserContext
    kind: str
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def hosts(self) -> set[str]:
        """Return every host that was asked for anything."""
        return {urlsplit(request.url).netloc for request in self.requests}

    def leave(self) -> None:
        """Take everything along: the next visitor finds pages, cookies and notes of nobody."""
        for page in self.context.pages:
            page.close()
        self.context.clear_cookies()
        self.requests.clear()
        self.complaints.clear()


def kind_of(width: int, options: dict[str, object]) -> str:
    """Return what two browsers that are made alike have in common."""
    return repr((width, sorted(options.items())))


def arrive(browser: Browser, url: str, width: int, **options: object) -> Visitor:
    """Open a browser of a width; ``options`` are those of a Playwright context."""
    given = {"viewport": {"width": width, "height": HEIGHTS.get(width, 900)}, **options}
    context = browser.new_context(base_url=url, **given)  # type: ignore[arg-type]  # any of its options
    context.set_default_timeout(PATIENCE)
    if options.get("java_script_enabled", True):
        context.add_init_script(LISTEN)
    visitor = Visitor(context, kind_of(width, options))
    context.on("request", lambda asked: visitor.requests.append(asked))  # noqa: PLW0108  it takes no built-in
    context.on("console", lambda said: _note(visitor, said.type, said.text))
    context.on("weberror", lambda fault: visitor.complaints.append(str(fault.error)))
    return visitor


def _note(visitor: Visitor, kind: str, text: str) -> None:
    if kind in ("error", "warning") and not text.startswith(EXPECTED):
        visitor.complaints.append(text)
