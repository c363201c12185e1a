"""The notices that patients agree to or answer, each with the version that is stored (L04, L05).

Changing a text means changing its version: what somebody agreed to stays known.
"""

CONSENT_VERSION = "privacy-2026-11"
SAFETY_VERSION = "laser-2026-11"

SAFETY_ASKS = "Does any of these apply to you?"
SAFETY_CONDITIONS = (
    "Treatment close to the eyes: the beam must never reach them",
    "A known cancer in the area to be treated",
    "Pregnancy",
    "Epilepsy that flickering light can set off",
    "Treatment over the thyroid gland",
    "Medicine that makes the skin sensitive to light",
    "A steroid injection in that area in the last three weeks",
)
SAFETY_STORES = "We store only which of the two you choose, never a condition."
SAFETY_OK = "None of these apply to me"
SAFETY_CALL_ME = "One applies, or I'm not sure: please call me"

CONSENT = "I have read this and agree that my details are used for this visit."
