"""The shapes of metadata's values: whether one is of a field's type, is empty, or is written as a format asks."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from assetwire.domain.metadata import Type

DEEPEST = 8
"""Levels of structures within structures at the most."""
LARGEST_NUMBER = 2**53
"""The largest that every reader of JSON holds to the unit; DynamoDB keeps 38 digits."""
_SMALLEST_NUMBER = 1e-100
"""Nearer to nothing, a number is refused: DynamoDB keeps none below 1e-130."""
_MOMENT = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2})"
    r"(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:[.,]\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?)?)?)?",
    re.ASCII,
)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:[^\s<>\"{}|\\^`\x00-\x1f]{1,4000}")
_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_LANGUAGE = re.compile(r"x-default|[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,6}")
_GTIN = re.compile(r"\d{8}|\d{12,14}", re.ASCII)


def is_empty(value: Any) -> bool:
    """Tell whether a value says nothing: no text but spaces, no item, no member that says something."""
    return _is_empty(value, DEEPEST)


def _is_empty(value: Any, levels: int) -> bool:
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    if levels == 0:
        return False
    if isinstance(value, Mapping):
        return all(_is_empty(member, levels - 1) for member in value.values())
    if isinstance(value, list | tuple):
        return all(_is_empty(item, levels - 1) for item in value)
    return False


def of_type(value: Any, kind: Type) -> bool:
    """Tell whether a value has the shape of a field's type in JSON."""
    match kind:
        case Type.TEXT | Type.DATE | Type.URI:
            return isinstance(value, str)
        case Type.LANG_ALT:
            return _is_lang_alt(value)
        case Type.LIST:
            return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
        case Type.BOOLEAN:
            return isinstance(value, bool)
        case Type.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool) and _is_kept(value)
        case Type.STRUCTURES:
            return isinstance(value, list | tuple) and all(
                isinstance(item, Mapping) and _is_member(item, DEEPEST) for item in value
            )


def _is_lang_alt(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(tag, str) and _LANGUAGE.fullmatch(tag) and isinstance(text, str) for tag, text in value.items()
    )


def _is_member(value: Any, levels: int) -> bool:
    if value is None or isinstance(value, str | bool):
        return True
    if isinstance(value, int | float):
        return _is_kept(value)
    if levels == 0:
        return False
    if isinstance(value, Mapping):
        return all(isinstance(name, str) and _is_member(member, levels - 1) for name, member in value.items())
    return isinstance(value, list | tuple) and all(_is_member(item, levels - 1) for item in value)


def _is_kept(number: float) -> bool:
    """Tell whether the Catalog keeps a number as it is."""
    return number == 0 or _SMALLEST_NUMBER <= abs(number) <= LARGEST_NUMBER


def texts(value: Any) -> Iterator[tuple[str, str]]:
    """Return every text in a value with its path of names and indexes, empty for the value itself.

    Numbers count as the text that they are written as. What is nested deeper than 8 levels is left out.
    """
    return _texts(value, (), DEEPEST)


def member_names(value: Any, path: str, levels: int = DEEPEST) -> Iterator[tuple[str, str]]:
    """Return the name of every member of a value with its path; what is nested deeper than 8 levels is left out."""
    if levels and isinstance(value, Mapping):
        for name, member in value.items():
            yield f"{path}.{name}", str(name)
            yield from member_names(member, f"{path}.{name}", levels - 1)
    elif levels and isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from member_names(item, f"{path}.{index}", levels - 1)


def _texts(value: Any, path: tuple[str, ...], levels: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield ".".join(path), value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield ".".join(path), f"{value:.17g}" if isinstance(value, float) else _digits(value)
    elif levels and isinstance(value, Mapping):
        for name, member in value.items():
            yield from _texts(member, (*path, str(name)), levels - 1)
    elif levels and isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, str(index)), levels - 1)


def _digits(number: int) -> str:
    return str(number) if number.bit_length() < 1000 else "a number of more than 300 digits"


def of_format(text: str, name: str) -> bool:
    """Tell whether a text is written as a format asks: `date`, `uri`, `integer`, `gtin` or `language`."""
    match name:
        case "date":
            return _is_date(text)
        case "uri":
            return _URI.fullmatch(text) is not None
        case "integer":
            return _INTEGER.fullmatch(text) is not None
        case "gtin":
            return _GTIN.fullmatch(text) is not None and _has_right_check_digit(text)
        case "language":
            return _LANGUAGE.fullmatch(text) is not None
        case _:
            return False


def _is_date(text: str) -> bool:
    found = _MOMENT.fullmatch(text)
    if found is None:
        return False
    try:
        date(int(found["year"]), int(found["month"] or 1), int(found["day"] or 1))
    except ValueError:
        return False
    return True


def _has_right_check_digit(digits: str) -> bool:
    """Weigh digits 3 and 1 in turn, from the right, the check digit with 1. Source: GS1 General Specifications, 7.9."""
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits))) % 10 == 0
