"""Is the process alive, and can it serve."""

from flask import Blueprint, Response, jsonify

from booking.actions.health import checks
from booking.house import house

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
