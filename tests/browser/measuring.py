"""Ask a page what a person would see of it (measure.js)."""

from pathlib import Path
from typing import Any

from tests.browser.chromium import Page

SCRIPT = Path(__file__).with_name("measure.js").read_text(encoding="utf-8")


def measure(page: Page, what: str) -> Any:
    """Return one of the measures: texts, clipped, colliding, broken, targets, faint, motion."""
    if not page.evaluate("'measure' in globalThis"):
        page.evaluate(SCRIPT)
    return page.evaluate(f"measure.{what}()")
