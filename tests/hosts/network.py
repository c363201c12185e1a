"""Hosts that are not there: network namespaces, and cables from them to one switch.

A namespace lives as long as this process holds it open, so that nothing is left behind
however a test ends. Its addresses are known inside it only.
"""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

CLONE_NEWNET = 0x40000000
OWN = "/proc/thread-self/ns/net"
PLACES = f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin{os.pathsep}/sbin"
SWITCH = "10.77.0.1"

_system = ctypes.CDLL(None, use_errno=True)


def need_networks() -> None:
    """Skip with the reason where no network can be made, fail under CI=true."""
    reason = None
    if shutil.which("ip", path=PLACES) is None:
        reason = "no program ip: Debian's package iproute2 has it"
    else:
        try:
            os.close(_new_namespace())
        except OSError as error:
            reason = f"network namespaces cannot be made here (root makes them): {error}"
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


@dataclass(frozen=True)
class Place:
    """A host, or the room with the switch, the database and the mail server."""

    name: str
    namespace: int

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Let this thread, and whatever it starts, be there until the block ends."""
        before = os.open(OWN, os.O_RDONLY)
        _check(_system.setns(self.namespace, CLONE_NEWNET))
        try:
            yield
        finally:
            _check(_system.setns(before, CLONE_NEWNET))
            os.close(before)

    def run(self, command: str) -> None:
        """Run ``ip`` there."""
        program = shutil.which("ip", path=PLACES)
        assert program
        with self.entered():
            done = subprocess.run([program, *command.split()], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@dataclass(frozen=True)
class Network:
    """One switch, and a cable to each host."""

    room: Place
    hosts: tuple[Place, ...]

    def cut(self, host: Place) -> None:
        """Pull a host's plug out of the switch: what is on its way is lost, nobody is told."""
        self.room.run(f"link set dev {host.name} down")

    def join(self, host: Place) -> None:
        """Put the plug back."""
        self.room.run(f"link set dev {host.name} up")


@contextmanager
def network(*names: str) -> Iterator[Network]:
    """Make hosts that can reach ``SWITCH``, where this thread is until the block ends."""
    handles: list[int] = []

    def made(name: str) -> Place:
        handles.append(_new_namespace())
        place = Place(name, handles[-1])
        place.run("link set lo up")
        return place

    try:
        room = made("room")
        room.run("link add switch type bridge")
        room.run(f"address add {SWITCH}/24 dev switch")
        room.run("link set switch up")
        hosts = tuple(made(name) for name in names)
        for number, host in enumerate(hosts, start=11):
            there = f"/proc/{os.getpid()}/fd/{host.namespace}"
            room.run(f"link add name {host.name} type veth peer name cable netns {there}")
            room.run(f"link set dev {host.name} master switch up")
            host.run(f"address add 10.77.0.{number}/24 dev cable")
            host.run("link set cable up")
        with room.entered():
            yield Network(room, hosts)
    finally:
        for handle in handles:
            os.close(handle)


def _new_namespace() -> int:
    """Return the handle of a new namespace; a thread of its own makes it and ends."""

    def make() -> int:
        _check(_system.unshare(CLONE_NEWNET))
        return os.open(OWN, os.O_RDONLY)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(make).result()


def _check(answer: int) -> None:
    if answer != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
