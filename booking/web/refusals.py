"""One table: what a refusal is called, its status, what a page says and what a program is told."""

from collections.abc import Mapping
from dataclasses import dataclass

from booking.wording.language import N_

PAGE = "errors/page.html"
LATER = "Nothing was changed. Try again after the seconds of Retry-After."


@dataclass(frozen=True)
class Answer:
    """How one code is answered; ``retry_after`` in seconds.

    ``says`` tells people what to do, ``tells`` programs where that is something else; both give way
    to what a rule has said.
    """

    status: int
    title: str
    says: str
    template: str = PAGE
    retry_after: int | None = None
    tells: str = ""


ANSWERS: Mapping[str, Answer] = {
    "invalid": Answer(
        422, N_("Some fields need another look"), N_("Please go back and check what was entered.")
    ),
    "not_offered": Answer(
        409, N_("That time is not offered"), N_("Please choose another time, or call us and we will help.")
    ),
    "slot_taken": Answer(
        409, N_("That time has just been taken"), N_("Nothing was booked. Please choose another time.")
    ),
    "key_reused": Answer(
        422,
        N_("This form was already used"),
        N_("It has booked a visit before. Please start again for another."),
    ),
    "too_late": Answer(
        403,
        N_("It is too late to change this online"),
        N_("Nothing was changed. Please call us and we will help."),
    ),
    "unauthorized": Answer(
        401,
        N_("Please sign in"),
        N_("This needs a staff member's token in the Authorization header."),
        tells="Send a staff member's token: Authorization: Bearer TOKEN.",
    ),
    "signed_out": Answer(
        401,
        N_("You were signed out"),
        N_("Nothing was changed. Go back to keep what you typed, sign in in another tab, and send it again."),
    ),
    "forbidden": Answer(
        403, N_("This is not for your account"), N_("Please ask an admin of the clinic if you need it.")
    ),
    "not_found": Answer(
        404,
        N_("There is nothing here"),
        N_("The address may be incomplete or out of date."),
        tells="GET /api/v1/openapi.json lists every address.",
    ),
    "stale": Answer(
        409,
        N_("This has changed in the meantime"),
        N_("Please load the page again to see how it stands now."),
    ),
    "too_many": Answer(
        429,
        N_("Too many at once"),
        N_("Please wait a little and try again, or call us."),
        retry_after=600,
        tells=LATER,
    ),
    "busy": Answer(
        503,
        N_("We could not save that just now"),
        N_("Nothing was changed. Please try again in a moment."),
        retry_after=5,
        tells=LATER,
    ),
    "overloaded": Answer(
        503,
        "Many people are here just now",  # said by the gate, before a language is known
        "Nothing was changed. Please try again in a moment.",
        retry_after=5,
        tells=LATER,
    ),
    "form_expired": Answer(
        400,
        N_("This page was open for too long"),
        N_("Nothing was sent. Please load it again and try once more."),
    ),
    "wrong_host": Answer(
        400,
        N_("That address is not ours"),
        N_("Please use the address that we gave you."),
        tells="Use the clinic's own address.",
    ),
    "malformed": Answer(
        400,
        N_("We could not read that"),
        N_("The request was incomplete or damaged."),
        tells="The request was incomplete or damaged. A body is one JSON object in UTF-8.",
    ),
    "method_not_allowed": Answer(
        405,
        N_("That does not work here"),
        N_("Please go back and try another way."),
        tells="Allow names the methods of this address.",
    ),
    "too_large": Answer(
        413,
        N_("That was too much to send"),
        N_("Please go back and send less."),
        tells="A request has at most 64 kB.",
    ),
    "unsupported_media_type": Answer(
        415,
        N_("We could not read that kind of data"),
        N_("Please go back and use the form."),
        tells="Send application/json.",
    ),
    "failed": Answer(
        500,
        N_("Something went wrong on our side"),
        N_("Please try again in a moment, or call us and we will help."),
        tells="Try again in a moment. Name request_id to the clinic if it happens again.",
    ),
}
BY_STATUS: Mapping[int, str] = {
    401: "unauthorized",
    400: "malformed",
    403: "not_found",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many",
    503: "busy",
}
