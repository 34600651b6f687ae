"""Documents: PDF through PDFium."""

import ctypes
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pypdfium2
from pypdfium2 import raw

from assetwire.domain.errors import Undecodable
from assetwire.domain.inspection import Kind
from assetwire.media.readers.facts import Facts

_LONGEST = 2000
"""Characters of a document property that are kept."""
_DATE = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:([+\-Z])(?:(\d{2})'?(\d{2})?)?)?")


def read(file: Path, media_type: str) -> Facts:
    """Read a document's properties, the number of its pages, and the size of the first in points.

    Raises:
        Undecodable: it is damaged.
    """
    try:
        document = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        if raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            return Facts(kind=Kind.DOCUMENT, media_type=media_type, encrypted=True)
        raise Undecodable("the document is damaged") from error
    try:
        return _facts(document, media_type)
    finally:
        document.close()


def _facts(document: Any, media_type: str) -> Facts:
    pages = len(document)
    if pages == 0:
        raise Undecodable("the document has no page")
    properties = {name: text for name in document.METADATA_KEYS if (text := _property(document, name))}
    version = document.get_version()
    technical: dict[str, Any] = {
        # Opened without a password, and yet encrypted: the owner's password guards printing and changing alone.
        "restricted": raw.FPDF_GetSecurityHandlerRevision(document) != -1,
        "tagged": bool(document.is_tagged()),
    }
    try:
        size = document.get_page_size(0)
        technical["page_width_points"], technical["page_height_points"] = (round(edge, 2) for edge in size)
    except pypdfium2.PdfiumError as error:
        raise Undecodable("the first page is damaged") from error
    if version:
        technical["pdf_version"] = f"{version // 10}.{version % 10}"
    if "Producer" in properties:
        technical["producer"] = properties["Producer"]
    return Facts(
        kind=Kind.DOCUMENT,
        media_type=media_type,
        pages=pages,
        encrypted=False,
        technical=technical,
        container=_fields(properties),
    )


def _property(document: Any, name: str) -> str:
    """Return a document property; what of it is no text is replaced, where pypdfium2's own reading gives all up."""
    key = name.encode() + b"\0"
    length = raw.FPDF_GetMetaText(document, key, None, 0)
    buffer = ctypes.create_string_buffer(length)
    raw.FPDF_GetMetaText(document, key, buffer, length)
    return buffer.raw[: max(length - 2, 0)].decode("utf-16-le", "replace")[:_LONGEST]


def _fields(properties: Mapping[str, str]) -> dict[str, Any]:
    """Return the document information dictionary by our names. Source: ISO 32000-2, 14.3.3."""
    found: dict[str, Any] = {}
    for name, field in (("Title", "title"), ("Subject", "description")):
        if name in properties:
            found[field] = {"x-default": properties[name]}
    if "Author" in properties:
        found["creator"] = [properties["Author"]]
    if "Keywords" in properties:
        found["keywords"] = [word.strip() for word in re.split("[,;]", properties["Keywords"]) if word.strip()][:100]
    if "Creator" in properties:
        found["creator_tool"] = properties["Creator"]
    date = iso_date(properties.get("CreationDate", ""))
    if date:
        found["date_created"] = date
    return found


def iso_date(text: str) -> str | None:
    """Return a PDF date as ISO 8601, as precise as it is; None if it is none. Source: ISO 32000-2, 7.9.4."""
    parts = _DATE.match(text)
    if parts is None:
        return None
    date = "-".join(part for part in parts.groups()[:3] if part)
    clock = ":".join(part for part in parts.groups()[3:6] if part)
    zone = "" if not parts[7] else "Z" if parts[7] == "Z" else f"{parts[7]}{parts[8] or '00'}:{parts[9] or '00'}"
    return f"{date}T{clock}{zone}" if parts[3] and parts[5] else date
