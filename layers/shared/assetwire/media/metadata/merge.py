"""Bring together what EXIF, IIM, XMP and the container say, in the order of the Metadata Working Group.

Source: Guidelines for Handling Image Metadata 2.0 (2010), chapters 2.3 (IPTC digest) and 5 (metadata properties):

1. EXIF, for the properties that all three formats share;
2. IIM, if the digest in Photoshop's resource 0x0425 is not that of the IIM: then a tool that knows no XMP changed it;
3. XMP;
4. IIM;
5. the container's own tags, then EXIF tags that the guidelines do not know (Windows' XP*, the user's comment, 3.0).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from assetwire.domain.metadata import FIELDS, Conflict, FieldValue, Origin, Type
from assetwire.media.metadata.iptc import LONGEST

SHARED_WITH_EXIF = ("description", "creator", "copyright_notice", "date_created")
"""The fields where EXIF comes first."""
_MOST_CONFLICTS = 100


class Candidate(NamedTuple):
    """One value of a field, in its shape, and where it stands."""

    origin: Origin
    value: Any
    contends: bool = True
    """Whether it counts as overruled when another value is kept."""


def merged(
    *,
    exif: Mapping[str, Any],
    iptc: Mapping[str, Any],
    xmp: Mapping[str, Any],
    container: Mapping[str, Any],
    fallbacks: Mapping[str, Any],
    iptc_changed: bool,
) -> tuple[dict[str, FieldValue], tuple[Conflict, ...]]:
    """Return each field's value with its source, and the values that were overruled; equal ones are no conflict."""
    fields: dict[str, FieldValue] = {}
    conflicts: list[Conflict] = []
    for name in FIELDS:
        order = [(Origin.XMP, xmp), (Origin.IPTC, iptc)]
        if iptc_changed:
            order.reverse()
        order.insert(0 if name in SHARED_WITH_EXIF else 2, (Origin.EXIF, exif))
        order.append((Origin.CONTAINER, container))
        candidates = [Candidate(origin, values[name]) for origin, values in order if name in values]
        if name in fallbacks:
            candidates.append(Candidate(Origin.EXIF, fallbacks[name], contends=not candidates))
        if not candidates:
            continue
        kept = _fullest(name, candidates)
        fields[name] = FieldValue(value=_with_other_languages(name, kept, candidates), source=kept.origin)
        conflicts += [
            Conflict(field=name, kept=kept.origin, overruled=other.origin, value=other.value)
            for other in candidates
            if other.contends and other is not kept and not same(name, kept.value, other.value)
        ]
    return fields, tuple(conflicts[:_MOST_CONFLICTS])


def _fullest(name: str, candidates: list[Candidate]) -> Candidate:
    """Return the first candidate in order, or one that says the same with more: uncut, precise, in more languages."""
    first = candidates[0]
    alike = [each for each in candidates if each is first or same(name, first.value, each.value)]
    return max(alike, key=lambda each: (_fullness(each.value), each.origin is Origin.XMP))


def _fullness(value: Any) -> int:
    if isinstance(value, Mapping):
        return sum(_fullness(each) for each in value.values())
    if isinstance(value, list):
        return sum(_fullness(each) for each in value)
    return len(" ".join(str(value).split()))


def _with_other_languages(name: str, kept: Candidate, candidates: list[Candidate]) -> Any:
    """Return the kept value; EXIF and IIM speak in one language, so they leave XMP's other ones standing."""
    if FIELDS[name].type is not Type.LANG_ALT or kept.origin is Origin.XMP:
        return kept.value
    others: Mapping[str, Any] = next((each.value for each in candidates if each.origin is Origin.XMP), {})
    return {**kept.value, **{tag: text for tag, text in others.items() if tag not in kept.value}}


def same(name: str, one: Any, other: Any) -> bool:
    """Tell whether two values say the same, but for white space, the order of lists, cut datasets and precision."""
    match FIELDS[name].type:
        case Type.LANG_ALT:
            return any(_alike(name, a, b) for a in one.values() for b in other.values())
        case Type.LIST:
            pairs = zip(sorted(one), sorted(other), strict=False)
            return len(one) == len(other) and all(_alike(name, a, b) for a, b in pairs)
        case Type.DATE:
            return _same_moment(str(one), str(other))
        case _:
            return _alike(name, str(one), str(other)) if isinstance(one, str) else bool(one == other)


def _alike(name: str, one: str, other: str) -> bool:
    one, other = " ".join(one.split()), " ".join(other.split())
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    limit = LONGEST.get(name)
    # A cut value is as long as the limit allows, in characters or bytes, less the space that cutting left at its end.
    return limit is not None and long.startswith(short) and limit - 4 <= len(short.encode()) and len(short) <= limit


def _same_moment(one: str, other: str) -> bool:
    """Tell whether one date is the other with less precision, or without its time zone."""
    short, long = sorted((one, other), key=len)
    return long.startswith(short.removesuffix("Z")) or (
        long[:19] == short[:19] and len(short) >= 19 and _parts(long, short)
    )


def _parts(long: str, short: str) -> bool:
    """Compare fractions and zones where both have them."""
    fraction_a, zone_a = _split(long[19:])
    fraction_b, zone_b = _split(short[19:])
    fractions = sorted((fraction_a, fraction_b), key=len)
    zones_differ = zone_a and zone_b and zone_a != zone_b
    return fractions[1].startswith(fractions[0]) and not zones_differ


def _split(rest: str) -> tuple[str, str]:
    for index, letter in enumerate(rest):
        if letter in "Z+-":
            zone = rest[index:]
            return rest[:index].rstrip("0"), "+00:00" if zone == "Z" else zone
    return rest.rstrip("0"), ""
