"""Bring what was read into the shape of its field: clean text, bounded lists, dates of ISO 8601.

Readers give plain values: a string, a list, or a dictionary (languages or members of a structure). What cannot be
brought into the field's shape costs the field, with a warning, and nothing else.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple

from assetwire.domain.inspection import Problem
from assetwire.domain.metadata import FIELDS, MEMBERS, Origin, Type
from assetwire.domain.shapes import LARGEST_NUMBER

LONGEST_TEXT = 8_000
"""Characters of one text at the most; a longer one costs the field, the member or the language that it stands in."""
LONGEST_LIST = 500
"""Members of one list, languages of one text, or members of one structure at the most; what follows is dropped."""
DEEPEST = 6
"""Structures and lists within each other at the most. `ImageRegion` needs four."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,7}")
_DATE = re.compile(
    r"""(?P<year>\d{4})
        (?:[-:/](?P<month>\d{1,2})
          (?:[-:/](?P<day>\d{1,2})
            (?:[T\ ](?P<hour>\d{1,2}):(?P<minute>\d{2})
              (?::(?P<second>\d{2})(?P<fraction>\.\d{1,9})?)?
              \s*(?P<zone>Z|z|[+-]\d{2}:?\d{2})?
            )?
          )?
        )?""",
    re.VERBOSE | re.ASCII,
)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Unfit(ValueError):
    """A value cannot be brought into the shape of its field."""


class TooLong(Unfit):
    """A value is longer than we keep."""


class Shaped(NamedTuple):
    """The fields that could be read, and what was wrong with the others."""

    fields: dict[str, Any]
    warnings: tuple[Problem, ...]


def shape(values: Mapping[str, Any], origin: Origin) -> Shaped:
    """Return these values in the shapes of their fields; names that `FIELDS` lacks and empty values are left out."""
    fields: dict[str, Any] = {}
    warnings: list[Problem] = []
    for name, value in values.items():
        facts = FIELDS.get(name)
        if facts is None:
            continue
        cut: list[str] = []
        try:
            shaped = _fit(facts.type, value, cut)
        except TooLong as error:
            warnings.append(Problem(code="metadata_too_long", field=name, message=str(error)))
            continue
        except (Unfit, ValueError, OverflowError, RecursionError) as error:
            warnings.append(Problem(code=f"malformed_{origin.value}", field=name, message=str(error)[:200]))
            continue
        if cut:
            warnings.append(Problem(code="metadata_too_long", field=name, message=cut[0]))
        if shaped not in (None, "", [], {}):
            fields[name] = shaped
    return Shaped(fields, tuple(warnings))


def clean(value: object) -> str:
    """Return a text in NFC without control characters and without white space around it.

    Raises:
        TooLong: it has more than `LONGEST_TEXT` characters.
    """
    text = str(value)
    if len(text) > LONGEST_TEXT * 4:
        raise TooLong(f"more than {LONGEST_TEXT} characters")
    text = unicodedata.normalize("NFC", _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))).strip()
    if len(text) > LONGEST_TEXT:
        raise TooLong(f"{len(text)} characters are more than {LONGEST_TEXT}")
    return text


def date(value: str) -> str:
    """Return a date of ISO 8601, as precise as it was written; EXIF's colons and blanks are understood.

    Raises:
        Unfit: it is no date of the calendar.
    """
    text = value.strip()
    match = _DATE.fullmatch(text)
    if match is None:
        raise Unfit(f"not a date: {text[:40]!r}")
    part = match.groupdict()
    result = part["year"]
    if part["month"]:
        result += f"-{int(part['month']):02d}"
    if part["day"]:
        result += f"-{int(part['day']):02d}"
    if part["hour"]:
        result += f"T{int(part['hour']):02d}:{part['minute']}"
        result += f":{part['second']}" if part["second"] else ""
        result += part["fraction"] or ""
        if zone := part["zone"]:
            result += "Z" if zone in "Zz" else f"{zone[:3]}:{zone[-2:]}"
    month, day = int(part["month"] or 1), int(part["day"] or 1)
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    if int(part["year"]) == 0 or not (1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]):
        raise Unfit(f"not a day of the calendar: {text[:40]!r}")
    if hour > 24 or minute > 59 or second > 60:
        raise Unfit(f"not a time of the day: {text[:40]!r}")
    return result


