"""The headers that every response carries, prebuilt as lists (reliability.md, A21)."""

from collections.abc import Iterable

Headers = list[tuple[str, str]]

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "object-src 'none'",
        "frame-src 'none'",
        "worker-src 'none'",
        "media-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
UNUSED = ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics", "interest-cohort")
TOKEN_PREFIXES = ("/appointment/", "/api/v1/appointments/", "/staff/link/")
STATIC_PREFIX = "/static/"
NO_STORE = ("Cache-Control", "no-store")


def has_token(path: str) -> bool:
    """Say whether the address itself is a secret (L14)."""
    return path.startswith(TOKEN_PREFIXES)


class HeaderLists:
    """The lists for one deployment: public pages, pages whose address is a secret, static files."""

    def __init__(self, *, https: bool) -> None:
        always = list(_always(https))
        self.page: Headers = [*always, ("Referrer-Policy", "same-origin")]
        self.token: Headers = [
            *always,
            ("Referrer-Policy", "no-referrer"),
            ("X-Robots-Tag", "noindex, nofollow, noarchive"),
        ]

    def of(self, path: str) -> Headers:
        """Return the list for a path; do not change it."""
        return self.token if has_token(path) else self.page


def has_cache_rule(headers: Iterable[tuple[str, str]]) -> bool:
    """Say whether the response already says how it may be cached."""
    return "Cache-Control" in dict(headers)


def _always(https: bool) -> Iterable[tuple[str, str]]:
    yield "Content-Security-Policy", f"{POLICY}; upgrade-insecure-requests" if https else POLICY
    yield "X-Content-Type-Options", "nosniff"
    yield "X-Frame-Options", "DENY"
    yield "Cross-Origin-Opener-Policy", "same-origin"
    yield "Cross-Origin-Resource-Policy", "same-origin"
    yield "Permissions-Policy", ", ".join(f"{name}=()" for name in UNUSED)
    if https:
        yield "Strict-Transport-Security", "max-age=63072000; includeSubDomains"
