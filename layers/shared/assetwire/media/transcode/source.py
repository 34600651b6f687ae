"""A film or a sound that is read from a beginning to an end, packet by packet, each stream by its own clock."""

from collections.abc import Iterator
from typing import Any

import av

from assetwire.domain.errors import Undecodable
from assetwire.domain.transcode_spec import Excerpt
from assetwire.media.streams import film_of, packets_of, sound_of

_PACKETS = 300
"""Packets in which a stream must show something that can be decoded."""
_BEFORE = 1.0
"""Seconds of sound that are read before an excerpt: decoders need some to come into step."""


class Source:
    """The streams of an open container, and the part of them that is wanted."""

    def __init__(self, container: Any, excerpt: Excerpt | None, *, threads: int, sound: bool, picture: bool) -> None:
        self._container = container
        self.picture: Any = film_of(container) if picture else None
        self.sound: Any = sound_of(container) if sound else None
        if picture and (self.picture is None or not self.picture.codec_context):
            raise Undecodable("the file has no film of a codec that is known", code="no_film")
        if self.picture is not None:
            self.picture.thread_type = "AUTO"
            self.picture.codec_context.thread_count = threads
        if sound and not picture and self.sound is None:
            raise Undecodable("the file has no sound", code="no_sound")
        if self.sound is not None and not self._speaks(self.sound):
            if not picture:
                raise Undecodable("no sound of the file can be decoded")
            self.sound = None
        whole = _duration(container)
        start = 0.0 if excerpt is None or whole is None else excerpt.start * whole
        self.seconds = None if excerpt is None else excerpt.seconds
        """How much is wanted; None for all."""
        self.beginning = (container.start_time or 0) / 1_000_000 + start
        """The timestamp (seconds) that counts as the beginning."""
        self._seek(start)

    def packets(self) -> Iterator[Any]:
        """Yield the packets of both streams in the order of the file, each decoder's rest at the end."""
        wanted = [stream for stream in (self.picture, self.sound) if stream is not None]
        return packets_of(self._container, wanted)

    def _speaks(self, stream: Any) -> bool:
        """Tell whether a stream of sound can be decoded at all: it is announced before its first packet is written."""
        try:
            self._container.seek(0)
            for number, packet in enumerate(self._container.demux(stream)):
                try:
                    if any(frame.samples for frame in packet.decode()):
                        return bool(stream.codec_context.sample_rate)
                except av.FFmpegError:
                    continue
                if number > _PACKETS:
                    break
        except av.FFmpegError:
            return False
        return False

    def _seek(self, start: float) -> None:
        """Go to the key frame before the start; a container that cannot is read from where it stands."""
        at = max(0, int((self.beginning - (_BEFORE if start else 0)) * 1_000_000))
        try:
            self._container.seek(at, backward=True)
        except (av.FFmpegError, OverflowError):
            return


def _duration(container: Any) -> float | None:
    seconds = (container.duration or 0) / 1_000_000
    return seconds if 0 < seconds < 30 * 86_400 else None
