"""What every page of ours keeps to; the tests' browser applies it to each page that it is sent."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib

HEADINGS = ("h1", "h2", "h3", "h4")
ADDRESSES = frozenset({"href", "src", "action", "formaction"})
TYPED = ("input", "select", "textarea")
LTR = ("en-CA", "zh-Hans", "zh-Hant", "pa", "ko", "fil", "fr-CA")
DIRECTIONS = {**dict.fromkeys(LTR, "ltr"), "fa": "rtl"}
ZONE_NAMES = re.compile(r"\b(PST|PDT|MST|MDT|PT)\b|Pacific (Standard|Daylight|Time)")


def parse(html: str) -> Element:
    """Return the tree of a page.

    Raises:
        html5lib.html5parser.ParseError: it is not valid by the parsing rules.
    """
    parser = html5lib.HTMLParser(html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(html)
    return tree


def words(element: Element) -> str:
    """Return the text of an element, its white space folded."""
    return " ".join("".join(element.itertext()).split())


def lint(tree: Element, *, is_staff: bool = False) -> None:
    """Fail with everything that is wrong with a page; staff need no way to phone the clinic."""
    checks = [check for check in CHECKS if not (is_staff and check is _phone_and_privacy)]
    faults = [fault for check in checks for fault in check(tree)]
    if any(ZONE_NAMES.search(said) for said in _said(tree)):
        faults.append("a zone's name is printed (E32)")
    assert faults == [], faults


def _said(tree: Element) -> Iterator[str]:
    """Yield all that a page says, attributes too, but for addresses and hidden values: they may be tokens."""
    yield words(tree)
    for element in tree.iter():
        unseen = {*ADDRESSES, "value"} if element.get("type") == "hidden" else ADDRESSES
        yield from (value for name, value in element.items() if name not in unseen)


def _one_heading(tree: Element) -> list[str]:
    heads = [words(h) for h in tree.iter("h1")]
    title = words(next(tree.iter("title")))
    if len(heads) != 1:
        return [f"{len(heads)} headings of the first rank"]
    said = title.removesuffix(" · Synergy Clinic").lower()
    if said.endswith(heads[0].lower()):  # "Please check: ..." may stand before it
        return []
    return [f"title {title!r}, heading {heads[0]!r}"]


def _ranks(tree: Element) -> list[str]:
    ranks = [HEADINGS.index(e.tag) for e in tree.iter() if e.tag in HEADINGS]
    return [f"h{b + 1} after h{a + 1}" for a, b in zip(ranks, ranks[1:], strict=False) if b > a + 1]


def _language(tree: Element) -> list[str]:
    told = (tree.get("lang", ""), tree.get("dir"))
    return [] if told in DIRECTIONS.items() else [f"lang and dir are {told} (L43)"]


def _ids(tree: Element) -> list[str]:
    ids = [e.get("id") for e in tree.iter() if e.get("id") is not None]
    twice = [f"id {i!r} twice" for i in set(ids) if ids.count(i) > 1]
    asked = [
        name
        for e in tree.iter()
        for key in ("for", "aria-labelledby", "aria-describedby", "form")
        for name in (e.get(key) or "").split()
    ]
    asked += [e.get("href", "")[1:] for e in tree.iter("a") if e.get("href", "").startswith("#")]
    return twice + [f"nothing has id {name!r}" for name in asked if name not in ids]


def _labels(tree: Element) -> list[str]:
    named = {label.get("for") for label in tree.iter("label")}
    inside = {id(e) for label in tree.iter("label") for e in label.iter()}
    faults = [
        f"{e.get('name')} has no label"
        for e in tree.iter()
        if e.tag in TYPED and e.get("type") != "hidden" and e.get("id") not in named and id(e) not in inside
    ]
    return faults + [f"an empty {e.tag}" for e in tree.iter() if e.tag in ("a", "button") and not words(e)]


def _nothing_inline(tree: Element) -> list[str]:
    faults = ["inline style" for e in tree.iter() if e.tag == "style" or e.get("style") is not None]
    faults += ["inline script" for e in tree.iter("script") if e.get("src") is None or words(e)]
    return faults + [f"{key} on {e.tag}" for e in tree.iter() for key in e.attrib if key.startswith("on")]


def _nothing_foreign(tree: Element) -> list[str]:
    given = (e.get(key, "") for e in tree.iter() for key in ("src", "href", "action", "formaction", "srcset"))
    return [f"leads away: {url}" for url in given if "//" in url]


def _pictures(tree: Element) -> list[str]:
    return ["a picture without alt" for e in tree.iter("img") if e.get("alt") is None]


def _phone_and_privacy(tree: Element) -> list[str]:
    links = {e.get("href") for e in tree.iter("a")}
    wanted = {"tel:+16045550100": "L42", "/privacy": "L01", "mailto:desk@synergy.example": "L01"}
    return [f"no link to {url} ({rule})" for url, rule in wanted.items() if url not in links]


CHECKS = (
    _one_heading,
    _ranks,
    _language,
    _ids,
    _labels,
    _nothing_inline,
    _nothing_foreign,
    _pictures,
    _phone_and_privacy,
)
