"""``make plots``: what a look at free times, a day's page and a booking cost, and how that grows.

Writes ``docs/img/*.svg`` and prints the figures. Requests are made inside one process, in
rounds that ask every variant once. Processor time is taken, of this process and of the
server's, and the least of all rounds counts: what else runs on the machine only adds. Only
the charts of people at once go through the shipped server, and are of real seconds.
``--quick`` leaves 1,000,000 stored visits out.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count

from flask.testing import FlaskClient

from bench import profiles
from bench.client import get
from bench.clinic import generated_clinic
from bench.databases import FOLDER, Stored, postgresql, scratch, sqlite, today
from bench.history import year
from bench.plot import Lines, Shares
from bench.processor import clock_of
from bench.servers import SECRET_KEY, serving
from bench.store import store
from booking import clock
from booking.actions.clinics import get_clinic
from booking.actions.set_up import load_setup
from booking.factory import create_app
from booking.records import database
from config import ROOT, read_settings
from tests.staff import member, sign_in_by

IMAGES = ROOT / "docs" / "img"
ROUNDS = 25
BASE = "http://127.0.0.1"
SIZES = {"none": "0", "50k": "50,000", "200k": "200,000", "1m": "1,000,000"}
TEAMS = {2: (1, 1), 8: (3, 5), 16: (6, 10), 30: (12, 18)}  # acupuncturists, therapists
DAYS = (1, 7, 28, 91)
CROWDS = (1, 2, 4, 8, 16, 32)
CROWD_SECONDS = 4.0
APART = 75


@dataclass
class Place:
    """One variant: a browser of an application on a database, and what it can be asked."""

    client: FlaskClient
    change: Callable[[], object]
    starts: Iterator[str]
    number: Iterator[int]
    processor: Callable[[], float]

    def slots(self, days: int = 7) -> None:
        """Ask for free times of anyone, nothing being kept from before."""
        first = today() + timedelta(days=0 if days > 80 else 9)
        last = first + timedelta(days=days - 1)
        self._get(f"/api/v1/slots?service=needle-followup&from={first}&to={last}")

    def page(self) -> None:
        """Open a week's free times."""
        self._get(f"/book/needle-followup?from={today() + timedelta(days=9)}")

    def day(self) -> None:
        """Open a day at the desk."""
        self._get(f"/desk/{today() + timedelta(days=2)}")

    def book(self) -> None:
        """Book the next free time."""
        number = next(self.number)
        patient = {
            "name": f"P {number}",
            "email": f"grow{number}@example.com",
            "phone": None,
            "language": None,
        }
        wish = {"service": "needle-followup", "start": next(self.starts), "practitioner": None}
        said = {"first_visit": False, "companion": False, "safety": None, "consent": True}
        body = {**wish, **said, "patient": patient}
        answer = self.client.post("/api/v1/appointments", json=body)
        if answer.status_code != 201:
            raise RuntimeError(answer.get_data(as_text=True))

    def _get(self, path: str) -> None:
        if self.client.get(path).status_code != 200:
            raise RuntimeError(path)


Question = Callable[[Place], None]
ASKED: dict[str, Question] = {
    "a week's free times": Place.slots,
    "their page": Place.page,
    "a day at the desk": Place.day,
    "a booking": Place.book,
}


def place(stored: Stored) -> Place:
    """Open an application on a database, with a browser that is signed in."""
    environ = {"SECRET_KEY": SECRET_KEY, "DATABASE_URL": stored.url, "BASE_URL": BASE, "RATE_LIMITS": "off"}
    app = create_app(read_settings(environ, FOLDER))
    client = app.test_client()
    email = f"grow{clock.now().timestamp():.6f}@example.com"
    sign_in_by(client, member(app, "reception", email))
    first = today() + timedelta(days=2)
    path = f"/api/v1/slots?service=needle-followup&from={first}&to={first + timedelta(days=86)}"
    found = client.get(path).json["slots"]
    opened = Place(
        client, stored.change(), _apart([slot["start"][:16] for slot in found]), count(_now()), float
    )
    for ask in ASKED.values():
        ask(opened)  # opens every connection
    opened.processor = clock_of(stored)
    return opened


def _now() -> int:
    """Return where to begin to number people: nobody of an earlier run may be in two places at once."""
    return int(clock.now().timestamp()) * 1000


def _apart(starts: list[str]) -> Iterator[str]:
    free_from = ""
    for start in starts:
        if start >= free_from:
            free_from = (datetime.fromisoformat(start) + timedelta(minutes=APART)).isoformat()[:16]
            yield start


def best(asked: Mapping[str, tuple[Place, Question]]) -> dict[str, float]:
    """Return each one's processor time in ms, the least of interleaved rounds; nothing is kept before."""
    found: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(ROUNDS):
        for name, (where, ask) in asked.items():
            where.change()
            began = where.processor()
            ask(where)
            found[name].append((where.processor() - began) * 1000)
    return {name: min(times[2:]) for name, times in found.items()}


