"""Read XMP: one packet, embedded or in a sidecar, into our fields.

Properties are known by the URIs of their namespaces, whatever the prefix; older and commonly mistaken URIs count too.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from assetwire.domain.inspection import Problem
from assetwire.domain.metadata import FIELDS, Origin
from assetwire.media.metadata.blocks import Malformed
from assetwire.media.metadata.rdf import Languages, Name, Rdf, Structure, Unsafe, parse_rdf
from assetwire.media.metadata.values import Unfit, clean, shape

NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pur": "http://prismstandard.org/namespaces/prismusagerights/2.1/",
    "prism": "http://prismstandard.org/namespaces/basic/2.0/",
}
"""The namespaces of all fields by their usual prefixes."""
_EXIF, _AUX = "http://ns.adobe.com/exif/1.0", "http://ns.adobe.com/exif/1.0/aux"
_EXIF_EX, _NOTE = "http://cipa.jp/exif/1.0", "http://ns.adobe.com/xmp/note"

# Older versions, and what tools write by mistake → the part of the URI that all have in the end.
_ALIASES = (
    (
        re.compile(r"^http://purl\.org/(dc|metadata/dublin_core)(/elements)?(/1\.[01])?$"),
        "http://purl.org/dc/elements/1.1",
    ),
    (re.compile(r"^http://(www\.)?iptc\.org/std/iptc4xmpext/.*$"), "http://iptc.org/std/iptc4xmpext/2008-02-29"),
    (re.compile(r"^http://(www\.)?iptc\.org/std/iptc4xmpcore/.*$"), "http://iptc.org/std/iptc4xmpcore/1.0/xmlns"),
    (re.compile(r"^http://(ns|www)\.useplus\.org/ldf/(xmp/)?1\.0$"), "http://ns.useplus.org/ldf/xmp/1.0"),
    (re.compile(r"^http://ns\.adobe\.com/xmp/1\.0(/rights)?$"), r"http://ns.adobe.com/xap/1.0\1"),
    (
        re.compile(r"^http://(www\.)?prismstandard\.org/namespaces/(prismusagerights|pur)(/[\d.]+)?$"),
        "http://prismstandard.org/namespaces/prismusagerights/2.1",
    ),
    (
        re.compile(r"^http://(www\.)?prismstandard\.org/namespaces/(basic/)?[\d.]+(/basic)?$"),
        "http://prismstandard.org/namespaces/basic/2.0",
    ),
)


def _uri(namespace: str) -> str:
    """Return one spelling of a namespace: tools differ in case, in the last slash and in http or https."""
    uri = re.sub(r"^https:", "http:", namespace.strip().lower()).rstrip("/#")
    for pattern, replacement in _ALIASES:
        if pattern.match(uri):
            return pattern.sub(replacement, uri)
    return uri


def _property(name: str) -> Name:
    prefix, local = name.split(":")
    return _uri(NAMESPACES[prefix]), local.lower()


_FIELDS = {_property(facts.xmp): name for name, facts in FIELDS.items() if facts.xmp}
# Where a value stood before the standard moved it, or where tools put it: it counts if the field's own place is empty.
_OLDER = {
    (_uri(NAMESPACES["Iptc4xmpExt"]), "digitalsourcefiletype"): "digital_source_type",
    (_uri(NAMESPACES["dc"]), "copyright"): "copyright_notice",
    (_EXIF, "datetimeoriginal"): "date_created",
}
_PRIVATE = {
    (_AUX, "serialnumber"): "camera_serial_number",
    (_AUX, "ownername"): "camera_owner_name",
    (_AUX, "lensserialnumber"): "lens_serial_number",
    (_EXIF_EX, "bodyserialnumber"): "camera_serial_number",
    (_EXIF_EX, "cameraownername"): "camera_owner_name",
    (_EXIF_EX, "lensserialnumber"): "lens_serial_number",
}
_FIRST, _LAST = ("expiration_date", "prism_expiration_date"), ("embargo_date",)


class Packet(NamedTuple):
    """What one packet says."""

    fields: dict[str, Any]
    """Field of `FIELDS` → its value in the shape of its type, without a source: the caller knows it."""
    private: dict[str, Any] = {}  # noqa: RUF012 - nobody writes into a default
    """GPS position, serial numbers and owner, as `Extracted.private` has them."""
    extension: str | None = None
    """GUID of the extended XMP that a JPEG's packet announces."""
    warnings: tuple[Problem, ...] = ()


