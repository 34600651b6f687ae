"""Read EXIF: what people wrote, the camera's facts, and what stays private.

Strings are ASCII by the standard up to 2.32 and UTF-8 in practice and in EXIF 3.0; older tools wrote their code page.
Source: CIPA DC-008-2023 (Exif 3.0); for XP*: Microsoft's Windows Imaging Component, photo metadata policies.
"""

import csv
import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from assetwire.domain.inspection import Problem
from assetwire.domain.metadata import Origin
from assetwire.media.metadata.blocks import Malformed, Memory, Source
from assetwire.media.metadata.tiff import Entry, Tiff
from assetwire.media.metadata.values import Unfit, clean, date, shape

_LONGEST = 64 * 1024
"""Bytes of one string at the most: what a JPEG's segment can hold."""
_EXIF_DIRECTORY, _GPS_DIRECTORY, _MAKER_NOTE = 0x8769, 0x8825, 0x927C
_ORIENTATION, _USER_COMMENT = 0x0112, 0x9286

_TEXTS = {0x010E: "description", 0x8298: "copyright_notice", 0x0131: "creator_tool"}
# EXIF 3.0's ImageTitle and Photographer, then Windows' own: where nothing else says it.
_FALLBACK_TEXTS = {
    "title": (0xA436, 0x9C9B),
    "description": (0x9C9C, 0x9C9F),
    "creator": (0xA437, 0x9C9D),
    "keywords": (0x9C9E,),
}
_FIRST_UTF_16, _LAST_UTF_16 = 0x9C9B, 0x9C9F
_TECHNICAL_TEXTS = {0x010F: "camera_make", 0x0110: "camera_model", 0xA433: "lens_make", 0xA434: "lens"}
_PRIVATE_TEXTS = {
    0xA430: "camera_owner_name",
    0xA431: "camera_serial_number",
    0xA435: "lens_serial_number",
    0xA420: "image_unique_id",
    0x013C: "host_computer",
}
_NUMBERS = {
    0x829A: "exposure_seconds",
    0x829D: "f_number",
    0x8827: "iso",
    0x920A: "focal_length_mm",
    0xA405: "focal_length_35mm",
    0x9204: "exposure_bias",
}
_BLANK = re.compile(r"[\s:\-0]*")

_Read = TypeVar("_Read")


class Exif(NamedTuple):
    """What one EXIF block says."""

    fields: dict[str, Any]
    fallbacks: dict[str, Any]
    """Values of Windows' tags, of EXIF 3.0's new ones and the user's comment: they count where nothing else speaks."""
    technical: dict[str, Any]
    private: dict[str, Any]
    warnings: tuple[Problem, ...]


def read_exif(source: Source | bytes) -> Exif:
    """Read a TIFF structure's EXIF; what is damaged costs itself alone.

    Raises:
        Malformed: it is no TIFF structure, or its first directory is unreadable.
    """
    return _Reading(Tiff(Memory(source) if isinstance(source, bytes) else source)).result()


