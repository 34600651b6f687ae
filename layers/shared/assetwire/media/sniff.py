"""The kind of a file by its first bytes: for a refusal that says what it is, where its header cannot be read."""

from pathlib import Path

from assetwire.domain.inspection import Kind

# Offset, magic bytes, kind, media type. Source: each format's specification, as collected by IANA's registrations.
_MAGIC: tuple[tuple[int, bytes, Kind, str], ...] = (
    (0, b"\xff\xd8\xff", Kind.IMAGE, "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", Kind.IMAGE, "image/png"),
    (0, b"GIF8", Kind.IMAGE, "image/gif"),
    (8, b"WEBP", Kind.IMAGE, "image/webp"),
    (0, b"II*\x00", Kind.IMAGE, "image/tiff"),
    (0, b"MM\x00*", Kind.IMAGE, "image/tiff"),
    (4, b"ftypavif", Kind.IMAGE, "image/avif"),
    (4, b"ftypavis", Kind.IMAGE, "image/avif"),
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