def parse_xmp(data: bytes) -> Packet:
    """Read one packet or sidecar file; nothing in it raises, what is wrong is in `warnings`."""
    return packet_of(lambda: parse_rdf(data))


def packet_of(parse: Any) -> Packet:
    """Read what a parser of RDF returns."""
    try:
        rdf: Rdf = parse()
    except Unsafe as error:
        return Packet({}, warnings=(Problem(code="unsafe_xml", field="xmp", message=str(error)),))
    except Exception as error:  # noqa: BLE001 - nothing in a file may raise out of its reader
        message = f"{type(error).__name__}: {error}" if not isinstance(error, Malformed) else str(error)
        return Packet({}, warnings=(_problem(message),))
    values: dict[str, Any] = {}
    older: dict[str, Any] = {}
    others: dict[Name, Any] = {}
    for (namespace, local), value in rdf.properties.items():
        name = (_uri(namespace), local.lower())
        if name in _FIELDS:
            values.setdefault(_FIELDS[name], _plain(value))
        elif name in _OLDER:
            older.setdefault(_OLDER[name], _plain(value))
        elif name[0] in (_EXIF, _AUX, _EXIF_EX, _NOTE):
            others[name] = value
    values = {**older, **values}
    for name_ in (*_FIRST, *_LAST):
        values |= {name_: _deciding(name_, values[name_])} if isinstance(values.get(name_), list) else {}
    shaped = shape(values, Origin.XMP)
    warnings = (*((_problem(rdf.wrong),) if rdf.wrong else ()), *shaped.warnings)
    extension = others.get((_NOTE, "hasextendedxmp"))
    return Packet(shaped.fields, _private(others), extension if isinstance(extension, str) else None, warnings)


def _problem(message: str) -> Problem:
    return Problem(code="malformed_xmp", field="xmp", message=message[:200])


def _plain(value: Any) -> Any:
    """Return a value with its members by their local names, the first of a name."""
    if isinstance(value, Structure):
        members: dict[str, Any] = {}
        for (_, local), member in value.items():
            plain = _plain(member)
            kept = members.setdefault(local, plain)
            if isinstance(kept, dict) and isinstance(member, Languages):  # exiftool writes one in two namespaces
                members[local] = plain | kept
        return members
    if isinstance(value, Languages):
        return {tag: _plain(text) for tag, text in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _deciding(name: str, values: list[Any]) -> Any:
    """Return the date that is safe to act upon, where a bag names several: the first end, the last beginning."""
    dates = [text for text in values if isinstance(text, str) and text.strip()]
    return (min(dates) if name in _FIRST else max(dates)) if dates else None


def _private(properties: Mapping[Name, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for name, key in _PRIVATE.items():
        value = properties.get(name)
        if isinstance(value, str) and len(value) < 500 and (text := _cleaned(value)):
            facts.setdefault(key, text)
    position = dict(_position(properties))
    return facts | ({"gps": position} if position else {})


def _cleaned(value: str) -> str:
    try:
        return clean(value)
    except Unfit:
        return ""


def _position(properties: Mapping[Name, Any]) -> Iterator[tuple[str, float]]:
    """Yield the position in decimal degrees; XMP writes `51,30,15N` or `51,30.25N`."""
    for key, most in (("latitude", 90), ("longitude", 180)):
        value = properties.get((_EXIF, f"gps{key}"))
        match = re.fullmatch(
            r"(\d{1,3}),(\d{1,2}(?:\.\d{1,12})?)(?:,(\d{1,2}(?:\.\d{1,12})?))?([NSEW])", str(value).strip()
        )
        if match:
            degrees = int(match[1]) + float(match[2]) / 60 + float(match[3] or 0) / 3600
            if degrees <= most:
                yield key, round(-degrees if match[4] in "SW" else degrees, 7)
    altitude = re.fullmatch(r"(\d{1,12})(?:/(\d{1,12}))?", str(properties.get((_EXIF, "gpsaltitude"), "")).strip())
    if altitude and int(altitude[2] or 1):
        metres = int(altitude[1]) / int(altitude[2] or 1)
        yield "altitude_metres", round(-metres if properties.get((_EXIF, "gpsaltituderef")) == "1" else metres, 2)
