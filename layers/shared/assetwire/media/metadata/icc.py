"""Read the name of an ICC profile, and nothing else of it.

Source: ICC.1:2022, sections 7.2 (header), 7.3 (tag table), 10.15 (multiLocalizedUnicodeType); ICC.1:2001, 6.5.17
(textDescriptionType).
"""

import struct

from assetwire.media.metadata.blocks import Malformed
from assetwire.media.metadata.exif import decoded

_HEADER, _MOST_TAGS, _LONGEST = 128, 200, 200


def profile_name(data: bytes) -> str | None:
    """Return a profile's description, English where there are several; None if it has none.

    Raises:
        Malformed: it is no profile, or its description lies outside.
    """
    if len(data) < _HEADER + 4 or data[36:40] != b"acsp":
        raise Malformed("not an ICC profile")
    (count,) = struct.unpack_from(">I", data, _HEADER)
    for index in range(min(count, _MOST_TAGS)):
        at = _HEADER + 4 + 12 * index
        if at + 12 > len(data):
            raise Malformed("the profile's table of tags lies outside")
        signature, offset, size = struct.unpack_from(">4sII", data, at)
        if signature == b"desc":
            if offset + size > len(data):
                raise Malformed("the profile's description lies outside")
            name = _description(data[offset : offset + size])
            return "".join(letter for letter in name if letter.isprintable()).strip()[:_LONGEST] or None
    return None


def _description(tag: bytes) -> str:
    if tag[:4] == b"desc" and len(tag) >= 12:
        length = int.from_bytes(tag[8:12], "big")
        return decoded(tag[12 : 12 + min(length, len(tag))].split(b"\0")[0])
    if tag[:4] == b"text":
        return decoded(tag[8:].split(b"\0")[0])
    if tag[:4] != b"mluc" or len(tag) < 16:
        raise Malformed("the profile's description is of no known type")
    count, size = struct.unpack_from(">II", tag, 8)
    names: dict[bytes, str] = {}
    for index in range(min(count, 100)):
        at = 16 + index * max(size, 12)
        if at + 12 > len(tag):
            break
        language, _country, length, offset = struct.unpack_from(">2s2sII", tag, at)
        names.setdefault(language, tag[offset : offset + min(length, 2 * _LONGEST)].decode("utf-16-be", "replace"))
    if not names:
        raise Malformed("the profile's description has no text")
    return names.get(b"en", next(iter(names.values())))
