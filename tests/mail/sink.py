"""A real SMTP server on loopback that can be told to misbehave, and what it received."""

import asyncio
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from flask import Flask

from booking.house import House

USER, PASSWORD = "clinic", "a password of the tests"


@dataclass
class Sink:
    """What is received, and how to misbehave: one way for each message to come, then "ok".

    Ways: ok, 451, 550 (recipient), 554 (content), drop before data, drop after data
    (received all the same), lose data (not received), slow, hang before data.
    ``only``: the greeting of the one sender who is treated so.
    ``on_received`` is told the sender's greeting before the sender hears of it.
    """

    port: int
    ways: list[str] = field(default_factory=list)
    only: str | None = None
    seconds: float = 0.0  # how long "slow" and "hang" take
    on_received: Callable[[str], None] = lambda greeting: None
    drops_quit: bool = False
    is_closing: bool = False
    received: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    connections: int = 0
    logins: int = 0
    greetings: list[str] = field(default_factory=list)
    hung: list[str] = field(default_factory=list)

    def messages(self) -> list[EmailMessage]:
        """Return what was received, parsed."""
        return [message_from_bytes(raw, policy=policy.default) for _, _, raw in self.received]  # type: ignore[misc]

    def recipients(self) -> list[str]:
        """Return everybody who received something, in order."""
        return [address for _, addresses, _ in self.received for address in addresses]


class Handler:
    """aiosmtpd's hooks, on behalf of a sink."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.sink.greetings.append(hostname)
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        way = self.sink.ways[0] if self._is_meant(session) else "ok"
        if way in ("451", "550", "drop before data", "hang before data"):
            self.sink.ways.pop(0)
        if way == "hang before data":
            self.sink.hung.append(address)
            await self._wait()
        if way == "451":
            return "451 4.3.0 try again later"
        if way == "550":
            return f"550 5.1.1 <{address}>: no such user"
        if way == "drop before data":
            _hang_up(server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        way = self.sink.ways.pop(0) if self._is_meant(session) else "ok"
        if way == "554":
            return "554 5.7.1 refused"
        if way != "lose data":
            content = envelope.content
            assert isinstance(content, bytes)
            self.sink.received.append((envelope.mail_from or "", list(envelope.rcpt_tos), content))
            self.sink.on_received(session.host_name or "")
        if way in ("drop after data", "lose data"):
            _hang_up(server)
        if way == "slow":
            await self._wait()
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.sink.drops_quit:
            _hang_up(server)
        return "221 Bye"

    def _is_meant(self, session: Session) -> bool:
        return bool(self.sink.ways) and self.sink.only in (None, session.host_name)

    async def _wait(self) -> None:
        began = time.monotonic()
        while time.monotonic() < began + self.sink.seconds and not self.sink.is_closing:
            await asyncio.sleep(0.01)


def _hang_up(server: SMTP) -> None:
    assert server.transport is not None
    server.transport.abort()


class _Controller(Controller):
    def factory(self) -> SMTP:
        handler = self.handler
        handler.sink.connections += 1
        return super().factory()


def free_port() -> int:
    """Return a port of loopback on which nobody listens now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


@contextmanager
def sink(
    certificate: trustme.LeafCert | None = None, *, login: bool = False, implicit: bool = False, **more: Any
) -> Iterator[Sink]:
    """Run a server; with a certificate it insists on TLS, with ``login`` on USER and PASSWORD."""
    host: str = more.pop("host", "127.0.0.1")
    opened = Sink(more.pop("port", None) or free_port(), **more)
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        opened.logins += 1
        is_right = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_right, handled=False)

    settings: dict[str, Any] = {"authenticator": check, "auth_required": True} if login else {}
    if context and not implicit:
        settings |= {"tls_context": context, "require_starttls": True}
    controller = _Controller(
        Handler(opened),
        hostname=host,
        port=opened.port,
        ssl_context=context if implicit else None,
        server_kwargs=settings,
    )
    controller.start()
    opened.connections = 0  # the controller knocks once itself
    try:
        yield opened
    finally:
        opened.is_closing = True
        controller.stop()


def send_to(app: Flask, port: int, **mail: Any) -> None:
    """Let an application send to a port of loopback; plainly, unless ``mail`` says more."""
    here: House = app.extensions["house"]
    plain = {"host": "127.0.0.1", "port": port, "use_tls": False, "use_ssl": False}
    app.extensions["house"] = replace(here, mail=replace(here.mail, **(plain | mail)))
