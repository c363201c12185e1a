"""Static files by WhiteNoise, under a name that changes with their content."""

import hashlib
from pathlib import Path
from typing import Any

from whitenoise import WhiteNoise

ONE_HOUR = 3600


class StaticFiles:
    """The files of one folder, served at /static/ and, for ever cacheable, at /static/v-HASH/."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.prefix = f"/static/v-{_hash(folder)}/"

    def url(self, name: str) -> str:
        """Return the lasting address of a file such as ``css/app.css`` (for templates)."""
        return self.prefix + name

    def wrap(self, app: Any) -> Any:
        """Return a WSGI application that serves the files and leaves the rest to ``app``."""
        served = WhiteNoise(
            app,
            max_age=ONE_HOUR,
            allow_all_origins=False,
            immutable_file_test=lambda path, url: url.startswith(self.prefix),
        )
        if self.folder.is_dir():
            served.add_files(str(self.folder), prefix="/static/")
            served.add_files(str(self.folder), prefix=self.prefix)
        return served


def _hash(folder: Path) -> str:
    state = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            state.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return state.hexdigest()[:12]
