"""Write IPTC-IIM: a stream of datasets in UTF-8, and the block of Photoshop's resources that carries it in a JPEG.

Sources: IPTC-NAA Information Interchange Model, version 4.2, chapters 1.6, 5 and 6; Adobe Photoshop File Formats
Specification, Image Resource Blocks.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from assetwire.domain.metadata import FIELDS, Type
from assetwire.media.inscribe.texts import cut, in_one_language
from assetwire.media.metadata.iptc import LONGEST

_UTF_8, _VERSION = b"\x1b%G", b"\0\4"
_MOST_REPEATED = 100
"""Datasets of one list at the most."""


def datasets(fields: Mapping[str, Any]) -> bytes:
    """Return the stream of those fields that IIM knows, each cut to the standard's length; empty if it knows none."""
    known = sorted((_number(FIELDS[name].iim), name) for name in fields if FIELDS[name].iim)
    if not known:
        return b""
    stream = _dataset((1, 90), _UTF_8) + _dataset((2, 0), _VERSION)
    for number, name in known:
        for text in _texts(name, fields[name]):
            stream += _dataset(number, cut(text, LONGEST[name]))
    return stream


def resources(stream: bytes) -> bytes:
    """Return Photoshop's block with a stream of datasets, and the digest that says that XMP was written with it."""
    digest = hashlib.md5(stream, usedforsecurity=False).digest()
    return _resource(0x0404, stream) + _resource(0x0425, digest)


def _texts(name: str, value: Any) -> list[str]:
    if FIELDS[name].type is Type.LIST:
        return [str(each) for each in value[:_MOST_REPEATED]]
    return [in_one_language(value)]


def _number(written: str) -> tuple[int, int]:
    record, _, number = written.partition(":")
    return int(record), int(number)


def _dataset(number: tuple[int, int], content: bytes) -> bytes:
    return bytes((0x1C, *number)) + len(content).to_bytes(2, "big") + content


def _resource(number: int, content: bytes) -> bytes:
    head = b"8BIM" + number.to_bytes(2, "big") + b"\0\0" + len(content).to_bytes(4, "big")
    return head + content + b"\0" * (len(content) % 2)
