"""Retries: the same key and request give the same answer and book nothing (E25)."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from booking.access.vault import Vault
from booking.actions.values import BookRequest
from booking.records import idempotency
from booking.records.database import reading
from booking.records.transaction import Connection
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import KeyReused

REUSED = "This Idempotency-Key was used for another request. Use a new one."
NOT_ASKED = ("key", "visitor", "door", "patient_id")  # how it came; the same request may come otherwise again


@dataclass(frozen=True)
class Booked:
    """The answer to a booking; a retry with the same key gives the same one.

    ``start`` and ``end`` are clinic wall time, ``end`` without reset. ``replayed``: this
    was booked before. ``changed``: the page's form came back with other contents, and
    what stands is what was booked first.
    """

    reference: str
    token: str
    service: str
    practitioner: str
    start: datetime
    end: datetime
    status: str
    replayed: bool = False
    changed: bool = False


def key_of(request: BookRequest) -> str | None:
    """Return the SHA-256 of door, visitor and key; a page's key is good for its visitor only."""
    if request.key is None:
        return None
    owner = request.visitor if request.door == "web" else ""
    return hashlib.sha256(f"{request.door}\n{owner}\n{request.key}".encode()).hexdigest()


def find_answer(
    conn: Connection, clinic: Clinic, request: BookRequest, now: datetime, vault: Vault
) -> Booked | None:
    """Return the remembered answer; a page's form may come back changed, an API's request not.

    Raises:
        KeyReused: the key was used for another request.
    """
    key = key_of(request)
    remembered = idempotency.find(conn, clinic.id, key, now) if key else None
    if remembered is None:
        return None
    changed = remembered.body != _body(request)
    if changed and request.door != "web":
        raise KeyReused(REUSED)
    answer = json.loads(vault.unseal(remembered.answer, "idempotency"))
    start, end = (datetime.fromisoformat(answer.pop(name)) for name in ("start", "end"))
    return Booked(**answer, start=start, end=end, replayed=True, changed=changed)


def refuse_reuse(clinic: Clinic, request: BookRequest, now: datetime) -> None:
    """Refuse a used key before anything else is said about a request that is wrong by itself.

    Raises:
        KeyReused: the key was used; a wrong request cannot be the one it was used for.
    """
    key = key_of(request)
    if key is None or request.door == "web":
        return
    if reading(lambda conn: idempotency.is_known(conn, clinic.id, key, now)):
        raise KeyReused(REUSED)


def remember(
    conn: Connection,
    clinic: Clinic,
    request: BookRequest,
    booked: Booked,
    appointment_id: int,
    now: datetime,
    vault: Vault,
) -> None:
    """Keep the answer, sealed since it carries a token; nothing is kept without a key."""
    key = key_of(request)
    if key is None:
        return
    answer = {k: v for k, v in vars(booked).items() if k not in ("replayed", "changed")}
    sealed = vault.seal(json.dumps(answer, default=datetime.isoformat), "idempotency")
    idempotency.add(conn, clinic.id, key, _body(request), sealed, appointment_id, now)


def _body(request: BookRequest) -> str:
    asked = {k: v for k, v in vars(request).items() if k not in NOT_ASKED}
    return hashlib.sha256(json.dumps(asked, default=str, sort_keys=True).encode()).hexdigest()
