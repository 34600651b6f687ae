"""The poster of a video: a frame that shows something, found without decoding the film."""

import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pyvips

from assetwire.domain.errors import Undecodable
from assetwire.media.engine import in_memory
from assetwire.media.streams import film_of, frames_of, opened, turn_of

LARGEST = 67_000_000
"""Pixels of a frame at the most: decoders keep up to 16 of them. 8K is 33 million."""
_PLACES = (10, 20, 30, 40, 50)
"""Where key frames are looked for, in percent of the duration."""
_PACKETS, _PACKETS_FROM_START = 400, 1500
"""Packets that are read at a place, and from the start of a film that has no key frame to jump to."""
_SECONDS = 6.0
"""A film that cannot be searched in this time gives the best frame found so far."""
_DARK, _FLAT = 28, 8
"""Mean brightness (of 255) up to which a frame counts as dark, and the deviation up to which it counts as blank."""


def poster(file: Path, media_type: str) -> Any:
    """Return the frame that stands for a video, upright and with square pixels.

    The first frame that is neither dark nor blank among the key frames at 10 to 50 % of the duration; if there is none,
    the one with the most contrast of all that were looked at.

    Raises:
        Undecodable: the file has no video, or no frame that can be decoded.
    """
    best: tuple[float, Any] | None = None
    for frame, aspect in _candidates(file, media_type, time.monotonic() + _SECONDS):
        if frame.width * frame.height > LARGEST:
            continue
        image = _upright(frame, aspect)
        grey = image.colourspace("b-w")
        mean, deviation = grey.avg(), grey.deviate()
        if mean > _DARK and deviation > _FLAT:
            return image
        if best is None or deviation > best[0]:
            best = (deviation, image)
    if best is None:
        raise Undecodable("no frame of the video can be decoded")
    return best[1]


def _candidates(file: Path, media_type: str, deadline: float) -> Iterator[tuple[Any, Fraction | None]]:
    """Yield key frames at each place; then, where these were not worth it, frames from the start on.

    For these the file is opened anew: transport streams do not find back to their first frame.
    """
    with opened(file, media_type) as container:
        stream = _film(container)
        yield from ((frame, stream.sample_aspect_ratio) for frame in _key_frames(container, stream, deadline))
    with opened(file, media_type) as container:
        stream = _film(container)
        frames = _spread(_frames(container, stream, _PACKETS_FROM_START, deadline))
        yield from ((frame, stream.sample_aspect_ratio) for frame in frames)


def _film(container: Any) -> Any:
    stream = film_of(container)
    if stream is None or not stream.codec_context:
        raise Undecodable("the file has no video that can be read", code="no_picture")
    if stream.width * stream.height > LARGEST:
        raise Undecodable(f"frames of {stream.width} × {stream.height} pixels are too large", code="too_many_pixels")
    return stream


def _key_frames(container: Any, stream: Any, deadline: float) -> Iterator[Any]:
    """Yield a key frame at each place."""
    stream.codec_context.skip_frame = "NONKEY"
    seen = set()
    for place in _PLACES if stream.duration or container.duration else ():
        if time.monotonic() > deadline:
            return
        frame = _key_frame(container, stream, place)
        if frame is not None and frame.pts not in seen:
            seen.add(frame.pts)
            yield frame


def _spread(frames: Iterator[Any]) -> Iterator[Any]:
    """Yield frames further and further apart, and the last one."""
    wanted, last = 0, None
    for number, frame in enumerate(frames):
        last = frame
        if number >= wanted:
            yield frame
            wanted, last = number + 1 + number // 4, None
    if last is not None:
        yield last


def _key_frame(container: Any, stream: Any, place: int) -> Any:
    if not _seek(container, int(_duration(container, stream) * place // 100)):
        return None
    return next(_frames(container, stream, _PACKETS, time.monotonic() + 2), None)


def _duration(container: Any, stream: Any) -> int:
    """Return the duration in microseconds; absurd ones only miss when they are sought."""
    if stream.duration and stream.time_base:
        return min(int(stream.duration * stream.time_base * 1_000_000), 2**62)
    return min(int(container.duration or 0), 2**62)


def _seek(container: Any, microseconds: int) -> bool:
    try:
        container.seek(max(0, microseconds) + max(0, container.start_time or 0), backward=True)
    except (av.FFmpegError, OverflowError, ValueError):
        return False
    return True


def _frames(container: Any, stream: Any, packets: int, deadline: float) -> Iterator[Any]:
    """Yield what can be decoded of the next packets."""

    def next_packets() -> Iterator[Any]:
        for number, packet in enumerate(container.demux(stream)):
            if number >= packets or time.monotonic() > deadline:
                return
            yield packet

    return frames_of(next_packets())


def _upright(frame: Any, aspect: Fraction | None) -> Any:
    """Return a frame as an image: turned as its display matrix says, its pixels made square by shrinking."""
    colours = frame.reformat(format="rgba")
    plane = colours.planes[0]
    image = in_memory(bytes(plane), frame.width, frame.height, 4, stride=plane.line_size).extract_band(0, n=3)
    if aspect and Fraction(1, 4) <= aspect <= 4 and aspect != 1:
        across, down = (float(aspect), 1.0) if aspect < 1 else (1.0, float(1 / aspect))
        size = max(1, round(image.width * across)), max(1, round(image.height * down))
        image = image.thumbnail_image(size[0], height=size[1], size="force")
    turn = turn_of(frame.side_data.get("DISPLAYMATRIX"))
    return _TURNS[turn.degrees](image.fliphor() if turn.mirrored else image).copy_memory()


_TURNS = {0: lambda image: image, 90: pyvips.Image.rot90, 180: pyvips.Image.rot180, 270: pyvips.Image.rot270}
