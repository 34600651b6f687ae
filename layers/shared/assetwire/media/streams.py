"""Opening of video and audio files: with the demuxer that their content asks for, and with bounds on what is read."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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

av.logging.set_level(None)  # what FFmpeg says of damaged files is no one's log


@contextmanager
def opened(file: Path, media_type: str) -> Iterator[Any]:
    """Open a video or audio file of a known media type for reading.

    Raises:
        KeyError: the media type is none of those.
        av.FFmpegError: the container cannot be read.
    """
    with av.open(f"file:{file}", format=_DEMUXERS[media_type], options=_OPTIONS) as container:
        yield container


def frames_of(packets: Iterable[Any]) -> Iterator[Any]:
    """Yield what can be decoded of packets; a damaged packet costs itself, a damaged container what follows."""
    try:
        for packet in packets:
            try:
                yield from packet.decode()
            except av.FFmpegError:
                continue
    except av.FFmpegError:
        return
