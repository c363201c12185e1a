"""Keep messages as .eml files where no mail server is set (contract.md, MAIL_SERVER)."""

import os
from pathlib import Path
from types import TracebackType

from booking.mail.message import ClinicMessage
from booking.mail.outlet import NotSent, Unreachable


class Folder:
    """A folder that only its owner can read; a file's name says nothing of the patient."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> "Folder":
        self.make_ready()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def make_ready(self) -> None:
        """Make the folder where there is none."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.chmod(0o700)
        except OSError as error:
            raise Unreachable(f"the mail folder cannot be used: {error.strerror}") from error

    def send(self, message: ClinicMessage) -> None:
        """Write one message, whole or not at all; writing it again changes nothing."""
        target = self.path / f"{message.envelope.identity}.eml"
        draft = target.with_suffix(f".{os.getpid()}.part")
        try:
            self._write(draft, message.as_bytes())
            draft.replace(target)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise NotSent(f"the file could not be written: {error.strerror}") from error

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        path.unlink(missing_ok=True)  # of a process of this number that was killed
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
