"""A browser without script: follows links and presses buttons, and lints every page it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

from flask.testing import FlaskClient
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from tests.web.patients.lint import lint, parse, words

START = "2026-11-24T09:00"  # Tuesday: Lam 9-17, Kim 9-15, Tremblay 13-19
PERSON = {"name": "Parvaneh Oyelaran", "email": "parvaneh@example.com", "consent": "1"}


@dataclass(frozen=True)
class Page:
    """A page as it arrived."""

    url: str
    status: int
    headers: Headers
    html: str

    @cached_property
    def tree(self) -> Element:
        return parse(self.html)

    @property
    def text(self) -> str:
        return words(next(self.tree.iter("body")))

    @property
    def heading(self) -> str:
        return words(next(self.tree.iter("h1")))

    @cached_property
    def form(self) -> Element:
        return next(self.tree.iter("form"))

    def named(self, name: str) -> list[Element]:
        return [e for e in self.form.iter() if e.get("name") == name]

    def fields(self) -> dict[str, str]:
        """Return what the form would send, no button pressed."""
        sent: dict[str, str] = {}
        for e in self.form.iter("input"):
            kind, name = e.get("type"), e.get("name", "")
            if kind not in ("radio", "checkbox") or e.get("checked") is not None:
                sent[name] = e.get("value", "")
        return sent

    def starts(self) -> list[str]:
        """Return the times that are offered as chips, in the page's order."""
        parts = [e for e in self.tree.iter("div") if (e.get("class") or "").startswith("part")]
        return [b.get("value", "") for part in parts for b in part.iter("button")]

    def with_class(self, name: str) -> list[Element]:
        return [e for e in self.tree.iter() if name in (e.get("class") or "").split()]

    def link(self, label: str) -> str:
        """Return the address of the first link with a label."""
        return next(e.get("href", "") for e in self.tree.iter("a") if words(e) == label)

    def faults(self) -> dict[str, str]:
        """Return what stands beside each refused field."""
        return {
            (e.get("id") or "").removesuffix("-fault"): words(e)
            for e in self.tree.iter("p")
            if e.get("class") == "fault"
        }


class Browser:
    """One visitor."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page = Page("/", 0, Headers(), "")

    def get(self, url: str) -> Page:
        return self._arrive(url, self.client.get(url))

    def post(self, url: str, fields: Mapping[str, str]) -> Page:
        return self._arrive(url, self.client.post(url, data=dict(fields)))

    def press(self, url: str | None = None, **changes: Any) -> Page:
        """Send the form of the page with some fields changed, to its action or a button's."""
        fields = self.page.fields() | changes
        return self.post(url or self.page.form.get("action", ""), fields)

    def open_form(self, service: str, start: str = START, query: str = "") -> Page:
        """Open the form of a start that is not kept."""
        return self.get(f"/book/{service}/{start}{query}")

    def book(self, service: str = "rmt-60", start: str = START, **changes: Any) -> Page:
        """Fill the form of a start and send it."""
        self.open_form(service, start)
        return self.press(**PERSON | changes)

    def _arrive(self, url: str, answer: TestResponse) -> Page:
        while answer.status_code in (302, 303, 308):
            assert answer.status_code == 303, "after a form a browser is sent on with 303"
            assert not answer.data, "a note that comes with it would be in English (L43)"
            url = urljoin(url, answer.headers["Location"])
            assert not urlsplit(url).netloc, "nobody is sent away"
            answer = self.client.get(url)
        html = answer.get_data(as_text=True)
        self.page = Page(url, answer.status_code, answer.headers, html)
        if answer.mimetype == "text/html":
            lint(self.page.tree)
        return self.page
