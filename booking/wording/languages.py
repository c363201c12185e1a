"""Languages that practitioners speak, by their code."""

from booking.wording.language import N_, _

NAMES = {
    "en": N_("English"),
    "yue": N_("Cantonese"),
    "zh": N_("Mandarin"),
    "pa": N_("Punjabi"),
    "ko": N_("Korean"),
    "fa": N_("Persian"),
    "fil": N_("Tagalog"),
    "fr": N_("French"),
    "ja": N_("Japanese"),
    "vi": N_("Vietnamese"),
    "hi": N_("Hindi"),
    "es": N_("Spanish"),
    "de": N_("German"),
    "ar": N_("Arabic"),
    "ru": N_("Russian"),
    "pt": N_("Portuguese"),
}


def language_name(code: str) -> str:
    """Return "Cantonese" for "yue"; a code that is not known stands for itself."""
    return _(NAMES[code]) if code in NAMES else code
