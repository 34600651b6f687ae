"""Write EXIF: a TIFF structure that names the owner, the author and what is shown, and nothing of a camera.

Strings are UTF-8 under the type ASCII, as nearly every program writes and reads them. EXIF 3.0 has a type of its own
for UTF-8, which programs older than 2023 skip. Source: CIPA DC-008-2023 (Exif 3.0), 4.6.2 and 4.6.4.
"""

import struct
from collections.abc import Mapping
from typing import Any

from assetwire.media.inscribe.texts import cut, in_one_language

_LONGEST = 8_000
"""Bytes of one text at the most, so that all fit into a JPEG's segment."""
_ASCII = 2
_TAGS = (
    (0x010E, "alt_text"),  # ImageDescription
    (0x013B, "creator"),  # Artist
    (0x8298, "copyright_notice"),  # Copyright
)


def tags(fields: Mapping[str, Any]) -> dict[int, bytes]:
    """Return the strings of EXIF's tags, by the number of the tag, each with its closing zero."""
    found = {}
    for tag, name in _TAGS:
        text = _text(fields.get(name)).replace("\0", "")
        if text:
            found[tag] = cut(text, _LONGEST) + b"\0"
    return found


def structure(found: Mapping[int, bytes]) -> bytes:
    """Return a TIFF structure with one directory of these strings."""
    at = 8 + 2 + 12 * len(found) + 4
    directory, values = struct.pack("<H", len(found)), b""
    for tag, value in sorted(found.items()):
        entry = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack("<I", at + len(values))
        directory += struct.pack("<HHI", tag, _ASCII, len(value)) + entry
        if len(value) > 4:
            values += value + b"\0" * (len(value) % 2)
    return b"II*\0\x08\0\0\0" + directory + b"\0\0\0\0" + values


def _text(value: Any) -> str:
    if value is None:
        return ""
    return "; ".join(map(str, value)) if isinstance(value, list | tuple) else in_one_language(value)
