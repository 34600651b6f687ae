"""The kind of a file that is no image we decode, by its first bytes: for a refusal that says what it is."""

from pathlib import Path

from assetwire.domain.inspection import Kind

# Offset, magic bytes, kind, media type. Source: each format's specification, as collected by IANA's registrations.
_MAGIC: tuple[tuple[int, bytes, Kind, str], ...] = (
    (0, b"%PDF-", Kind.DOCUMENT, "application/pdf"),
    (4, b"ftypqt", Kind.VIDEO, "video/quicktime"),
    (4, b"ftypM4A", Kind.AUDIO, "audio/mp4"),
    (4, b"ftypheic", Kind.IMAGE, "image/heic"),
    (4, b"ftypheix", Kind.IMAGE, "image/heic"),
    (4, b"ftypmif1", Kind.IMAGE, "image/heif"),
    (4, b"ftyp", Kind.VIDEO, "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", Kind.VIDEO, "video/x-matroska"),
    (0, b"ID3", Kind.AUDIO, "audio/mpeg"),
    (0, b"fLaC", Kind.AUDIO, "audio/flac"),
    (0, b"OggS", Kind.AUDIO, "audio/ogg"),
    (8, b"WAVE", Kind.AUDIO, "audio/wav"),
    (0, b"8BPS", Kind.IMAGE, "image/vnd.adobe.photoshop"),
    (0, b"\x00\x00\x00\x0cjP  ", Kind.IMAGE, "image/jp2"),
    (0, b"\x00\x00\x00\x0cJXL ", Kind.IMAGE, "image/jxl"),
    (0, b"BM", Kind.IMAGE, "image/bmp"),
    (0, b"<svg", Kind.IMAGE, "image/svg+xml"),
    (0, b"PK\x03\x04", Kind.OTHER, "application/zip"),
)


def sniff(file: Path) -> tuple[Kind, str] | None:
    """Return the kind and the media type of a file by its content; None if it is none that we know."""
    with file.open("rb") as opened:
        head = opened.read(64)
    for offset, magic, kind, media_type in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return kind, media_type
    return None
