"""Read IPTC-IIM: a stream of datasets, each with record, number and length.

Source: IPTC-NAA Information Interchange Model, version 4.2, chapters 1.6, 5 and 6.
"""

import re
from collections.abc import Iterator
from typing import Any

from assetwire.domain.metadata import FIELDS, Origin, Type
from assetwire.media.metadata.blocks import Malformed
from assetwire.media.metadata.exif import decoded
from assetwire.media.metadata.values import Shaped, Unfit, date, shape

_MARKER = 0x1C
_MOST_DATASETS = 5_000
_CHARACTER_SET = (1, 90)
_DATE, _TIME = (2, 55), (2, 60)
_SUBJECT, _GENRE = "subject_code", "intellectual_genre"
_NUMBERS = {
    (int(facts.iim.split(":")[0]), int(facts.iim.split(":")[1])): name for name, facts in FIELDS.items() if facts.iim
}

LONGEST = {
    "intellectual_genre": 68,
    "title": 64,
    "subject_code": 236,
    "category": 3,
    "supplemental_categories": 32,
    "keywords": 64,
    "instructions": 256,
    "creator_tool": 32,
    "creator": 32,
    "creators_job_title": 32,
    "city": 32,
    "sublocation": 32,
    "province_or_state": 32,
    "country_code": 3,
    "country": 64,
    "job_id": 32,
    "headline": 256,
    "credit_line": 32,
    "source": 32,
    "copyright_notice": 128,
    "description": 2000,
    "description_writer": 32,
}
"""Bytes that a dataset may have by the standard: a tool that obeyed it may have cut a value."""


def datasets(data: bytes) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Go through the datasets of a stream: record and number, and content.

    Raises:
        Malformed: what stands at a dataset's place is none, or it ends beyond the stream.
    """
    at, end, count = 0, len(data), 0
    while at + 5 <= end:
        if data[at] != _MARKER:
            if not data[at:].strip(b"\0"):
                return
            raise Malformed("not a dataset")
        record, number, length = data[at + 1], data[at + 2], int.from_bytes(data[at + 3 : at + 5], "big")
        at += 5
        if length & 0x8000:  # an extended dataset: the length of the length
            width = length & 0x7FFF
            if width > 8:
                raise Malformed(f"a length of {width} bytes")
            length = int.from_bytes(data[at : at + width], "big")
            at += width
        if at + length > end:
            raise Malformed("a dataset ends beyond its block")
        count += 1
        if count > _MOST_DATASETS:
            raise Malformed(f"more than {_MOST_DATASETS} datasets")
        yield (record, number), data[at : at + length]
        at += length


def read_iptc(data: bytes) -> tuple[Shaped, str | None]:
    """Read a stream; what stands before damage counts. The second value says what was wrong with the stream."""
    if data[:1] != b"\x1c" and data[3:4] == b"\x1c":  # TIFF as numbers of 32 bits, in the other order of bytes
        data = b"".join(data[at : at + 4][::-1] for at in range(0, len(data), 4))
    found: dict[tuple[int, int], list[bytes]] = {}
    wrong = None
    try:
        for number, content in datasets(data):
            found.setdefault(number, []).append(content)
    except Malformed as error:
        wrong = str(error)
    utf_8 = any(re.match(rb"\x1b%(G|/[GHI])", content) for content in found.get(_CHARACTER_SET, []))
    values: dict[str, Any] = {}
    for number, contents in found.items():
        name = _NUMBERS.get(number)
        if name is None or number == _DATE:
            continue
        texts = [content.decode("utf-8", "replace") if utf_8 else decoded(content) for content in contents]
        values[name] = _value(name, texts)
    shaped = shape(values, Origin.IPTC)
    if _DATE in found:
        try:
            shaped.fields["date_created"] = _moment(found[_DATE][0], found.get(_TIME, [b""])[0])
        except Unfit as error:
            wrong = wrong or str(error)
    return shaped, wrong


def _value(name: str, texts: list[str]) -> Any:
    if name == _SUBJECT:  # `IPTC:15000000:SPO:Sport:`; XMP has the number alone
        return [re.sub(r"^[^:]*:(\d{8})(:.*)?$", r"\1", text, flags=re.DOTALL) for text in texts]
    if name == _GENRE:  # `001:Current`; XMP has the name alone
        return re.sub(r"^\d{3}:", "", texts[0])
    return texts if FIELDS[name].type is Type.LIST else texts[0]


def _moment(day: bytes, time: bytes) -> str:
    """Return CCYYMMDD and HHMMSS±HHMM as one date; zeros are unknown parts.

    Raises:
        Unfit: it is no date.
    """
    text = day.decode("ascii", "replace").strip("\0 ")
    if not re.fullmatch(r"\d{8}", text):
        if re.fullmatch(r"\d{4}[-:]\d{2}[-:]\d{2}", text):
            text = text.replace("-", "").replace(":", "")
        else:
            raise Unfit(f"not a date: {text[:40]!r}")
    year, month, dayed = text[:4], text[4:6], text[6:]
    if month == "00":
        return date(year)
    if dayed == "00":
        return date(f"{year}-{month}")
    clock = re.fullmatch(r"(\d{2}):?(\d{2}):?(\d{2})([+-]\d{2}:?\d{2})?", time.decode("ascii", "replace").strip("\0 "))
    if clock is None:
        return date(f"{year}-{month}-{dayed}")
    hour, minute, second, zone = clock.groups()
    return date(f"{year}-{month}-{dayed}T{hour}:{minute}:{second}{zone or ''}")
