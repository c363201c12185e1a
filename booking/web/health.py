"""Is the process alive, and can it serve."""

from flask import Blueprint, Response

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer as long as the process does; nothing else is asked."""
    return Response('{"status":"ok"}', content_type="application/json")
