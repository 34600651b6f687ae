"""Films: decoded, brought upright and to size, encoded with their sound beside them, playable as they load."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import av

from assetwire.domain.errors import Undecodable
from assetwire.domain.pace import frame_rate
from assetwire.domain.spec import Encoding
from assetwire.domain.transcode_plan import FilmTask, LoopTask, bit_rate
from assetwire.domain.transcode_spec import MediaFormat, VideoCodec
from assetwire.media.streams import frames_of_packet, opened
from assetwire.media.transcode.cadence import Cadence, Clock, Stamps
from assetwire.media.transcode.sounds import SoundTrack, add_sound
from assetwire.media.transcode.source import Source
from assetwire.media.transcode.upright import Upright

_BT709, _LIMITED = 1, 1
"""Codes of ITU-T H.273 for primaries, transfer and matrix; FFmpeg's for the range."""
LARGEST = 67_000_000
"""Pixels of a frame of the master at the most."""


class _Way(NamedTuple):
    """How frames become a file: FFmpeg's muxer and encoder, their options, and the pixels that they take."""

    muxer: str
    encoder: str
    pixels: str
    container: dict[str, str]


_H264, _AV1, _LOOP = (
    # Deterministic, and nothing about the encoder's own version; the index stands before the pictures.
    _Way("mp4", "libx264", "yuv420p", {"movflags": "+faststart", "fflags": "+bitexact"}),
    _Way("webm", "libsvtav1", "yuv420p", {"cues_to_front": "1", "fflags": "+bitexact"}),
    # WebP is of BT.601: its encoder is given RGB, and converts that itself.
    _Way("webp", "libwebp_anim", "bgra", {"loop": "0"}),
)


def write_film(
    master: Path, media_type: str, task: FilmTask | LoopTask, *, out: Path, tags: dict[str, str], threads: int
) -> None:
    """Write a film of this master.

    Raises:
        Undecodable: it has no film, or no frame of it can be decoded.
    """
    way, asked = _way(task), task.encoding.sound if isinstance(task, FilmTask) else None
    with opened(master, media_type) as container:
        source = Source(container, task.take.excerpt, threads=threads, sound=asked is not None, picture=True)
        picture = source.picture
        rate = frame_rate(picture.average_rate, picture.guessed_rate, task.take.frame_rate)
        with av.open(f"file:{out}", "w", format=way.muxer, options=way.container) as target:
            target.metadata.update(tags)
            stream = _add_picture(target, task, way, rate, threads)
            heard = None
            if source.sound is not None and asked is not None:
                sound = add_sound(target, source.sound, asked)
                heard = SoundTrack(sound, beginning=source.beginning, seconds=source.seconds)
            seen = _Seen(source, task, stream, rate, pixels=way.pixels, scratch=out.parent, threads=threads)
            for packet in source.packets():
                for frame in frames_of_packet(packet):
                    if packet.stream is picture:
                        target.mux(list(seen.put(frame)))
                    elif heard is not None:
                        target.mux(list(heard.put(frame)))
                if seen.is_full and (heard is None or heard.is_full):
                    break
            target.mux(list(seen.rest()))
            if heard is not None:
                target.mux(list(heard.rest()))
        if seen.shown == 0:
            raise Undecodable("no frame of the film can be decoded")


def _way(task: FilmTask | LoopTask) -> _Way:
    if isinstance(task, LoopTask):
        return _LOOP
    way = _H264 if task.encoding.codec is VideoCodec.H264 else _AV1
    if task.encoding.format is MediaFormat.MP4:
        return way._replace(muxer=_H264.muxer, container=_H264.container)
    return way


def _add_picture(target: Any, task: FilmTask | LoopTask, way: _Way, rate: Fraction, threads: int) -> Any:
    options = _film_options(task, rate) if isinstance(task, FilmTask) else _loop_options(task.encoding)
    stream = target.add_stream(way.encoder, rate=rate, options=options)
    stream.width, stream.height = task.size
    stream.pix_fmt = way.pixels
    codec = stream.codec_context
    codec.thread_count = threads
    if isinstance(task, FilmTask):
        codec.color_primaries, codec.color_trc, codec.colorspace = _BT709, _BT709, _BT709
        codec.color_range = _LIMITED
        codec.sample_aspect_ratio = Fraction(1)
    return stream


def _film_options(task: FilmTask, rate: Fraction) -> dict[str, str]:
    encoding, most = task.encoding, bit_rate(task, float(rate))
    options = {
        "preset": encoding.effort,
        "crf": str(encoding.quality),
        "g": str(max(1, round(rate * Fraction(encoding.keyframe_seconds).limit_denominator(100)))),
        "maxrate": str(most),
        "bufsize": str(2 * most),
    }
    return options | ({"profile": "high"} if encoding.codec is VideoCodec.H264 else {})


def _loop_options(encoding: Encoding) -> dict[str, str]:
    lossless = encoding.quality is None
    quality = {} if encoding.quality is None else {"quality": str(encoding.quality)}
    return {"lossless": str(int(lossless)), "compression_level": str(encoding.effort), **quality}


class _Seen:
    """Takes decoded frames and yields packets of the film."""

    def __init__(
        self,
        source: Source,
        task: FilmTask | LoopTask,
        stream: Any,
        rate: Fraction,
        *,
        pixels: str,
        scratch: Path,
        threads: int,
    ) -> None:
        self._source, self._stream, self._rate = source, stream, rate
        self._clock, self._stamps = Clock(source.beginning), Stamps()
        self._places = None if source.seconds is None else max(1, round(source.seconds * rate))
        self._cadence: Cadence[Any] = Cadence(rate, self._places)
        aspect = source.picture.sample_aspect_ratio
        self._upright = Upright(task.size, aspect, pixels=pixels, scratch=scratch, threads=threads)

    @property
    def shown(self) -> int:
        """How many frames the film has so far."""
        return self._cadence.shown

    @property
    def is_full(self) -> bool:
        """Tell whether no more frames are wanted."""
        return self._places is not None and self.shown >= self._places

    def put(self, frame: Any) -> Iterator[Any]:
        """Yield the packets that are ready after this frame."""
        duration = float(1 / self._rate)
        best = self._stamps.best(frame.pts, frame.dts)
        stamp = None if best is None else float(best * frame.time_base)
        at = self._clock.seconds(stamp, duration)
        if at < -duration / 2 or frame.width * frame.height > LARGEST or not self._cadence.wants(at):
            return
        for ready, moment in self._upright.put(frame, at):
            yield from self._encoded(ready, moment)

    def rest(self) -> Iterator[Any]:
        """Yield the packets that are left."""
        for ready, moment in self._upright.rest():
            yield from self._encoded(ready, moment)
        if self.shown:
            yield from self._stream.encode(None)

    def _encoded(self, ready: Any, moment: float) -> Iterator[Any]:
        for place, frame in self._cadence.put(ready, moment):
            if self._places is not None and place >= self._places:
                return
            frame.pts, frame.time_base = place, 1 / self._rate
            frame.pict_type = 0
            yield from self._stream.encode(frame)
