"""Sound on its way from a decoder to an encoder: two channels at the most, at a usual rate, without gaps."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
from av.filter import Graph

from assetwire.domain.transcode_spec import SoundCodec, SoundEncoding
from assetwire.media.transcode.cadence import Clock

ENCODERS = {SoundCodec.AAC: "aac", SoundCodec.MP3: "libmp3lame", SoundCodec.OPUS: "libopus"}
_SAMPLES = {SoundCodec.AAC: "fltp", SoundCodec.MP3: "fltp", SoundCodec.OPUS: "flt"}
_RATE, _CD_RATE = 48_000, 44_100
_DRIFT = 1000
"""Samples a second by which sound is stretched to keep up with its timestamps; larger gaps are filled with silence."""


def add_sound(container: Any, source: Any, encoding: SoundEncoding) -> Any:
    """Add a stream for the sound of this stream to a container, and return it with its encoder open."""
    codec = source.codec_context
    rate = _CD_RATE if codec.sample_rate == _CD_RATE and encoding.codec is not SoundCodec.OPUS else _RATE
    layout = "mono" if codec.layout.nb_channels == 1 else "stereo"
    stream = container.add_stream(ENCODERS[encoding.codec], rate=rate, layout=layout)
    stream.bit_rate = encoding.kilobits * 1000
    stream.codec_context.format = _SAMPLES[encoding.codec]
    stream.codec_context.open(strict=False)
    return stream


class SoundTrack:
    """Takes decoded sound and yields packets; from its beginning to its end (seconds), if there is one."""

    def __init__(self, stream: Any, *, beginning: float, seconds: float | None) -> None:
        self._stream, self._clock = stream, Clock(beginning)
        codec = stream.codec_context
        self._rate, self._layout, self._format = codec.sample_rate, codec.layout.name, codec.format.name
        self._frame = codec.frame_size or 1024
        self._left = None if seconds is None else round(seconds * self._rate)
        self._graph: Any = None
        self._shape: tuple[Any, ...] = ()
        self._samples = 0

    @property
    def is_full(self) -> bool:
        """Tell whether no more sound is wanted."""
        return self._left is not None and self._samples >= self._left

    @property
    def seconds(self) -> float:
        """How long the sound is so far."""
        return float(self._samples / self._rate)

    def put(self, frame: Any) -> Iterator[Any]:
        """Yield the packets that are ready after this frame."""
        stamp = None if frame.pts is None else float(frame.pts * frame.time_base)
        at = self._clock.seconds(stamp, frame.samples / frame.sample_rate)
        if at + frame.samples / frame.sample_rate <= 0 or self.is_full:
            return
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if shape != self._shape:
            yield from self._rest_of_graph()
            self._shape, self._graph = shape, self._chain(*shape)
        frame.pts, frame.time_base = round(at * frame.sample_rate), Fraction(1, frame.sample_rate)
        self._graph.push(frame)
        yield from self._ready()

    def rest(self) -> Iterator[Any]:
        """Yield the packets that are left."""
        yield from self._rest_of_graph()
        yield from self._stream.encode(None)

    def _rest_of_graph(self) -> Iterator[Any]:
        if self._graph is not None:
            self._graph.push(None)
            yield from self._ready()
            self._graph = None

    def _ready(self) -> Iterator[Any]:
        while True:
            try:
                frame = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            if self.is_full:
                continue
            frame.pts, frame.time_base = self._samples, Fraction(1, self._rate)
            self._samples += frame.samples
            yield from self._stream.encode(frame)

    def _chain(self, samples: str, layout: str, rate: int) -> Any:
        graph = Graph()
        says = f"time_base=1/{rate}:sample_rate={rate}:sample_fmt={samples}:channel_layout={layout}"
        steps = [
            ("abuffer", says),
            ("aresample", f"{self._rate}:async={_DRIFT}:first_pts={self._samples}"),
            ("aformat", f"sample_fmts={self._format}:sample_rates={self._rate}:channel_layouts={self._layout}"),
            ("asetnsamples", f"n={self._frame}:p=0"),
            ("abuffersink", ""),
        ]
        last = None
        for name, how in steps:
            node = graph.add(name, how) if how else graph.add(name)
            if last is not None:
                last.link_to(node)
            last = node
        graph.configure()
        return graph
