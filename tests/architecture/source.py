"""The source of this program, read as trees: what the architecture tests measure."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NESTING = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match, ast.AsyncFor, ast.AsyncWith)
HTTP_METHODS = {"get", "post", "put", "patch", "delete", "route"}


@dataclass(frozen=True)
class Function:
    """One function: ``lines`` is its code, signature included, docstring not."""

    name: str
    lines: int
    nesting: int
    is_handler: bool


def python_files(*folders: str) -> list[Path]:
    """Return the Python files under ``folders`` of the project, sorted."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def relative(path: Path) -> str:
    """Return the path as it is written in documents."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """Return the parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[Function]:
    """Yield every function of a file, nested ones too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Function(
                name=f"{relative(path)}:{node.name}",
                lines=(node.end_lineno or 0) - node.lineno + 1 - _docstring_lines(node),
                nesting=_nesting(node.body),
                is_handler=any(_is_route(decorator) for decorator in node.decorator_list),
            )


def imported(path: Path) -> set[str]:
    """Return the full names of the modules and names that a file imports."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    if ast.get_docstring(node) is None:
        return 0
    first = node.body[0]
    return (first.end_lineno or 0) - first.lineno + 1


def _is_route(decorator: ast.expr) -> bool:
    call = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(call, ast.Attribute) and call.attr in HTTP_METHODS


def _nesting(body: list[ast.stmt]) -> int:
    return max((_depth(statement) for statement in body), default=0)


def _depth(statement: ast.stmt) -> int:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return 0  # measured by itself
    own = 1 if isinstance(statement, NESTING) else 0
    return own + max((_nesting(branch) for branch in _branches(statement)), default=0)


def _branches(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    yield getattr(statement, "body", [])
    yield getattr(statement, "finalbody", [])
    orelse = getattr(statement, "orelse", [])
    if isinstance(statement, ast.If) and len(orelse) == 1 and isinstance(orelse[0], ast.If):
        yield from _branches(orelse[0])  # `elif` is no deeper than `if`
    else:
        yield orelse
    yield from (handler.body for handler in getattr(statement, "handlers", []))
    yield from (case.body for case in getattr(statement, "cases", []))
