"""What is written into films and sounds: tags that players show, and XMP beside them. Nothing of the master's own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av

from assetwire.domain.inscription import Inscription
from assetwire.domain.spec import Format
from assetwire.domain.transcode_spec import AnyFormat, MediaFormat
from assetwire.media.inscribe import inscribe
from assetwire.media.inscribe.packet import packet
from assetwire.media.inscribe.texts import in_one_language

_XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""Source: XMP specification part 3 (2020), 1.2.7.1: the `uuid` box of MPEG-4, at the file's top level."""
_LONGEST = 2000
"""Characters of a tag at the most."""
_MUXERS: dict[MediaFormat, tuple[str, dict[str, str]]] = {
    MediaFormat.MP4: ("mp4", {"movflags": "+faststart", "fflags": "+bitexact"}),
    MediaFormat.M4A: ("ipod", {"movflags": "+faststart", "fflags": "+bitexact"}),
    MediaFormat.WEBM: ("webm", {"cues_to_front": "1", "fflags": "+bitexact"}),
    MediaFormat.MP3: ("mp3", {"id3v2_version": "3", "fflags": "+bitexact"}),
}
DEMUXERS = {MediaFormat.MP4: "mov", MediaFormat.M4A: "mov", MediaFormat.WEBM: "matroska", MediaFormat.MP3: "mp3"}
"""FFmpeg's demuxer for each format of ours."""


def muxer(file_format: MediaFormat) -> tuple[str, dict[str, str]]:
    """Return FFmpeg's muxer for a format, and its options: the index in front, the same bytes at every run."""
    return _MUXERS[file_format]


def tags_of(inscription: Inscription, file_format: AnyFormat) -> dict[str, str]:
    """Return the tags of a container: title, artist, copyright and comment, by FFmpeg's names; of an MP3 also its XMP.

    The artist is whom the credit line names, else the creator; the comment says how the work may be used. WebM has no
    place for XMP: a tag of its own says there how the work came to be, as that must not be lost.
    """
    fields = inscription.fields
    credit = fields.get("credit_line") or "; ".join(map(str, fields.get("creator") or ()))
    comments = [fields.get(name) for name in ("rights_usage_terms", "web_statement_of_rights")]
    said: Mapping[str, Any] = {
        "title": fields.get("title"),
        "artist": credit,
        "copyright": fields.get("copyright_notice"),
        "comment": "\n".join(in_one_language(comment) for comment in comments if comment),
    }
    tags = {name: _plain(in_one_language(value)) for name, value in said.items() if value}
    if file_format is MediaFormat.WEBM:
        tags["digital_source_type"] = _plain(str(fields.get("digital_source_type") or ""))
    if file_format is MediaFormat.MP3 and fields:
        tags["id3v2_priv.XMP"] = "".join(f"\\x{byte:02x}" for byte in packet(fields))
    return {name: text for name, text in tags.items() if text}


def _plain(text: str) -> str:
    return "".join(character for character in text if character.isprintable() or character == "\n")[:_LONGEST]


def finish(file: Path, file_format: AnyFormat, inscription: Inscription) -> None:
    """Write the inscription's XMP into a made file, where its format has a place that the muxer leaves empty."""
    if not inscription.fields:
        return
    if isinstance(file_format, Format):
        inscribe(file, file_format, inscription)
    elif file_format in {MediaFormat.MP4, MediaFormat.M4A}:
        content = _XMP_BOX + packet(inscription.fields)
        with file.open("ab") as opened:
            opened.write((8 + len(content)).to_bytes(4, "big") + b"uuid" + content)


def label_anew(file: Path, file_format: MediaFormat, inscription: Inscription, *, out: Path) -> None:
    """Copy the streams of a made film or sound, undecoded, into a new file with these tags and no others.

    Raises:
        av.FFmpegError: the file is not of this format.
    """
    name, options = muxer(file_format)
    with (
        av.open(f"file:{file}", format=DEMUXERS[file_format], options={"protocol_whitelist": "file"}) as source,
        av.open(f"file:{out}", "w", format=name, options=options) as target,
    ):
        target.metadata.update(tags_of(inscription, file_format))
        kept = [stream for stream in source.streams if stream.type in {"video", "audio"}]
        streams = {stream.index: target.add_stream_from_template(stream) for stream in kept}
        for stream in streams.values():
            stream.metadata.clear()
        for packet_ in source.demux(kept):
            if packet_.dts is not None:
                packet_.stream = streams[packet_.stream.index]
                target.mux(packet_)
    finish(out, file_format, inscription)