class _Reading:
    """One pass over the directories of one structure."""

    def __init__(self, tiff: Tiff) -> None:
        self.tiff = tiff
        self.warnings: list[Problem] = []
        self.entries = tiff.directory(tiff.first)
        self.gps: dict[int, Entry] = {}
        main = self.entries
        exif = self._below(main, _EXIF_DIRECTORY)
        self.entries = {**exif, **main}
        self.gps = self._below(main, _GPS_DIRECTORY)

    def result(self) -> Exif:
        fields: dict[str, Any] = {name: self._text(tag) for tag, name in _TEXTS.items()}
        fields |= {"creator": creators(self._text(0x013B) or ""), "date_created": self._date(0x9003, 0x9291, 0x9011)}
        fallbacks: dict[str, Any] = {
            name: next((text for tag in tags if (text := self._text(tag))), None)
            for name, tags in _FALLBACK_TEXTS.items()
        }
        fallbacks["creator"] = creators(fallbacks["creator"] or "")
        fallbacks["keywords"] = [word.strip() for word in (fallbacks["keywords"] or "").split(";")]
        fallbacks["description"] = fallbacks["description"] or self._comment()
        shaped = shape({name: value for name, value in fields.items() if value}, Origin.EXIF)
        others = shape({name: value for name, value in fallbacks.items() if value}, Origin.EXIF)
        technical, private = self._technical(), self._private()
        return Exif(
            shaped.fields, others.fields, technical, private, (*self.warnings, *shaped.warnings, *others.warnings)
        )

    def _technical(self) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        orientation = self._number(_ORIENTATION)
        if orientation is not None:
            if orientation in range(1, 9):
                facts["orientation"] = int(orientation)
            else:
                self._warn("orientation", f"not an orientation: {orientation}")
        facts |= {name: self._text(tag) for tag, name in _TECHNICAL_TEXTS.items()}
        facts |= {name: self._number(tag) for tag, name in _NUMBERS.items()}
        return {name: value for name, value in facts.items() if value not in (None, "")}

    def _private(self) -> dict[str, Any]:
        facts: dict[str, Any] = {name: self._text(tag) for tag, name in _PRIVATE_TEXTS.items()}
        facts["gps"] = self._position()
        facts["maker_notes"] = _MAKER_NOTE in self.entries or None
        return {name: value for name, value in facts.items() if value}

    def _position(self) -> dict[str, float]:
        position: dict[str, float] = {}
        for name, reference, tag, most in (("latitude", 1, 2, 90), ("longitude", 3, 4, 180)):
            if tag not in self.gps:
                continue
            degrees = self._numbers(self.gps[tag])
            value = sum(part / 60**power for power, part in enumerate(degrees[:3]))
            letter = (self._string(self.gps.get(reference)) or "").upper()
            if not degrees or not math.isfinite(value) or not 0 <= value <= most:
                self._warn("gps", f"not a {name}")
                continue
            position[name] = round(-value if letter in ("S", "W") else value, 7)
        if 6 in self.gps:
            altitude = self._numbers(self.gps[6])
            below = self._numbers(self.gps[5]) if 5 in self.gps else []
            if altitude and math.isfinite(altitude[0]):
                position["altitude_metres"] = round(-altitude[0] if below and below[0] in (1, 3) else altitude[0], 2)
        return position

    def _below(self, main: dict[int, Entry], tag: int) -> dict[int, Entry]:
        if tag not in main:
            return {}
        return self._guarded("exif", lambda: self.tiff.directory(int(self.tiff.numbers(main[tag])[0])), {})

    def _date(self, tag: int, fraction: int, zone: int) -> str | None:
        text = self._text(tag) or ""
        if _BLANK.fullmatch(text):
            return None
        text = re.sub(r"(:\s+)+.*$", "", text.strip())  # unknown parts are blanks between the colons
        digits, offset = self._text(fraction) or "", self._text(zone) or ""
        if len(text) == 19:
            text += f".{digits[:9]}" if re.fullmatch(r"\d{1,9}", digits) else ""
            text += offset if re.fullmatch(r"Z|[+-]\d{2}:\d{2}", offset) else ""
        return self._guarded("date_created", lambda: date(text), None)

    def _comment(self) -> str | None:
        """Return the user's comment: 8 bytes name its character set."""
        entry = self.entries.get(_USER_COMMENT)
        if entry is None:
            return None
        data = self._guarded("description", lambda: self.tiff.raw(entry, _LONGEST), b"")
        code, text = data[:8], data[8:]
        if code.startswith(b"UNICODE"):
            order = "utf-16-le" if self.tiff.order == "<" else "utf-16-be"
            # Tools disagree about the order of bytes: in the right one, more letters are below U+0100.
            if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
                order = "utf-16"
            elif sum(byte == 0 for byte in text[0::2]) != sum(byte == 0 for byte in text[1::2]):
                order = "utf-16-be" if text[0::2].count(0) > text[1::2].count(0) else "utf-16-le"
            return text.decode(order, "replace").strip("\0 ")
        if code.startswith(b"ASCII") or not code.strip(b"\0 "):
            words = decoded(text)
            return words if words.isprintable() or "\n" in words else None
        return None

    def _text(self, tag: int) -> str | None:
        entry = self.entries.get(tag)
        return self._string(entry, tag)

    def _string(self, entry: Entry | None, tag: int = 0) -> str | None:
        if entry is None:
            return None
        data = self._guarded("exif", lambda: self.tiff.raw(entry, _LONGEST), b"")
        if _FIRST_UTF_16 <= tag <= _LAST_UTF_16:
            text = data.decode("utf-16-le", "replace").split("\0")[0]
        elif tag == 0x8298:  # the photographer's, then the editor's
            text = "\n".join(part for each in data.split(b"\0") if (part := decoded(each).strip()))
        else:
            text = decoded(data.split(b"\0")[0])
        return self._guarded("exif", lambda: clean(text), None)

    def _number(self, tag: int) -> float | int | None:
        entry = self.entries.get(tag)
        if entry is None:
            return None
        values = self._numbers(entry)
        if not values or not math.isfinite(values[0]):
            return None
        return values[0] if isinstance(values[0], int) else round(values[0], 6)

    def _numbers(self, entry: Entry) -> list[Any]:
        none: list[Any] = []
        return self._guarded("exif", lambda: self.tiff.numbers(entry), none)

    def _guarded(self, at: str, read: Callable[[], _Read], otherwise: _Read) -> _Read:
        try:
            return read()
        except (Malformed, Unfit, ValueError, OverflowError) as error:
            self._warn(at, str(error))
            return otherwise

    def _warn(self, at: str, message: str) -> None:
        if len(self.warnings) < 16:
            self.warnings.append(Problem(code="malformed_exif", field=at, message=message[:200]))


def decoded(data: bytes) -> str:
    """Return a string of unknown encoding: UTF-8, or else Windows' Western code page, which names nearly every byte."""
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def creators(text: str) -> list[str]:
    """Return the names in EXIF's one string: between semicolons, in quotes where a name has one.

    Source: Metadata Working Group, Guidelines for Handling Image Metadata 2.0, Creator.
    """
    if ";" not in text:
        return [text] if text else []
    row = next(csv.reader([text.replace("\n", " ")], delimiter=";", skipinitialspace=True), [])
    return [name.strip() for name in row if name.strip()]
