"""Read all metadata of a file: find the blocks, read each, bring them together, keep it small."""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from assetwire.domain.inspection import Problem
from assetwire.domain.metadata import Conflict, FieldValue, Origin
from assetwire.media.metadata.blocks import Blocks, Malformed, Source
from assetwire.media.metadata.exif import Exif, read_exif
from assetwire.media.metadata.icc import profile_name
from assetwire.media.metadata.iptc import read_iptc
from assetwire.media.metadata.locate import locate, pieces
from assetwire.media.metadata.merge import merged
from assetwire.media.metadata.rdf import parse_rdf_within
from assetwire.media.metadata.values import shape
from assetwire.media.metadata.xmp import Packet, packet_of, parse_xmp

MOST_BYTES = 64 * 1024
"""Bytes of all fields together, as JSON; the same again of all overruled values."""
_NOTHING_READ = Exif({}, {}, {}, {}, ())
_Read = TypeVar("_Read")


class Extracted(NamedTuple):
    """What a file says about itself."""

    fields: dict[str, FieldValue]
    conflicts: tuple[Conflict, ...]
    private: dict[str, Any]
    technical: dict[str, Any]
    warnings: tuple[Problem, ...]


def read_metadata(file: Path, media_type: str, *, container: Mapping[str, Any] = {}) -> Extracted:
    """Read a local file's metadata; nothing in it raises, what is wrong with it is in `warnings`.

    `container` holds fields, by the names of `FIELDS`, that a reader of the container found in its tags.
    """
    blocks = locate(file, media_type)
    exif = _exif(file, media_type, blocks)
    packet = _svg(file) if media_type == "image/svg+xml" else _packet(blocks)
    stream = blocks.iptc[0] if blocks.iptc else b""
    iptc, wrong = read_iptc(stream)
    if wrong:
        blocks.warn("malformed_iptc", wrong, "iptc")
    tags = shape({**blocks.text, **container}, Origin.CONTAINER)
    fields, conflicts = merged(
        exif=exif.fields,
        iptc=iptc.fields,
        xmp=packet.fields,
        container=tags.fields,
        fallbacks=exif.fallbacks,
        iptc_changed=_changed(stream, blocks.digest),
    )
    fields, too_long = _fitting(fields)
    technical = {**exif.technical, **_profile(blocks)}
    found = (blocks.warnings, exif.warnings, packet.warnings, iptc.warnings, tags.warnings, too_long)
    warnings = tuple(warning for part in found for warning in part)
    return Extracted(fields, _few(conflicts), {**packet.private, **exif.private}, technical, warnings[:100])


def _exif(file: Path, media_type: str, blocks: Blocks) -> Exif:
    if media_type == "image/tiff":
        with Source(file) as source:
            return _guarded("exif", blocks, lambda: read_exif(source), _NOTHING_READ)
    if not blocks.exif:
        return _NOTHING_READ
    return _guarded("exif", blocks, lambda: read_exif(blocks.exif[0]), _NOTHING_READ)


def _packet(blocks: Blocks) -> Packet:
    """Read the file's own packet, and the extended one that it names."""
    if not blocks.xmp:
        return Packet({})
    packet = parse_xmp(blocks.xmp[0])
    extension = blocks.extended_xmp.get((packet.extension or "").strip().upper())
    if extension is None:
        return packet
    more = parse_xmp(extension)
    return Packet(
        {**more.fields, **packet.fields},
        {**more.private, **packet.private},
        warnings=(*packet.warnings, *more.warnings),
    )


def _svg(file: Path) -> Packet:
    packet = packet_of(lambda: parse_rdf_within(pieces(file)))
    if any(warning.message == "no RDF is in the packet" for warning in packet.warnings):
        return Packet({})
    return packet


def _profile(blocks: Blocks) -> dict[str, str]:
    if not blocks.icc:
        return {}
    name = _guarded("icc", blocks, lambda: profile_name(blocks.icc[0]), None)
    return {"icc_profile": name} if name else {}


def _changed(stream: bytes, digest: bytes | None) -> bool:
    """Tell whether IIM was changed since it was last synchronised with XMP; without a digest nobody knows."""
    if digest is None or not stream:
        return False
    padded = (stream, stream.rstrip(b"\0"))  # TIFF fills up to whole numbers
    return all(hashlib.md5(data, usedforsecurity=False).digest() != digest for data in padded)


def _fitting(fields: dict[str, FieldValue]) -> tuple[dict[str, FieldValue], list[Problem]]:
    """Drop the largest fields until all fit together."""
    sizes = {name: len(json.dumps({name: field.value}, ensure_ascii=False).encode()) for name, field in fields.items()}
    warnings = []
    while sum(sizes.values()) > MOST_BYTES:
        largest = max(sizes, key=lambda name: sizes[name])
        message = f"{sizes.pop(largest)} bytes: all fields together would be more than {MOST_BYTES}"
        warnings.append(Problem(code="metadata_too_long", field=largest, message=message))
    return {name: field for name, field in fields.items() if name in sizes}, warnings


def _few(conflicts: tuple[Conflict, ...]) -> tuple[Conflict, ...]:
    kept, left = [], MOST_BYTES
    for conflict in conflicts:
        left -= len(conflict.model_dump_json().encode())
        if left >= 0:
            kept.append(conflict)
    return tuple(kept)


def _guarded(part: str, blocks: Blocks, read: Callable[[], _Read], otherwise: _Read) -> _Read:
    try:
        return read()
    except Exception as error:  # noqa: BLE001 - nothing in a file may raise out of its reader
        message = str(error) if isinstance(error, Malformed) else f"{type(error).__name__}: {error}"
        blocks.warn(f"malformed_{part}", message, part)
        return otherwise
