"""The limit: an empty Flask view that answers JSON, on the same server."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def nothing() -> dict[str, bool]:
    """Answer as little as a JSON view can."""
    return {"ok": True}
