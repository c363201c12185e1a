"""Lead on to another page once a form was sent."""

from flask import Response


def see_other(address: str) -> Response:
    """Answer 303 with nothing in it: Flask's note would be in English, whatever the page speaks (L43)."""
    return Response(status=303, headers={"Location": address})
