"""How often one address may try, counted over all hosts in Redis where REDIS_URL names one (E27, K12).

What is limited for good (visits, holds, wrong passwords) is a row and is counted in the database
(ADR 0005). A refused try leaves no row, yet it takes its turn at the clinic's lock: a script's
thousand a minute are sent away here, before the database is asked (ADR 0015). Where Redis is
away, slow or emptied, each process counts for itself, and nobody is refused for that.
"""

import logging
from collections import Counter
from contextlib import closing
from datetime import datetime
from threading import Lock
from time import monotonic

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as HungUp
from redis.retry import Retry

MOST_TRIES = 120  # a minute of one address: a house full of patients stays far below
WINDOW_SECONDS = 60
PATIENCE_SECONDS = 0.1  # for one answer of Redis
PAUSE_SECONDS = 5.0  # without asking a server that has just not answered
MOST_ADDRESSES = 10_000  # that one process remembers

log = logging.getLogger(__name__)


class Tries:
    """Counts the tries of every address; ``now`` is the clinic's clock, whose minutes all hosts share."""

    def __init__(self, url: str) -> None:
        self._redis = _redis(url)
        self._own: Counter[str] = Counter()
        self._window = 0
        self._asked_again_at = 0.0
        self._lock = Lock()

    def is_one_too_many(self, origin: str, now: datetime) -> bool:
        """Count one more try of an address, given by its pseudonym, and say whether to refuse it."""
        window = int(now.timestamp()) // WINDOW_SECONDS
        with self._lock:
            own = self._count_here(origin, window)
            return max(own, self._count_there(f"clinic:tries:{origin}:{window}")) > MOST_TRIES

    def close(self) -> None:
        """Hang up."""
        self._redis.close()

    def _count_here(self, origin: str, window: int) -> int:
        if window != self._window or len(self._own) > MOST_ADDRESSES:
            self._own.clear()
        self._window = window
        self._own[origin] += 1
        return self._own[origin]

    def _count_there(self, key: str) -> int:
        """Return how many tries all hosts have counted; 0 where Redis does not say."""
        if monotonic() < self._asked_again_at:
            return 0
        try:
            both = self._redis.pipeline()
            both.incr(key)
            both.expire(key, 2 * WINDOW_SECONDS)
            counted, _ = both.execute()
        except RedisError:
            self._asked_again_at = monotonic() + PAUSE_SECONDS
            log.warning("Redis cannot be used: each process counts tries for itself")
            return 0
        return int(counted)


def find_trouble(url: str) -> str | None:
    """Return what keeps a Redis from being used, None when nothing does."""
    with closing(_redis(url)) as asked:
        try:
            asked.ping()
        except RedisError as error:
            return str(error) or type(error).__name__
    return None


def _redis(url: str) -> Redis:
    """Return a client that does not wait for long; a connection that was closed is made anew."""
    return Redis.from_url(
        url,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 1, supported_errors=(HungUp,)),
    )
