"""Pictures that move: their frames one below another, as libvips reads and writes them, each drawn by itself.

Resampled as one tall picture, each frame would take a line from its neighbours.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Self

import pyvips

from assetwire.domain.errors import Undecodable
from assetwire.domain.rendition import MOST_MOVING
from assetwire.media.colours import in_srgb
from assetwire.media.engine import FAIL_ON, read_header
from assetwire.media.picture import decoding
from assetwire.media.scaling import scaled, settled

_LAST_DELAY = 100
"""Milliseconds that a frame is shown whose file says nothing."""


class Shots(NamedTuple):
    """One picture, or the frames of one that moves."""

    strip: Any
    """The frames, one below another."""
    frames: int = 1
    delays: tuple[int, ...] = ()
    """Milliseconds that each frame is shown."""
    loop: int = 0
    """How often they are shown; 0 is for ever."""

    def each(self, draw: Callable[[Any], Any]) -> Self:
        """Return the frames as something draws each of them; all of one size."""
        if self.frames == 1:
            return self._replace(strip=draw(self.strip))
        height = self.strip.height // self.frames
        drawn = [draw(self.strip.crop(0, at * height, self.strip.width, height)) for at in range(self.frames)]
        return self._replace(strip=pyvips.Image.arrayjoin(drawn, across=1))

    def settled(self) -> Self:
        """Return the frames with their pixels made, see `scaling.settled`."""
        return self._replace(strip=settled(self.strip))

    @property
    def height(self) -> int:
        """The height of one frame, in pixels."""
        return int(self.strip.height) // self.frames

    def labelled(self) -> Any:
        """Return the picture as encoders take it: what moves with its frames' height, their times and the loop."""
        if self.frames == 1:
            return self.strip
        image = self.strip.copy()
        image.set_type(pyvips.GValue.gint_type, "page-height", self.height)
        image.set_type(pyvips.GValue.array_int_type, "delay", list(self.delays))
        image.set_type(pyvips.GValue.gint_type, "loop", self.loop)
        return image


def moving(file: Path, *, width: int, height: int) -> Shots:
    """Return all frames of a GIF or WebP at this size, in 8-bit sRGB.

    Raises:
        Undecodable: it is damaged, or has more pixels in all than are decoded.
    """
    with decoding():
        count = int(read_header(file).get("n-pages"))
        image = pyvips.Image.new_from_file(str(file), n=-1, access="sequential", fail_on=FAIL_ON)
        if image.width * image.height > MOST_MOVING:
            raise Undecodable(f"{count} frames have more than {MOST_MOVING} pixels", code="too_many_pixels")
        delays = image.get("delay") if image.get_typeof("delay") else []
        padded = (*delays[:count], *[_LAST_DELAY] * (count - len(delays)))
        loop = int(image.get("loop")) if image.get_typeof("loop") else 0
        shots = Shots(settled(in_srgb(image)), count, padded, loop)
        return shots.each(lambda frame: scaled(frame, width, height)).settled()
