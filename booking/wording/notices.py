"""The notices that patients agree to or answer, each with the version that is stored (L04, L05).

Changing a text means changing its version: what somebody agreed to stays known.
"""

from booking.wording.language import N_

CONSENT_VERSION = "privacy-2026-11"
SAFETY_VERSION = "laser-2026-11"

SAFETY_ASKS = N_("Does any of these apply to you?")
SAFETY_CONDITIONS = (
    N_("Treatment close to the eyes: the beam must never reach them"),
    N_("A known cancer in the area to be treated"),
    N_("Pregnancy"),
    N_("Epilepsy that flickering light can set off"),
    N_("Treatment over the thyroid gland"),
    N_("Medicine that makes the skin sensitive to light"),
    N_("A steroid injection in that area in the last three weeks"),
)
SAFETY_STORES = N_("We store only which of the two you choose, never a condition.")
SAFETY_OK = N_("None of these apply to me")
SAFETY_CALL_ME = N_("One applies, or I'm not sure: please call me")

CONSENT = N_("I have read this and agree that my details are used for this visit.")
