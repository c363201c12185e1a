"""What is kept about patients, why, for how long, and who sees it (L01, L02)."""

from booking.web.patients.blueprint import blueprint, here, show
from booking.wording.notices import CONSENT_VERSION


@blueprint.get("/privacy")
def privacy() -> str:
    """Show the privacy notice."""
    return show("privacy", here(), version=CONSENT_VERSION)
