"""People who come to the page at opening time: look, choose, fill in, send (L1)."""

import http
import random
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.races.site import Answer, Browser, Site
from tests.races.sizes import PATIENCE

SERVICE = "rmt-60"
WEEK = "2026-11-30"
WANTED = 12  # everybody wants one of the first times
TRIES = 4
_START = re.compile(r'name="start" value="([^"]+)"')
_OFFERED = re.compile(rf'(?:formaction="/book/{SERVICE}/|name="start" value=")([^"?]+)')


@dataclass
class Visitor:
    """One person, and every answer that they got: which step, status, seconds."""

    site: Site
    number: int
    seen: list[tuple[str, int, float]] = field(default_factory=list)
    offers: list[int] = field(default_factory=list)  # how many other times each refusal has named
    reference: str = ""

    def book(self) -> None:
        """Do what a patient does until a visit is booked or nothing near is left."""
        chance, browser = random.Random(self.number), Browser(self.site)
        self.ask("services", browser, "/")
        page = self.ask("times", browser, f"/book/{SERVICE}?from={WEEK}")
        start = chance.choice(_START.findall(page.body.decode())[1 : 1 + WANTED])
        for _ in range(TRIES):
            path = f"/book/{SERVICE}/{start}"
            answer = self.ask("details", browser, path)
            if answer.status == http.HTTPStatus.OK:
                answer = self.ask("post", browser, path, browser.fill_in(answer, **self.typed()))
            if answer.status == http.HTTPStatus.SEE_OTHER:
                self.reference = answer.headers["Location"]
                return
            notice = answer.body.decode().partition('id="notice"')[2].partition("</div>")[0]
            others = list(dict.fromkeys(_OFFERED.findall(notice)))
            self.offers.append(len(others))
            start = chance.choice(others)

    def ask(self, step: str, browser: Browser, path: str, form: dict[str, str] | None = None) -> Answer:
        """Send one request, again when told to, and write down what came back, and when."""
        until = time.monotonic() + PATIENCE
        while True:
            began = time.monotonic()
            answer = browser.send("POST" if form is not None else "GET", path, form)
            self.seen.append((step, answer.status, time.monotonic() - began))
            if answer.status != http.HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > until:
                return answer
            time.sleep(min(1.0, float(answer.headers["Retry-After"])))

    def typed(self) -> dict[str, str]:
        """Return what this person types."""
        return {
            "name": f"Patient {self.number}",
            "email": f"p{self.number}@example.com",
            "first_visit": "no",
            "consent": "1",
        }


def come(site: Site, people: int, seconds: float) -> list[Visitor]:
    """Let people come, one after the other within some seconds, and return them when all have ended."""
    visitors = [Visitor(site, number) for number in range(people)]
    began = time.monotonic()

    def visit(visitor: Visitor) -> None:
        time.sleep(max(0.0, began + seconds * visitor.number / people - time.monotonic()))
        visitor.book()

    with ThreadPoolExecutor(people) as pool:
        list(pool.map(visit, visitors))
    return visitors


def percentile(values: list[float], share: float) -> float:
    """Return the value below which a share of all lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
