"""What nobody at the desk may miss: mail that does not go out, times that cannot be trusted."""

from datetime import datetime

from booking.actions.desk_counts import Counts
from booking.actions.health import zone_data
from booking.actions.reminders import overdue
from booking.scheduling.clinic import Clinic
from booking.scheduling.zone import to_wall
from booking.wording.dates import time_words, when_words


def list_alarms(clinic: Clinic, counts: Counts, now: datetime) -> tuple[str, ...]:
    """Return one sentence for each alarm; none on a good day, which costs no statement.

    Args: ``counts`` as just counted.
    """
    found = []
    if not zone_data().ok:
        found.append(
            "This computer's time zone data is too old for British Columbia. No mail leaves until it is"
            " renewed. Times on this page are the clinic's and stay right."
        )
    late = overdue(clinic, now) if counts.late_reminders else None
    if late and late.is_alarm:
        today = to_wall(now, clinic.zone)
        since = late.since or today
        words = time_words(since) if since.date() == today.date() else when_words(since)
        found.append(
            f"{late.sent} of {late.planned} reminders went out since {words}: look at the messages, and call"
            " who comes soon."
        )
    return tuple(found)
