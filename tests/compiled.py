"""What every application would compile anew, compiled once for all of a process: half of most tests' time.

A template's code depends on its source, the function that builds a route's address on the
rule: neither on the application.
"""

from collections.abc import Callable
from functools import wraps
from types import CodeType
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class _Templates(BytecodeCache):
    """The code of templates by name and source."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled of the same source."""
        bucket.code = self._known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what has just been compiled."""
        if bucket.code is not None:
            self._known[bucket.key, bucket.checksum] = bucket.code


_templates = _Templates()


def share_templates(app: Flask) -> None:
    """Let an application that has shown no page yet use the templates of the others."""
    app.jinja_env.bytecode_cache = _templates


def _shared(build: Callable[[Any, bool], Builder]) -> Callable[[Any, bool], Builder]:
    known: dict[tuple[object, ...], Builder] = {}

    @wraps(build)
    def once(rule: Any, append_unknown: bool = True) -> Builder:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in known:
            known[key] = build(rule, append_unknown)
        return known[key]

    return once


Rule._compile_builder = _shared(Rule._compile_builder)  # type: ignore[assignment,method-assign]  # the same, remembered
