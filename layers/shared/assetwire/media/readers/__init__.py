"""Readers: what each medium's header says, by the library that knows it best. They run inside the sandbox alone."""

from collections.abc import Mapping
from types import MappingProxyType

_RASTER, _STILL, _TIMED, _DOCUMENT = "raster", "still", "timed", "document"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"

READERS: Mapping[str, str] = MappingProxyType(
    {
        "image/jpeg": _RASTER,
        "image/png": _RASTER,
        "image/gif": _RASTER,
        "image/webp": _RASTER,
        "image/tiff": _RASTER,
        "image/avif": _RASTER,
        "image/heic": _STILL,
        "image/heif": _STILL,
        "image/vnd.adobe.photoshop": _STILL,
        "image/bmp": _STILL,
        "image/jp2": _STILL,
        "image/j2c": _STILL,
        "image/svg+xml": "vector",
        "video/mp4": _TIMED,
        "video/quicktime": _TIMED,
        "video/webm": _TIMED,
        "video/x-matroska": _TIMED,
        "video/x-msvideo": _TIMED,
        "video/mp2t": _TIMED,
        "video/mpeg": _TIMED,
        "audio/mpeg": _TIMED,
        "audio/mp4": _TIMED,
        "audio/aac": _TIMED,
        "audio/wav": _TIMED,
        "audio/flac": _TIMED,
        "audio/ogg": _TIMED,
        "application/pdf": _DOCUMENT,
    }
)
"""The media types that are read, and the module here that reads each."""

RECORDED = frozenset(
    {
        "application/msword",
        "application/rtf",
        "application/vnd.ms-excel",
        "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
        "application/vnd.ms-powerpoint",
        *(f"{_OFFICE}.{kind}" for kind in ("wordprocessingml.document", "spreadsheetml.sheet")),
        f"{_OFFICE}.presentationml.presentation",
        *(
            f"{_OPEN_DOCUMENT}.{kind}{template}"
            for kind in ("text", "spreadsheet", "presentation", "graphics")
            for template in ("", "-template")
        ),
    }
)
"""The media types that are recorded with type and size alone: nothing of them is decoded."""