def _fit(type_: Type, value: Any, cut: list[str]) -> Any:
    match type_:
        case Type.TEXT | Type.URI:
            return _text(value)
        case Type.LANG_ALT:
            return _languages(value, cut)
        case Type.LIST:
            return _list(value, cut)
        case Type.DATE:
            text = _text(value)
            return date(text) if text else None
        case Type.BOOLEAN:
            return _boolean(value)
        case Type.INTEGER:
            return _integer(value)
        case Type.STRUCTURES:
            structures = [_structure(each, cut, 1) for each in _bounded(_members(value), cut)]
            return [structure for structure in structures if structure]


def _members(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _bounded(values: list[Any], cut: list[str]) -> list[Any]:
    if len(values) > LONGEST_LIST:
        cut.append(f"{len(values)} members are more than {LONGEST_LIST}")
    return values[:LONGEST_LIST]


def _text(value: Any) -> str:
    """Return the one text of a value; of several languages the default, of several values the first."""
    for _ in range(DEEPEST):
        if isinstance(value, Mapping):
            value = value.get("x-default", next(iter(value.values()), ""))
        elif isinstance(value, list | tuple):
            value = value[0] if value else ""
        else:
            break
    if not isinstance(value, str | int | float):
        raise Unfit("not a text")
    return clean(value)


def _languages(value: Any, cut: list[str]) -> dict[str, str]:
    if not isinstance(value, Mapping):
        text = _text(value)
        return {"x-default": text} if text else {}
    texts: dict[str, str] = {}
    for tag, said in list(value.items())[:LONGEST_LIST]:
        try:
            text = _text(said)
        except TooLong as error:
            cut.append(str(error))
            continue
        if text:
            texts.setdefault(language(str(tag)), text)
    if len(value) > LONGEST_LIST:
        cut.append(f"{len(value)} languages are more than {LONGEST_LIST}")
    return texts


def language(tag: str) -> str:
    """Return a language tag in the case of RFC 5646, section 2.1.1; what is no tag counts as any language."""
    tag = tag.strip().replace("_", "-")
    if not _LANGUAGE.fullmatch(tag):
        return "x-default"
    parts = tag.lower().split("-")
    for index, part in enumerate(parts[1:], 1):
        if len(parts[index - 1]) == 1:
            break  # what follows a singleton is private or an extension
        if len(part) == 2:
            parts[index] = part.upper()
        elif len(part) == 4 and part.isalpha():
            parts[index] = part.title()
    return "-".join(parts)


def _list(value: Any, cut: list[str]) -> list[str]:
    texts: list[str] = []
    if isinstance(value, Mapping):
        value = list(value.values())
    for each in _bounded(_members(value), cut):
        try:
            text = _text(each)
        except TooLong as error:
            cut.append(str(error))
            continue
        if text:
            texts.append(text)
    return texts


def _boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    match _text(value).lower():
        case "true" | "1":
            return True
        case "false" | "0":
            return False
        case "":
            return None
        case other:
            raise Unfit(f"neither True nor False: {other[:40]!r}")


def _integer(value: Any) -> int | None:
    text = _text(value)
    if not text:
        return None
    if len(text) > 40:
        raise Unfit("not an integer")
    number = float(text)
    if number != number or abs(number) > LARGEST_NUMBER or number != int(number):  # noqa: PLR0124 - NaN is unequal to itself
        raise Unfit(f"not an integer: {text!r}")
    return int(number)


def _structure(value: Any, cut: list[str], depth: int) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise Unfit("not a structure")
    if depth > DEEPEST:
        raise Unfit(f"more than {DEEPEST} structures within each other")
    members: dict[str, Any] = {}
    for name, said in list(value.items())[:LONGEST_LIST]:
        try:
            member = _member(MEMBERS.get(name), said, cut, depth)
        except TooLong as error:
            cut.append(f"{str(name)[:60]}: {error}")
            continue
        if member not in ("", [], {}):
            members[clean(name)[:100]] = member
    if len(value) > LONGEST_LIST:
        cut.append(f"{len(value)} members are more than {LONGEST_LIST}")
    return members


def _member(type_: Type | None, value: Any, cut: list[str], depth: int) -> Any:
    """Return a member in its shape; of one that no standard names, in the shape that it was written in."""
    if type_ is Type.STRUCTURES:
        return [
            _structure(each, cut, depth + 1) for each in _bounded(_members(value), cut) if isinstance(each, Mapping)
        ]
    if type_ in (Type.TEXT, Type.LANG_ALT, Type.LIST):
        return _fit(type_, value, cut)
    if isinstance(value, Mapping):
        return _structure(value, cut, depth + 1)
    if isinstance(value, list | tuple):
        if depth > DEEPEST:
            raise Unfit(f"more than {DEEPEST} lists within each other")
        return [_member(None, each, cut, depth + 1) for each in _bounded(list(value), cut)]
    return _text(value)
