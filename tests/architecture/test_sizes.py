"""How large things may grow (style.md, "Where this house stands"); lint holds complexity to 8."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median, quantiles

from tests.architecture.source import ROOT, Function, functions, python_files, relative

PRODUCT = ("booking",)
# A file or function that is allowed to be larger, and why.
LARGER: dict[str, str] = {}


def product_functions() -> Iterator[Function]:
    for path in python_files(*PRODUCT):
        yield from functions(path)


def code_lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def percentile_95(numbers: Sequence[int]) -> float:
    return quantiles(numbers, n=20, method="inclusive")[-1]


def too_large(sizes: dict[str, int], limit: int) -> dict[str, int]:
    return {name: size for name, size in sizes.items() if size > limit and name not in LARGER}


def test_functions_stay_short() -> None:
    """No function has more than 40 lines of code; half have at most 6 and 95 % at most 20."""
    sizes = {f.name: f.lines for f in product_functions()}
    assert too_large(sizes, 40) == {}
    assert median(sizes.values()) <= 6
    assert percentile_95(list(sizes.values())) <= 20


def test_handlers_stay_short() -> None:
    """No function that answers a route has more than 25 lines of code."""
    handlers = {f.name: f.lines for f in product_functions() if f.is_handler}
    assert too_large(handlers, 25) == {}


def test_nesting_stays_flat() -> None:
    """No function nests blocks deeper than 3."""
    assert too_large({f.name: f.nesting for f in product_functions()}, 3) == {}


def test_files_stay_short() -> None:
    """No file of the product has more than 300 lines; half have at most 100 and 95 % at most 220."""
    sizes = {relative(path): code_lines(path) for path in python_files(*PRODUCT)}
    assert too_large(sizes, 300) == {}
    assert median(sizes.values()) <= 100
    assert percentile_95(list(sizes.values())) <= 220


def test_files_around_the_product_stay_short() -> None:
    """No file of tests, benchmarks or migrations has more than 400 lines."""
    sizes = {
        relative(path): code_lines(path) for path in python_files("tests", "bench", "audit", "migrations")
    }
    assert too_large(sizes, 400) == {}


def test_templates_stay_short() -> None:
    """No template has more than 80 lines."""
    sizes = {relative(path): code_lines(path) for path in (ROOT / "templates").rglob("*.*")}
    assert too_large(sizes, 80) == {}


def test_every_exception_is_still_needed() -> None:
    """The list of larger things names nothing that has become small or has gone."""
    files = {relative(path): code_lines(path) for path in python_files(*PRODUCT, "tests", "bench")}
    small_files = {name for name, size in files.items() if size <= 300}
    small_functions = {f.name for f in product_functions() if f.lines <= 25 and f.nesting <= 3}
    known = files.keys() | {f.name for f in product_functions()}
    assert LARGER.keys() - known == set()
    assert LARGER.keys() & (small_files | small_functions) == set()
