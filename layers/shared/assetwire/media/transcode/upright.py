"""Frames of a film as they are seen: upright, of square pixels, at one size, progressive, opaque, in BT.709."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import av
from av.filter import Graph

from assetwire.media.streams import Turn, turn_of
from assetwire.media.transcode.colours import HLG, PQ, write_table

_TURNS: dict[int, tuple[tuple[str, str], ...]] = {
    0: (),
    90: (("transpose", "clock"),),
    180: (("hflip", ""), ("vflip", "")),
    270: (("transpose", "cclock"),),
}
"""Filters by degrees, clockwise."""
_HD = 720
"""Lines from which a film that does not name its colours is taken to be BT.709's, else BT.601's, as players do."""
_MATRICES = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc", 10: "bt2020c"}
"""FFmpeg's names. Source: ITU-T H.273, table 4."""
_FULL = 2
_TIME = Fraction(1, 1_000_000)


class _Shape(NamedTuple):
    """Everything of a frame that a chain of filters is made for."""

    width: int
    height: int
    pixels: str
    aspect: Fraction
    turn: Turn
    matrix: int
    full: bool
    transfer: int
    interlaced: bool


class Upright:
    """Brings frames to one size and pixel format, whatever they are, and though they change on the way."""

    def __init__(
        self, size: tuple[int, int], aspect: Fraction | None, *, pixels: str, scratch: Path, threads: int
    ) -> None:
        self._size, self._pixels, self._scratch, self._threads = size, pixels, scratch, threads
        self._aspect = aspect if aspect and Fraction(1, 4) <= aspect <= 4 else Fraction(1)
        self._shape: _Shape | None = None
        self._graph: Any = None

    def put(self, frame: Any, seconds: float) -> Iterator[tuple[Any, float]]:
        """Yield frames that are ready, each with its moment (seconds); a filter may hold one back."""
        shape = self._shape_of(frame)
        if shape != self._shape:
            yield from self.rest()
            self._shape, self._graph = shape, self._chain(shape)
        frame.pts, frame.time_base = round(seconds / _TIME), _TIME
        self._graph.push(frame)
        yield from self._ready()

    def rest(self) -> Iterator[tuple[Any, float]]:
        """Yield what filters held back."""
        if self._graph is not None:
            self._graph.push(None)
            yield from self._ready()
            self._graph = self._shape = None

    def _ready(self) -> Iterator[tuple[Any, float]]:
        while True:
            try:
                frame = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            yield frame, float(frame.pts * frame.time_base)

    def _shape_of(self, frame: Any) -> _Shape:
        return _Shape(
            frame.width,
            frame.height,
            frame.format.name,
            self._aspect,
            turn_of(frame.side_data.get("DISPLAYMATRIX")),
            int(frame.colorspace),
            int(frame.color_range) == _FULL,
            int(frame.color_trc),
            bool(frame.interlaced_frame),
        )

    def _chain(self, shape: _Shape) -> Any:
        """Return the filters for frames of this shape."""
        known = av.VideoFormat(shape.pixels)
        chain = _Chain(shape, known, threads=self._threads)
        if shape.interlaced:
            chain.add("bwdif", "mode=send_frame:deint=interlaced")
        for name, how in (*((("hflip", ""),) if shape.turn.mirrored else ()), *_TURNS[shape.turn.degrees]):
            chain.add(name, how)
        named = known.is_rgb or shape.matrix in _MATRICES
        matrix = "auto" if named else "bt709" if shape.height >= _HD else "bt601"
        content = _content(shape, self._size)
        chain.add("scale", f"{content[0]}:{content[1]}:flags=bicubic:in_color_matrix={matrix}:{_OUT}")
        if any(component.is_alpha for component in known.components):
            chain.flatten()
            chain.add("scale", _OUT)
        if shape.transfer in {PQ, HLG}:
            table = self._scratch / f"{shape.transfer}.cube"
            if not table.exists():
                write_table(table, shape.transfer)
            chain.add("format", "gbrpf32le")
            chain.add("lut3d", f"file={table}:interp=tetrahedral")
            chain.add("scale", _OUT)
        chain.add("format", self._pixels)
        if content != self._size:
            chain.add("pad", f"{self._size[0]}:{self._size[1]}:-1:-1")
        chain.add("setsar", "1")
        if not av.VideoFormat(self._pixels).is_rgb:
            chain.add("setparams", "color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv:field_mode=prog")
        return chain.closed()


_OUT = "out_color_matrix=bt709:out_range=tv"


class _Chain:
    """Filters, each fed by the one before."""

    def __init__(self, shape: _Shape, known: Any, *, threads: int) -> None:
        self._graph = Graph()
        self._graph.threads = threads
        says = [f"video_size={shape.width}x{shape.height}", f"pix_fmt={shape.pixels}", f"time_base={_TIME}"]
        if not known.is_rgb:
            says.append(f"range={'pc' if shape.full else 'tv'}")
            if shape.matrix in _MATRICES:
                says.append(f"colorspace={_MATRICES[shape.matrix]}")
        self._last = self._graph.add("buffer", ":".join(says))

    def add(self, name: str, how: str = "") -> None:
        """Add a filter with these options."""
        self._last = self._linked(self._last, name, how)

    def flatten(self) -> None:
        """Put what is transparent on white."""
        self.add("format", "gbrap")
        self.add("split", "3")
        split, merged = self._last, self._graph.add("maskedmerge")
        white = self._linked(split, "format", "gbrp", output=0)
        self._linked(white, "lutrgb", "r=maxval:g=maxval:b=maxval").link_to(merged, 0, 0)
        self._linked(split, "format", "gbrp", output=1).link_to(merged, 0, 1)
        mask = self._linked(split, "alphaextract", output=2)
        self._linked(mask, "format", "gbrp").link_to(merged, 0, 2)
        self._last = merged

    def _linked(self, before: Any, name: str, how: str = "", *, output: int = 0) -> Any:
        node = self._graph.add(name, how) if how else self._graph.add(name)
        before.link_to(node, output, 0)
        return node

    def closed(self) -> Any:
        """Return the graph, ready to be fed."""
        self.add("buffersink")
        self._graph.configure()
        return self._graph


def _content(shape: _Shape, size: tuple[int, int]) -> tuple[int, int]:
    """Return the size (pixels) of a frame of this shape within a film of this size: all of it, but for rounding."""
    across, down = Fraction(shape.width) * shape.aspect, Fraction(shape.height)
    if shape.turn.degrees % 180:
        across, down = down, across
    scale = min(size[0] / across, size[1] / down)
    width, height = (max(2, 2 * round(edge * scale / 2)) for edge in (across, down))
    return (
        size[0] if abs(width - size[0]) <= _ROUNDING else min(width, size[0]),
        size[1] if abs(height - size[1]) <= _ROUNDING else min(height, size[1]),
    )


_ROUNDING = 4
"""Pixels by which a frame may be off the film's size before it is put on black: both were rounded to even."""
