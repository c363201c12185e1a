"""How gunicorn serves the pages: ``gunicorn -c python:booking.cli.serving wsgi:app``.

Every name in lower case is a setting of gunicorn.
"""

import gc
import os
import tempfile
from pathlib import Path
from typing import Any

from booking.actions.waiting import share_seat

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  a folder in memory, not a shared temporary one

bind = f"127.0.0.1:{os.environ.get('PORT') or 8000}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "booking.cli.web_process.WebProcess"  # sync, and answers its queue before it stops
timeout = 30  # longer than the wait for the write lock, so that a busy database is said in words
graceful_timeout = 30
loglevel = "warning"
control_socket_disable = True  # gunicorn 27 would open one in the home folder
forwarded_allow_ips = ""  # TRUSTED_PROXIES alone decides whose headers are believed (A19)
worker_tmp_dir = str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None  # heartbeats never wait for a disk


_seat = tempfile.TemporaryFile()  # noqa: SIM115  open as long as this process and its children


def post_fork(server: Any, worker: Any) -> None:
    """Let only one process at a time wait long for the write lock, so that others serve pages (K11)."""
    share_seat(_seat.fileno())


def post_worker_init(worker: Any) -> None:
    """Take what was loaded at the start out of the garbage collector's rounds (performance.md, G10).

    A request leaves some ten objects in cycles behind, a form a hundred: rounds that come seldom let
    them grow to megabytes (L2), rounds at Python's own pace are felt (G10).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)
