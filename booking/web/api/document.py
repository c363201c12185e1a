"""The API's own description: OpenAPI 3.1, written by hand (docs/adr), served as it is."""

from importlib.resources import files

from flask import Response

from booking.web.api.blueprint import blueprint

DOCUMENT = files("booking.web.api").joinpath("openapi.json").read_bytes()


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Serve the description of every call and every problem."""
    return Response(DOCUMENT, content_type="application/json")
