"""GS1 application identifiers: in element strings, in print with brackets, and in Digital Link URIs.

Figures from the GS1 General Specifications, release 24, chapter 3 and 7.8.5, and from GS1 Digital Link URI Syntax 1.3.
Only uncompressed Digital Links are read: a compressed one is opened by its resolver alone.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from assetwire.domain import gtin

SEPARATOR = "\x1d"
"""FNC1 as decoders return it: ends a value of variable length."""
_FIXED = {"00": 18, "01": 14, "02": 14, "03": 14, "04": 16, "20": 2, "41": 13}
"""Characters of the values that need no separator, by the first two digits of their identifier; dates beside."""
_FIXED |= {str(date): 6 for date in range(11, 20)}
_FIXED |= {str(measure): 6 for measure in range(31, 37)}
_DIGITS = {"23": 3, "24": 3, "25": 3, "40": 3, "41": 3, "42": 3, "71": 3}
"""Digits of an identifier by its first two, where they are not 2."""
_DIGITS |= dict.fromkeys(("31", "32", "33", "34", "35", "36", "39", "43", "70", "72", "80", "81", "82"), 4)
_KNOWN = frozenset(
    "00 01 02 03 04 10 11 12 13 15 16 17 20 21 22 23 24 25 30 31 32 33 34 35 36 37 39 40 41 42 43 70 71 72 80 81 82 "
    "90 91 92 93 94 95 96 97 98 99".split()
)
_SHAPES: Mapping[str, re.Pattern[str]] = {
    "00": re.compile(r"\d{18}"),
    "01": re.compile(r"\d{14}"),
    "02": re.compile(r"\d{14}"),
    "10": re.compile(r"[!-z]{1,20}"),
    "21": re.compile(r"[!-z]{1,20}"),
    "22": re.compile(r"[!-z]{1,20}"),
    "240": re.compile(r"[!-z]{1,30}"),
    "241": re.compile(r"[!-z]{1,30}"),
    "8006": re.compile(r"\d{18}"),
}
"""What the values that become evidence look like."""
_ANY = re.compile(r"[!-z]{1,90}")
_BRACKETS = re.compile(r"\((\d{2,4})\)([^()]*)")
_KEYS = frozenset(
    {
        "00",
        "01",
        "253",
        "255",
        "401",
        "402",
        "414",
        "415",
        "417",
        "8003",
        "8004",
        "8006",
        "8010",
        "8013",
        "8017",
        "8018",
    }
)
"""The identifiers that may open a Digital Link's path."""
_QUALIFIERS = frozenset({"10", "21", "22", "235", "254", "7040", "8011", "8019", "8020"})
"""The identifiers that may follow it there."""
_LONGEST = 2_000
"""Characters that are looked at: more than any symbol carries as text for a till."""


def elements(text: str) -> dict[str, str]:
    """Return application identifier → value of a text in any of the three forms; empty if it is in none."""
    if len(text) > _LONGEST:
        return {}
    if "://" in text[:10]:
        return of_digital_link(text)
    if text.startswith("("):
        return of_brackets(text)
    return of_element_string(text)


def of_element_string(text: str) -> dict[str, str]:
    """Parse what a symbol with FNC1 in front carries; empty if any part of it breaks the rules.

    One identifier may occur twice only with the same value (GS1 General Specifications 4.13.1).
    """
    return _sound(_split(text.removeprefix("]C1").removeprefix("]d2").removeprefix("]Q3").removeprefix("]e0")))


def of_brackets(text: str) -> dict[str, str]:
    """Parse the form for people, `(01)04006381333931(10)AB1`; empty if any part of it breaks the rules."""
    pairs = list(_BRACKETS.finditer(text))
    if "".join(match.group() for match in pairs) != text.strip():
        return {}
    return _sound(iter([(match[1], match[2].strip()) for match in pairs]))


def of_digital_link(uri: str) -> dict[str, str]:
    """Parse a GS1 Digital Link URI of any domain; empty if it is not one.

    The path may begin with anything; its last primary key counts, with the qualifiers behind it. Identifiers in the
    query are data attributes; other parameters are the domain's own.
    """
    try:
        parts = urlsplit(uri)
    except ValueError:
        return {}
    if parts.scheme.lower() not in {"http", "https"} or not parts.netloc:
        return {}
    path = [unquote(segment) for segment in parts.path.split("/") if segment]
    at = next((i for i in range(len(path) - 2, -1, -1) if path[i] in _KEYS), None)
    if at is None or (len(path) - at) % 2:
        return {}
    found = list(zip(path[at::2], path[at + 1 :: 2], strict=True))
    if any(identifier not in _QUALIFIERS for identifier, _ in found[1:]):
        return {}
    if found[0][0] == "01":
        # Shorter GTINs stood here without their zeros before version 1.1.1.
        found[0] = ("01", found[0][1].zfill(14) if len(found[0][1]) in gtin.LENGTHS else found[0][1])
    try:
        query = parse_qsl(parts.query, max_num_fields=50)
    except ValueError:
        query = []
    found += [(name, value) for name, value in query if name.isdigit() and name.isascii() and _is_identifier(name)]
    return _sound(iter(found))


def _split(text: str) -> Iterator[tuple[str, str]]:
    rest = text.removeprefix(SEPARATOR)
    while rest:
        first = rest[:2]
        digits = _DIGITS.get(first, 2)
        identifier, rest = rest[:digits], rest[digits:]
        if first in _FIXED:
            length = _FIXED[first]
            value, rest = rest[:length], rest[length:]
            if len(value) != length or not value.isdigit():
                yield "", ""
                return
            rest = rest.removeprefix(SEPARATOR)
        else:
            value, _, rest = rest.partition(SEPARATOR)
        yield identifier, value


def _sound(pairs: Iterator[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for identifier, value in pairs:
        shape = _SHAPES.get(identifier, _ANY)
        if not _is_identifier(identifier) or not shape.fullmatch(value) or found.setdefault(identifier, value) != value:
            return {}
        if identifier in {"00", "01", "02", "8006"} and not _checks(identifier, value):
            return {}
    return found


def _is_identifier(text: str) -> bool:
    return text.isascii() and text.isdigit() and text[:2] in _KNOWN and len(text) == _DIGITS.get(text[:2], 2)


def _checks(identifier: str, value: str) -> bool:
    if identifier == "00":
        return gtin.check_digit(value[:-1]) == value[-1]
    return gtin.is_sound(value[:14])
