"""How the pages look, as far as it can be computed (look.md): tokens, contrast, directions, motion."""

import re
from itertools import product
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TOKENS = (ROOT / "static/css/tokens.css").read_text()
STYLE = (ROOT / "static/css/app.css").read_text()
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
LIGHT = {
    "paper": "#fbfaf7",
    "surface": "#ffffff",
    "ink": "#1c2423",
    "soft": "#55605d",
    "line": "#7a8681",
    "accent": "#0e6b5b",
    "on-accent": "#ffffff",
    "accent-soft": "#e2f0eb",
    "warn": "#7a4f00",
    "warn-soft": "#fff3d6",
    "danger": "#a3261b",
    "danger-soft": "#fcebe9",
    "focus": "#1a56db",
}
DARK = {
    "paper": "#111615",
    "surface": "#1a211f",
    "ink": "#e9eeeb",
    "soft": "#a8b5af",
    "line": "#6f7e78",
    "accent": "#6fd0ba",
    "on-accent": "#06231d",
    "accent-soft": "#17352e",
    "warn": "#f0c674",
    "warn-soft": "#33270b",
    "danger": "#f2a59e",
    "danger-soft": "#3a1815",
    "focus": "#8ab4ff",
}
TEXT = 4.5  # WCAG 2.2, 1.4.3
SHAPE = 3.0  # WCAG 2.2, 1.4.11
PAIRS = [
    *(
        (text, ground, TEXT)
        for text, ground in product(("ink", "soft", "accent"), ("paper", "surface", "accent-soft"))
    ),
    ("on-accent", "accent", TEXT),
    ("paper", "ink", TEXT),
    ("ink", "warn-soft", TEXT),
    ("warn", "warn-soft", TEXT),
    ("danger", "paper", TEXT),
    ("ink", "danger-soft", TEXT),
    *((shape, ground, SHAPE) for shape, ground in product(("line", "focus"), ("paper", "surface"))),
    ("accent", "paper", SHAPE),
]


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_tokens_are_those_that_were_chosen() -> None:
    """Look.md's table, light and dark."""
    light, rest = TOKENS.split("@media screen and (prefers-color-scheme: dark)")
    assert colours(light) == LIGHT
    assert colours(rest.split("@media print")[0]) == DARK


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_every_pair_that_is_used_has_its_contrast(
    scheme: dict[str, str], front: str, ground: str, least: float
) -> None:
    """L40: text 4.5:1, borders and the focus ring 3:1, computed."""
    assert contrast(scheme[front], scheme[ground]) >= least


def test_no_other_file_names_a_colour() -> None:
    """Every colour elsewhere is a token."""
    named = r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(|oklch\(|\b(?:white|black|red|grey|gray)\b(?!-)"
    assert re.findall(named, STYLE) == []


def test_directions_are_logical() -> None:
    """L43: start and end, never left and right, so that a right-to-left page mirrors itself."""
    physical = re.compile(
        r"[{;]\s*((?:margin|padding|border)-(?:left|right|top|bottom)|left|right|top|bottom|width|height|"
        r"(?:min|max)-(?:width|height)|float)\s*:|text-align:\s*(?:left|right)"
    )
    assert physical.findall(STYLE) == []


def test_focus_is_never_removed() -> None:
    """Look.md: a 3 px outline with 2 px of space, never removed."""
    assert ":focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }" in STYLE
    assert re.findall(r"outline:\s*(?:0|none)", STYLE) == []


def test_motion_is_short_and_can_be_switched_off() -> None:
    """At most 150 ms, none under prefers-reduced-motion."""
    times = [int(ms) for ms in re.findall(r"(\d+)ms", STYLE)]
    assert times
    assert max(times) <= 150
    assert "@media (prefers-reduced-motion: reduce)" in STYLE
    assert "@keyframes" not in STYLE


DESK = ("desk.js", "day.js", "carry.js", "move.js")  # loaded at the desk only, where one page is open all day


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_t14_scripts_know_no_time_of_day(script: Path) -> None:
    """T14, D2, D8: no Date, no Intl, no markup from strings; small."""
    code = script.read_text()
    found = re.findall(
        r"\bDate\b|\bIntl\b|innerHTML|insertAdjacentHTML|\beval\b|document\.write|\bnew Function\b", code
    )
    assert found == []
    assert len(code) <= (7000 if script.name in DESK else 3000)


@pytest.mark.parametrize("folder", ["patients", "errors", "_macros"])
def test_b3_templates_escape_everything(folder: str) -> None:
    """B3: no "safe", no autoescape switch, no inline style or handler in any template of the pages."""
    for path in [*(ROOT / "templates" / folder).glob("*.html"), *(ROOT / "templates").glob("*.html")]:
        found = re.findall(
            r"\|\s*safe\b|autoescape|\sstyle=|\son[a-z]+=|<script>|javascript:", path.read_text()
        )
        assert found == [], path


def test_b3_markup_is_made_in_few_places() -> None:
    """B3: text becomes markup only where a day's chips are joined and where a template has escaped it."""
    places = {
        path.name
        for path in (ROOT / "booking/web").rglob("*.py")
        if re.search(r"\bMarkup\([^\"')]|\bMarkup\(f", path.read_text())
    }
    assert places == {"chips.py", "frame.py", "kept_grid.py", "times.py"}
