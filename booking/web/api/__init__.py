"""The JSON API under /api/v1 (contract.md)."""

from flask import Blueprint

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
