"""A text as a QR code: the shape that a page draws, so that no other site sees the text."""

from itertools import groupby

import segno

QUIET_ZONE = 4  # modules of white around it, without which cameras do not find it (ISO/IEC 18004)


def shape_of(text: str) -> tuple[int, str]:
    """Return a code's width in modules, quiet zone included, and its dark modules as an SVG path."""
    rows = list(segno.make_qr(text, error="m").matrix_iter(border=QUIET_ZONE))
    return len(rows), "".join(_line(y, bytes(row)) for y, row in enumerate(rows))


def _line(y: int, row: bytes) -> str:
    parts, x = [], 0
    for is_dark, run in groupby(row):
        long = len(list(run))
        if is_dark:
            parts.append(f"M{x} {y}h{long}v1h-{long}z")
        x += long
    return "".join(parts)
