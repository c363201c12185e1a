"""Languages that practitioners speak, by their code, named in English."""

NAMES = {
    "en": "English",
    "yue": "Cantonese",
    "zh": "Mandarin",
    "pa": "Punjabi",
    "ko": "Korean",
    "fa": "Persian",
    "fil": "Tagalog",
    "fr": "French",
    "ja": "Japanese",
    "vi": "Vietnamese",
    "hi": "Hindi",
    "es": "Spanish",
    "de": "German",
    "ar": "Arabic",
    "ru": "Russian",
    "pt": "Portuguese",
}


def language_name(code: str) -> str:
    """Return "Cantonese" for "yue"; a code that is not known stands for itself."""
    return NAMES.get(code, code)
