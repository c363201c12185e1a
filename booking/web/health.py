"""Is the process alive, and can it serve."""

import hmac

from flask import Blueprint, Response, jsonify, request

from booking.actions.health import checks
from booking.actions.metrics import KIND, exposition
from booking.house import house
from booking.web.errors import Refused

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer as long as the process does; nothing else is asked."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Answer 200 when all is well, else 503 naming what is not."""
    found = checks(house().now())
    ready = all(check.ok for check in found)
    answer = {
        "status": "ok" if ready else "failing",
        "failing": [check.name for check in found if not check.ok],
        "checks": {check.name: {"ok": check.ok, "says": check.says} for check in found},
    }
    return jsonify(answer), 200 if ready else 503


@blueprint.get("/metrics")
def metrics() -> Response:
    """Return numbers for Prometheus, for who brings METRICS_TOKEN; there is no such page without one.

    Raises:
        Refused: no token is set, or another was brought.
    """
    token = house().metrics_token
    if token is None:
        raise Refused("not_found")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise Refused("unauthorized")
    return Response(exposition(house().now()), content_type=KIND)
