"""Requests that come whether or not the earlier ones were answered, so many in a second (L4)."""

import asyncio
import resource
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.races.site import HERE, Site

Result = TypeVar("Result")


@dataclass(frozen=True)
class Came:
    """What came back, after how many seconds; status 0 where nothing did."""

    status: int
    seconds: float
    retry_after: str


def allow_many_connections() -> None:
    """Let this process open as many as the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _ask(site: Site, path: str) -> Came:
    began = time.monotonic()
    raw = b""
    try:
        reader, writer = await asyncio.open_connection(HERE, site.port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {HERE}:{site.port}\r\nConnection: close\r\n\r\n".encode())
        raw = await reader.read()
        writer.close()
    except OSError:
        pass
    head = raw.partition(b"\r\n\r\n")[0].decode("latin-1")
    told = dict(line.partition(": ")[::2] for line in head.split("\r\n")[1:])
    return Came(int(head[9:12] or 0), time.monotonic() - began, told.get("Retry-After", ""))


async def _closed(site: Site, path: str, people: int, seconds: float) -> int:
    until = time.monotonic() + seconds

    async def one() -> int:
        count = 0
        while time.monotonic() < until:
            count += (await _ask(site, path)).status == 200
        return count

    return sum(await asyncio.gather(*(one() for _ in range(people))))


async def _open(site: Site, path: str, each_second: float, seconds: float) -> list[Came]:
    began, sent = time.monotonic(), []
    while (now := time.monotonic() - began) < seconds:
        while len(sent) < now * each_second:
            sent.append(asyncio.ensure_future(_ask(site, path)))
        await asyncio.sleep(0.005)
    return list(await asyncio.gather(*sent))


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run it in a thread of its own: the browser's tests leave a loop running in the first one."""
    with ThreadPoolExecutor(1) as one:
        return one.submit(asyncio.run, work).result()


def capacity(site: Site, path: str, seconds: float) -> float:
    """Return how many requests a second are answered to eight who ask one after the other."""
    return _run(_closed(site, path, 8, seconds)) / seconds


def flood(site: Site, path: str, each_second: float, seconds: float) -> list[Came]:
    """Send so many requests in each second, and return what came of every one."""
    allow_many_connections()
    return _run(_open(site, path, each_second, seconds))
