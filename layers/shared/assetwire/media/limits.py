"""The limits of what is decoded: checked against a file's header, before a decoder touches its pixels."""

from assetwire.domain.inspection import Problem
from assetwire.media.readers.facts import Facts

DECODING_BYTES = 640 * 1024**2
"""Bytes that decoding one master may hold at the most, estimated: what a child may hold, with a margin."""
LONGEST_EDGE = 65_535
"""Pixels of an edge at the most: what a JPEG can hold. Source: ITU-T T.81, frame header, 16-bit sizes."""
FRAMES = 10_000
"""Frames of an animation at the most."""
PAGES = 10_000
"""Pages of a document at the most."""
BOMB_BYTES = 100_000_000
"""Decoded bytes up to which a file may be as small as it likes."""
BOMB_RATIO = 1_100
"""Decoded bytes per byte of the file, above that: Deflate reaches 1,032 and no photograph 200."""


def refusal(facts: Facts, *, size: int, maximum_pixels: int) -> Problem | None:
    """Return the reason why a file of this size in bytes must not be decoded; None if there is none."""
    width, height = facts.width or 0, facts.height or 0
    if facts.encrypted:
        return Problem(code="encrypted", field="encrypted", message="it cannot be opened without a password")
    if width * height > maximum_pixels:
        return _problem("too_many_pixels", "width", f"{width} × {height} pixels are more than {maximum_pixels}")
    if max(width, height) > LONGEST_EDGE:
        message = f"an edge of {width} × {height} pixels is longer than {LONGEST_EDGE}"
        return _problem("edge_too_long", "width" if width >= height else "height", message)
    if facts.frames > FRAMES:
        return _problem("too_many_frames", "frames", f"{facts.frames} frames are more than {FRAMES}")
    if (facts.pages or 0) > PAGES:
        return _problem("too_many_pages", "pages", f"{facts.pages} pages are more than {PAGES}")
    if facts.decoded_bytes > max(BOMB_BYTES, BOMB_RATIO * size):
        message = f"{size} bytes would decode to {facts.decoded_bytes}"
        return _problem("decompression_bomb", "file", message)
    if facts.decoding_bytes > DECODING_BYTES:
        message = f"decoding would hold {facts.decoding_bytes} bytes, more than {DECODING_BYTES}"
        return _problem("too_much_memory", "width", message)
    if facts.refusal is not None:
        return _problem(facts.refusal[0], "file", facts.refusal[1])
    return None


def _problem(code: str, field: str, message: str) -> Problem:
    return Problem(code=code, field=field, message=message)
