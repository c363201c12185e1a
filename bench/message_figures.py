"""Messages in bulk: none lost, none doubled, soon there, and nobody's slots slower for it."""

import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import create_engine, text

from bench.client import get
from bench.databases import FOLDER, Stored, scratch, today
from bench.mail_sink import mail_sink
from bench.servers import SECRET_KEY, Server, serving, working
from booking import clock
from booking.actions.clinics import get_clinic
from booking.factory import create_app
from booking.records import appointments, database, messages
from booking.records.transaction import Connection, transaction
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.zone import zone_data_version
from booking.wording.letter import Letter
from config import read_settings

Figure = tuple[str, float, float, str]
DUE, WORKERS, KILLS = 1000, 4, 15
MANY = 5000
SPREAD, EACH_SECOND = 200, 10  # messages that become due one after the other, for the lag
START_SECONDS = 5.0  # for a worker to be up
LEASE_SECONDS = 120
FIRST_VISITS_IN = timedelta(days=10)
SLOT_CALLS, SLOT_ROUNDS = 200, 5


def measure(stored: Stored) -> list[Figure]:
    """Return (name, value, at most, format) of every figure about messages."""
    with scratch(stored) as copy:
        outbox = Outbox(copy.url)
        return [
            *_in_bulk(outbox, kills=0),
            *_in_bulk(outbox, kills=KILLS),
            _lag(outbox),
            *_many(outbox),
        ]


