"""How large the races are: small enough for every run, larger by the environment.

``BOOKING_SLOW=1`` runs them at the size of an acceptance: 8 processes, 500 operations each,
1,000 random sequences. The other variables set one number each.
"""

import os

SLOW = os.environ.get("BOOKING_SLOW", "") not in ("", "0")


def _size(name: str, usual: int, slow: int) -> int:
    return int(os.environ.get(name) or (slow if SLOW else usual))


PROCESSES = _size("BOOKING_RACE_PROCESSES", 4, 8)
OPERATIONS = _size("BOOKING_RACE_OPERATIONS", 100, 500)
STAMPEDE = _size("BOOKING_RACE_REQUESTS", 50, 500)
ROUNDS = _size("BOOKING_RACE_ROUNDS", 30, 500)
CONTESTS = _size("BOOKING_RACE_CONTESTS", 12, 1000)
KILLS = _size("BOOKING_RACE_KILLS", 20, 200)
EXAMPLES = _size("BOOKING_RACE_EXAMPLES", 60, 1000)
KILL_STEP = _size("BOOKING_KILL_STEP", 8, 1)  # of a booking's writes, every eighth is killed at, or every one
CUTS = _size("BOOKING_POWER_CUTS", 60, 1000)
RESTARTS = _size("BOOKING_RESTARTS", 2, 20)
CONNECTION_CUTS = _size("BOOKING_CONNECTION_CUTS", 20, 20)
MAILS = _size("BOOKING_MAILS", 40, 300)
MAIL_KILLS = _size("BOOKING_MAIL_KILLS", 5, 15)
LOCK_SECONDS = _size("BOOKING_LOCK_SECONDS", 3, 14)
SILENCE_SECONDS = _size("BOOKING_SILENCE_SECONDS", 4, 8)
CROWD = _size("BOOKING_CROWD", 30, 500)
CROWD_SECONDS = _size("BOOKING_CROWD_SECONDS", 2, 10)
OVERLOAD_SECONDS = _size("BOOKING_OVERLOAD_SECONDS", 3, 30)
HURRY = 1 if SLOW else 5  # so many times sooner is the queue too long
SOAK_SECONDS = _size("BOOKING_SOAK_SECONDS", 8, 1200)
PAGES = _size("BOOKING_PAGES", 40, 2000)
VISITS_A_YEAR = _size("BOOKING_VISITS_A_YEAR", 200, 4000)
STEPS = 25
PATIENCE = max(240, PROCESSES * OPERATIONS // 2)  # seconds after which a race is given up as hung
SHRINK = bool(os.environ.get("BOOKING_RACE_SHRINK"))  # look for the shortest failing sequence
