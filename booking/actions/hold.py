"""Keep a time while the form is filled: one hold a visitor, extendable, never for ever."""

from datetime import datetime, timedelta

from booking.actions.offer import ask_for, nearest
from booking.actions.placing import Placed, place
from booking.actions.values import Held, HoldRequest, Question
from booking.records import claims, database, holds
from booking.records.holds import StoredHold
from booking.records.transaction import Connection, transaction
from booking.scheduling import rules, zone
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import NotFound, NotOffered, SlotTaken, TooMany
from booking.scheduling.slots import Ask

HOLDS_PER_ORIGIN = 10  # A26: a script cannot hold a day
LONGEST_HELD = 4  # times hold_minutes: first keeping and three extensions


def hold(clinic: Clinic, request: HoldRequest, now: datetime) -> Held:
    """Keep a time for a visitor, letting go of the one they had (E27).

    Raises:
        Invalid: no such service or practitioner.
        NotOffered: a rule refuses the start; carries the nearest free ones.
        SlotTaken: somebody else has it; carries the nearest free ones.
        TooMany: the address keeps ten times already.
    """
    question = Question(
        request.service,
        request.start.date(),
        request.start.date(),
        request.practitioner,
        request.companion,
    )
    ask = ask_for(clinic, question)
    limits = rules.online_limits(clinic, zone.to_wall(now, clinic.zone))

    def keep(conn: Connection) -> Held:
        earlier = _let_go(conn, clinic, request.visitor, now)
        _check_origin(conn, clinic, request.origin, now)
        placed = place(conn, clinic, ask, request.start, limits, now)
        again = earlier if earlier is not None and earlier.starts == request.start else None
        return _store(conn, clinic, request, ask, placed, now, again.first_held_at if again else now)

    try:
        return transaction(clinic.id, now, keep)
    except (NotOffered, SlotTaken) as refused:
        refused.nearest = nearest(clinic, ask, request.start, now, limits)
        raise


def extend(clinic: Clinic, visitor: str, now: datetime) -> Held:
    """Keep the visitor's time for another ``hold_minutes``.

    Raises:
        NotFound: nothing is kept any more, or it was extended three times.
    """

    def keep_on(conn: Connection) -> Held:
        stored = holds.find_of_visitor(conn, clinic.id, visitor, now)
        if stored is None:
            raise NotFound("That time is no longer kept. It may still be free: choose it again.")
        until = min(
            now + timedelta(minutes=clinic.policy.hold_minutes), _latest(clinic, stored.first_held_at)
        )
        if until > stored.expires_at:
            holds.extend(conn, stored.id, until)
        return _held(clinic, stored, max(until, stored.expires_at))

    return transaction(clinic.id, now, keep_on)


def release(clinic: Clinic, visitor: str, now: datetime) -> None:
    """Let go of the visitor's time; nothing happens where none is kept."""
    transaction(clinic.id, now, lambda conn: _let_go(conn, clinic, visitor, now))


def find_hold(clinic: Clinic, visitor: str, now: datetime) -> Held | None:
    """Return the time that is kept for a visitor."""
    stored = database.reading(lambda conn: holds.find_of_visitor(conn, clinic.id, visitor, now))
    return _held(clinic, stored, stored.expires_at) if stored else None


def _store(
    conn: Connection,
    clinic: Clinic,
    request: HoldRequest,
    ask: Ask,
    placed: Placed,
    now: datetime,
    first_held_at: datetime,
) -> Held:
    end = request.start + timedelta(minutes=ask.shape.minutes)
    expires_at = min(now + timedelta(minutes=clinic.policy.hold_minutes), _latest(clinic, first_held_at))
    hold_id = holds.add(
        conn,
        clinic.id,
        {
            "kind": "online",
            "visitor": request.visitor,
            "origin": request.origin,
            "service_id": clinic.service[request.service].id,
            "practitioner_id": placed.practitioner.id,
            "room_id": placed.room.id,
            "starts": request.start,
            "ends": end,
            "companion": ask.companion,
            "expires_at": expires_at,
            "first_held_at": first_held_at,
        },
    )
    expires = int(expires_at.timestamp())
    claims.add(conn, clinic.id, ("hold_id", hold_id), placed.claims, expires=expires)
    return Held(
        hold_id,
        request.service,
        request.start,
        end,
        placed.practitioner.code,
        ask.companion,
        expires_at,
        can_extend=expires_at < _latest(clinic, first_held_at),
    )


def _check_origin(conn: Connection, clinic: Clinic, origin: str | None, now: datetime) -> None:
    if origin and holds.count_from(conn, clinic.id, origin, now) >= HOLDS_PER_ORIGIN:
        raise TooMany("Several times are being kept from your connection. Please try again shortly.")


def _let_go(conn: Connection, clinic: Clinic, visitor: str, now: datetime) -> StoredHold | None:
    stored = holds.find_of_visitor(conn, clinic.id, visitor, now)
    if stored is not None:
        remove_hold(conn, clinic, stored.id)
    return stored


def remove_hold(conn: Connection, clinic: Clinic, hold_id: int) -> None:
    """Delete a hold with its claims."""
    claims.delete(conn, clinic.id, ("hold_id", hold_id))
    holds.remove(conn, hold_id)


def _latest(clinic: Clinic, first_held_at: datetime) -> datetime:
    return first_held_at + timedelta(minutes=LONGEST_HELD * clinic.policy.hold_minutes)


def _held(clinic: Clinic, stored: StoredHold, expires_at: datetime) -> Held:
    return Held(
        stored.id,
        stored.service,
        stored.starts,
        stored.ends,
        stored.practitioner,
        stored.companion,
        expires_at,
        can_extend=expires_at < _latest(clinic, stored.first_held_at),
    )