class Outbox:
    """The outbox of a filled database, to plan messages in and to wait for."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = create_engine(url)
        self.number = 0

    def plan(self, due: list[datetime], kind: str = "confirmation") -> list[str]:
        """Plan a message of a kind for each due time and return the addresses."""
        environ = {"SECRET_KEY": SECRET_KEY, "DATABASE_URL": self.url, "BASE_URL": "http://127.0.0.1"}
        app = create_app(read_settings(environ, FOLDER))
        try:
            with app.app_context():
                clinic = get_clinic(None)
                self.number += 1
                return transaction(clinic.id, clock.now(), lambda conn: self._plan(conn, clinic, due, kind))
        finally:
            database.close(app)

    def _plan(self, conn: Connection, clinic: Clinic, due: list[datetime], kind: str) -> list[str]:
        conn.execute(text("UPDATE message SET state = 'skipped' WHERE state = 'planned'"))
        after = datetime.combine(today(), datetime.min.time()) + FIRST_VISITS_IN
        query = text(
            "SELECT id FROM appointment WHERE starts > :after AND status = 'booked' ORDER BY id LIMIT :n"
        )
        ids = conn.execute(query, {"after": after.isoformat(" "), "n": len(due)}).scalars()
        visits = appointments.list_by_id(conn, clinic.id, list(ids))
        addresses = []
        for number, at in enumerate(due):
            visit = visits[number % len(visits)]
            addresses.append(f"m{self.number}-{number}@example.com")
            row = {"kind": kind, "state": "planned", "reason": None, "planned_for": at}
            row["dedupe_key"] = addresses[-1]
            messages.add_all(conn, _shared(clinic, visit, addresses[-1]), [row])
        return addresses

    def waiting(self) -> int:
        """Return how many messages have not left."""
        with self.engine.connect() as conn:
            query = text("SELECT count(*) FROM message WHERE state IN ('planned', 'sending')")
            found: int = conn.execute(query).scalar_one()
            return found

    def wait_until_empty(self, seconds: float) -> float:
        """Return after how many seconds nothing waits any more."""
        began = time.monotonic()
        while self.waiting():
            if time.monotonic() > began + seconds:
                raise RuntimeError(f"{self.waiting()} messages still wait after {seconds:.0f} s")
            time.sleep(0.2)
        return time.monotonic() - began


def _shared(clinic: Clinic, visit: Visit, address: str) -> dict[str, object]:
    now = clock.now()
    return {
        "clinic_id": clinic.id,
        "appointment_id": visit.id,
        "recipient": address,
        "language": visit.patient.language,
        "snapshot": Letter.about(clinic, visit, now).as_json(),
        "sequence": 0,
        "zone_data": zone_data_version(),
        "created_at": now,
    }


class _Killer:
    """Kills the worker whose message has just come in, now and then, and starts another."""

    def __init__(self, start: Callable[[str], subprocess.Popen[bytes]], kills: int) -> None:
        self.start, self.left, self.seen = start, kills, 0
        self.workers = {f"w{n}": start(f"w{n}") for n in range(WORKERS)}

    def on_received(self, name: str) -> None:
        self.seen += 1
        if self.left and self.seen % (DUE // (KILLS + 2)) == 0 and name in self.workers:
            self.left -= 1
            self.workers.pop(name).kill()
            self.workers[f"k{self.left}"] = self.start(f"k{self.left}")


def _in_bulk(outbox: Outbox, kills: int) -> list[Figure]:
    now = clock.now()
    addresses = outbox.plan([now] * DUE)
    with mail_sink() as sink, ExitStack() as stack:
        killer = _Killer(lambda name: stack.enter_context(working(outbox.url, sink.port, name)), kills)
        sink.on_received = killer.on_received
        outbox.wait_until_empty(300 + LEASE_SECONDS)
    times = Counter(recipient for recipient, _, _ in sink.received)
    ids = {(recipient, identity) for recipient, identity, _ in sink.received}
    doubled = sum(times.values()) - len(times)
    how = f"{DUE:,} messages, {WORKERS} workers, {kills} kills"
    return [
        (f"{how}: lost", len(set(addresses) - set(times)), 0, "{:.0f}"),
        (f"{how}: doubled", doubled, kills - killer.left, "{:.0f}"),
        (f"{how}: with another Message-ID", len(ids) - len(times), 0, "{:.0f}"),
    ]


def _lag(outbox: Outbox) -> Figure:
    """Measure from a message's due time to the server's answer, one worker being idle before."""
    begin = clock.now() + timedelta(seconds=START_SECONDS + 2)
    due = [begin + timedelta(seconds=n / EACH_SECOND) for n in range(SPREAD)]
    addresses = outbox.plan(due)
    with mail_sink() as sink, working(outbox.url, sink.port, "lag"):
        outbox.wait_until_empty(120)
    came = {recipient: at for recipient, _, at in sink.received}
    lags = sorted(came[address] - at.timestamp() for address, at in zip(addresses, due, strict=True))
    return ("a message's lag, p99 in s", lags[int(len(lags) * 0.99)], 2, "{:.2f}")


def _many(outbox: Outbox) -> list[Figure]:
    """Measure 5,000 reminders beside somebody who asks for slots all the time (L5)."""
    with serving("wsgi:app", outbox.url) as server, mail_sink() as sink:
        alone = _slots(server)
        outbox.plan([clock.now()] * MANY, "reminder_48")
        began = time.monotonic()
        with working(outbox.url, sink.port, "many"):
            time.sleep(START_SECONDS)
            beside = _slots(server)
            if not outbox.waiting():
                raise RuntimeError("the messages had left before the slots were measured")
            outbox.wait_until_empty(600)
        minutes = (time.monotonic() - began) / 60
    if len(sink.received) != MANY:
        raise RuntimeError(f"{len(sink.received)} of {MANY} reminders were sent")
    return [
        (f"L5: {MANY:,} reminders, in minutes", minutes, 5, "{:.1f}"),
        ("L5: slots' requests/s lost meanwhile", max(0.0, 1 - alone.mean / beside.mean), 0.2, "{:.0%}"),
        ("L5: slots' p99 longer meanwhile", max(0.0, beside.p99 / alone.p99 - 1), 0.2, "{:.0%}"),
    ]


@dataclass(frozen=True)
class _Slots:
    """How long calls for slots took, in seconds."""

    mean: float
    p99: float


def _slots(server: Server) -> _Slots:
    """Return the best of some rounds: what else runs on the machine only takes away."""
    first = today() + timedelta(days=9)
    path = f"/api/v1/slots?service=laser-45&from={first}&to={first + timedelta(days=6)}"
    rounds = [_seconds(server, path) for _ in range(SLOT_ROUNDS)]
    return _Slots(
        mean=min(sum(times) / len(times) for times in rounds),
        p99=min(sorted(times)[int(len(times) * 0.99)] for times in rounds),
    )


def _seconds(server: Server, path: str) -> list[float]:
    answers = [get(server.port, path) for _ in range(SLOT_CALLS)]
    if any(answer.status != 200 for answer in answers):
        raise RuntimeError(f"{path} was not answered")
    return [answer.seconds for answer in answers]
