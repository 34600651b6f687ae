"""Opening of video and audio files: with the demuxer that their content asks for, and with bounds on what is read."""

import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import av

_DEMUXERS = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
    "video/x-msvideo": "avi",
    "video/mp2t": "mpegts",
    "video/mpeg": "mpeg",
    "video/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/mp4": "mov",
    "audio/webm": "matroska",
    "audio/x-matroska": "matroska",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/ogg": "ogg",
}
"""FFmpeg's demuxer by media type: none is guessed, so that no playlist or script can pass for a film."""

_OPTIONS = {"protocol_whitelist": "file", "probesize": "5000000", "analyzeduration": "5000000"}
"""Nothing but this one file is opened; 5 MB or 5 s of it are enough to know its streams."""

_LENIENT: dict[str, Any] = {} if int(av.__version__.split(".")[0]) >= 19 else {"metadata_errors": "surrogateescape"}
"""PyAV refused a whole file for one tag that is no UTF-8, up to 18; from then on it always hands on the bytes."""

av.logging.set_level(None)  # what FFmpeg says of damaged files is no one's log


@contextmanager
def opened(file: Path, media_type: str) -> Iterator[Any]:
    """Open a video or audio file of a known media type for reading.

    Raises:
        KeyError: the media type is none of those.
        av.FFmpegError: the container cannot be read.
    """
    with av.open(f"file:{file}", format=_DEMUXERS[media_type], options=_OPTIONS, **_LENIENT) as container:
        yield container


def film_of(container: Any) -> Any:
    """Return the video stream of a container; None if there is none, or covers of an album alone.

    One of a codec that FFmpeg knows comes first; what it does not know has no `codec_context`.
    """
    films = [stream for stream in container.streams.video if not is_cover(stream)]
    return next((stream for stream in films if stream.codec_context), next(iter(films), None))


def sound_of(container: Any) -> Any:
    """Return the first audio stream of a container whose codec FFmpeg knows; None if there is none."""
    return next((stream for stream in container.streams.audio if stream.codec_context), None)


def is_cover(stream: Any) -> bool:
    """Tell whether a video stream is the cover of an album."""
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def frames_of(packets: Iterable[Any]) -> Iterator[Any]:
    """Yield what can be decoded of packets; a damaged packet costs itself, a damaged container what follows."""
    try:
        for packet in packets:
            yield from frames_of_packet(packet)
    except av.FFmpegError:
        return


def frames_of_packet(packet: Any) -> Iterator[Any]:
    """Yield what can be decoded of a packet; damage costs what of it follows."""
    try:
        yield from packet.decode()
    except av.FFmpegError:
        return


def packets_of(container: Any, streams: list[Any]) -> Iterator[Any]:
    """Yield the packets of these streams, each decoder's rest at the end; a damaged container costs what follows."""
    try:
        yield from container.demux(streams)
    except av.FFmpegError:
        return


class Turn(NamedTuple):
    """How a stored picture becomes upright: mirrored left to right, if so, then turned clockwise."""

    degrees: int
    """0, 90, 180 or 270."""
    mirrored: bool


def turn_of(matrix: Any) -> Turn:
    """Return what a display matrix asks for: 16.16 numbers a, b, u, c, d, v, x, y, w; none, or one of zeros, nothing.

    Source: ISO/IEC 14496-12, 6.2.2.
    """
    known = bytes(matrix) if matrix is not None else b""
    if len(known) < 36:
        return Turn(0, mirrored=False)
    a, b, _, c, d = struct.unpack("=9i", known[:36])[:5]
    mirrored = a * d < b * c
    if mirrored:
        a, b = -a, -b
    if abs(b) > abs(a):
        return Turn(90 if b > 0 else 270, mirrored)
    return Turn(180 if a < 0 else 0, mirrored)