def _grown(places: Mapping[str, Place]) -> dict[str, list[float]]:
    """Return for each question its milliseconds at every place."""
    found = best(
        {f"{name}|{at}": (where, ask) for name, ask in ASKED.items() for at, where in places.items()}
    )
    return {name: [found[f"{name}|{at}"] for at in places] for name in ASKED}


def stored_visits(sizes: list[str]) -> None:
    """Draw what everything costs with more and more visits stored, on each engine."""
    for engine, make in (("sqlite", sqlite), ("postgresql", postgresql)):
        found = {}
        for size in sizes:
            whole = make(size)
            if whole is None:
                return
            found[SIZES[size]] = place(whole)
        series = _grown(found)
        _draw(
            f"Stored visits, {whole.engine}", f"growth-visits-{engine}", "stored visits", list(found), series
        )


def people_and_days() -> None:
    """Draw what everything costs with more people who work there, and with more days asked for."""
    teams = {str(people): place(_team(people)) for people in TEAMS}
    found = _grown(teams)
    _draw("People who work there (SQLite)", "growth-people", "practitioners", list(teams), found)
    found = best({f"{days}": (teams["30"], partial(Place.slots, days=days)) for days in DAYS})
    one = {"free times": list(found.values())}
    _draw("Days that are asked for, of 12 people (SQLite)", "growth-days", "days", list(found), one)


def _team(people: int) -> Stored:
    """Return a database of a clinic with so many people, its next hundred days filled alike."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"team{people}.db"
    for old in FOLDER.glob(f"{path.name}*"):
        old.unlink()
    stored = Stored("SQLite", str(people), f"sqlite:///{path}")
    environ = {"SECRET_KEY": SECRET_KEY, "DATABASE_URL": stored.url}
    app = create_app(read_settings(environ, FOLDER))
    with app.app_context():
        from flask_migrate import upgrade

        upgrade()
        load_setup(generated_clinic(*TEAMS[people]), clock.now())
        clinic = get_clinic(None)
    database.close(app)
    last: date = today() + timedelta(days=90)
    store(stored.url, clinic, year(clinic, last, people * 150, length=98), 1)
    return stored


def crowds() -> None:
    """Draw how many pages a second are served to more and more people at once, and how long they wait."""
    with scratch(sqlite("50k")) as copy, serving("wsgi:app", copy.url) as server:
        asked = [f"/book/rmt-60?from={today() + timedelta(days=n)}" for n in range(80)]
        found = {str(people): _crowd(server.port, asked, people) for people in CROWDS}
    rates, medians, slowest = (list(column) for column in zip(*found.values(), strict=True))
    _draw(
        "Pages a second, to so many people at once",
        "crowd-rate",
        "people",
        list(found),
        {"pages/s": rates},
        "",
    )
    waits = {"99 of 100": slowest, "half of them": medians}
    _draw("Wait for a page, with so many people at once", "crowd-wait", "people", list(found), waits)


def _crowd(port: int, paths: list[str], people: int) -> tuple[float, float, float]:
    until = time.monotonic() + CROWD_SECONDS
    number = count()

    def one(_: int) -> list[float]:
        times = []
        while time.monotonic() < until:
            answer = get(port, paths[next(number) % len(paths)])
            if answer.status != 200:
                raise RuntimeError(f"{answer.status}")
            times.append(answer.seconds * 1000)
        return times

    with ThreadPoolExecutor(people) as pool:
        times = sorted(each for found in pool.map(one, range(people)) for each in found)
    return len(times) / CROWD_SECONDS, times[len(times) // 2], times[int(len(times) * 0.99)]


def where_time_goes() -> None:
    """Draw which part of the program the time is spent in."""
    for engine, make in (("sqlite", sqlite), ("postgresql", postgresql)):
        whole = make("50k")
        if whole is None:
            return
        where = place(whole)
        shares = {name: profiles.shares(partial(ask, where), where.change) for name, ask in ASKED.items()}
        for name, each in shares.items():
            total = sum(each.values())
            print(f"  {name}: " + ", ".join(f"{part} {value / total:.0%}" for part, value in each.items()))
        title = f"Where the time goes, {whole.engine}, 50,000 visits stored"
        Shares(title, shares).write(IMAGES / f"time-{engine}.svg")


def _draw(
    title: str,
    name: str,
    across: str,
    places: list[str],
    series: Mapping[str, list[float]],
    unit: str = "ms",
) -> None:
    print(f"{title}: {', '.join(places)} {across}")
    for each, values in series.items():
        print(f"  {each}: {', '.join(f'{value:.2f}' for value in values)} {unit}")
    Lines(title, places, across, unit, series).write(IMAGES / f"{name}.svg")


def main() -> None:
    """Measure and draw everything."""
    parser = argparse.ArgumentParser(prog="bench.growth", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=("visits", "people", "crowds", "time"))
    options = parser.parse_args()
    sizes = [size for size in SIZES if not (options.quick and size == "1m")]
    charts = {
        "visits": lambda: stored_visits(sizes),
        "people": people_and_days,
        "crowds": crowds,
        "time": where_time_goes,
    }
    for name, draw in charts.items():
        if options.only in (None, name):
            draw()


if __name__ == "__main__":
    main()
