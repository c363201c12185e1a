"""A mail server on loopback that says yes to everything, in as few words as the protocol allows.

It shares nothing with aiosmtpd, the tests' server: no extension is offered, every
command is answered by itself.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

ANSWERS = {b"MAIL": b"250 fine\r\n", b"RCPT": b"250 fine\r\n", b"RSET": b"250 fine\r\n"}


@dataclass
class MailSink:
    """What came in: (recipient, Message-ID, seconds since 1970) of each message.

    ``on_received`` is told the sender's greeting before the sender hears of it.
    """

    port: int = 0
    received: list[tuple[str, str, float]] = field(default_factory=list)
    on_received: Callable[[str], None] = lambda greeting: None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, whose other end may be killed."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        greeting = recipient = ""
        while line := await reader.readline():
            command = line[:4].upper()
            if command in (b"EHLO", b"HELO"):
                greeting = line[5:].strip().decode()
                writer.write(b"250 sink\r\n")
            elif command == b"DATA":
                writer.write(b"354 go on\r\n")
                self._note(recipient, await reader.readuntil(b"\r\n.\r\n"))
                self.on_received(greeting)
                writer.write(b"250 taken\r\n")
            elif command == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                recipient = (
                    line.decode().partition("<")[2].partition(">")[0] if command == b"RCPT" else recipient
                )
                writer.write(ANSWERS.get(command, b"502 what\r\n"))

    def _note(self, recipient: str, message: bytes) -> None:
        head = message.partition(b"\r\n\r\n")[0].decode()
        identity = next(line for line in head.split("\r\n") if line.startswith("Message-ID: "))
        self.received.append((recipient, identity, time.time()))  # noqa: TID251 - compared with due times


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    """Run a server in a thread of its own."""
    sink, loop, ready = MailSink(), asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        server = await asyncio.start_server(sink.serve, "127.0.0.1", 0, limit=2**20)
        sink.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await server.serve_forever()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(asyncio.gather(serve(), return_exceptions=True))
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait(10)
    try:
        yield sink
    finally:
        for task in asyncio.all_tasks(loop):
            loop.call_soon_threadsafe(task.cancel)
        thread.join(10)
