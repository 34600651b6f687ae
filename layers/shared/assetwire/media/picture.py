"""The picture that stands for a master: the photograph itself, a poster frame, a first page, or a waveform.

One table says which decoder draws which media type. What libvips reads is shrunk while it loads; the others bring
their pixels into memory once, and libvips shrinks them and converts their colours from there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from assetwire.domain.errors import Undecodable
from assetwire.domain.spec import WHITE
from assetwire.media.colours import SRGB, eight_bits, has_profile, in_srgb, numbers
from assetwire.media.engine import (
    SWAPPED,
    EngineError,
    decoding_bytes,
    orientation,
    read_header,
    reason,
    shrink,
    shrink_alone,
)
from assetwire.media.scaling import scaled, settled

_ENGINE = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff", "image/avif"})
"""What libvips reads by itself."""
LARGEST = 1_000_000_000
"""Pixels at the most of what is read line by line."""
DECODING_BYTES = 1024**3
"""Bytes that a decoder may hold at the most."""
_ROOM = 2.25
"""How many times as large as it is wanted a picture in inks is brought to a screen's colours."""


class Box(NamedTuple):
    """The size to draw at, in pixels: to fill exactly, or to stay within without enlarging."""

    width: int
    height: int
    exact: bool
    own_colours: bool = False
    """Whether numbers and profile stay those of the master, instead of being brought to sRGB."""


def has_picture(media_type: str) -> bool:
    """Tell whether a master of this type has a picture to stand for it."""
    return media_type in _ENGINE or media_type in _DRAWERS


def picture(file: Path, media_type: str, *, longest_edge: int) -> Any:
    """Return a master's picture: 8-bit sRGB (alpha kept), upright, in memory, of at most this edge in pixels.

    What has pixels is shrunk and never enlarged; drawings and pages are drawn at this size, up to `drawings.LARGEST`.

    Raises:
        Undecodable: the master is damaged, or has no picture.
    """
    return _drawn(file, media_type, Box(longest_edge, longest_edge, exact=False))


def picture_of_size(file: Path, media_type: str, *, width: int, height: int, own_colours: bool = False) -> Any:
    """Return a master's picture at exactly this size in pixels, otherwise as `picture` does.

    A poster or page whose shape differs from the size by more than rounding keeps its shape, centred on white. In its
    own colours, numbers and profile stay as the master has them, in 8 bits.

    Raises:
        Undecodable: the master is damaged, or has no picture.
    """
    return _drawn(file, media_type, Box(width, height, exact=True, own_colours=own_colours))


def _drawn(file: Path, media_type: str, box: Box) -> Any:
    with decoding():
        if media_type in _ENGINE:
            return _loaded(file, box)
        if media_type not in _DRAWERS:
            raise Undecodable(f"{media_type} has no picture", code="no_picture")
        return _fitted(_DRAWERS[media_type](file, media_type, box), box)


@contextmanager
def decoding() -> Iterator[None]:
    """Turn whatever a decoder raises into `Undecodable`; what the file system says of a missing file is left alone."""
    try:
        yield
    except (Undecodable, FileNotFoundError, PermissionError):
        raise
    except MemoryError as error:
        raise Undecodable("decoding wants more memory than it may have", code="too_much_memory") from error
    except Exception as error:  # decoders raise ValueError, KeyError, RuntimeError … for what they read
        said = reason(error) if isinstance(error, EngineError) else f"{type(error).__name__} {error}"
        raise Undecodable(f"the master cannot be decoded: {' '.join(said.split())[:200]}") from error


def _loaded(file: Path, box: Box) -> Any:
    """Load a master with libvips, shrunk on load, upright."""
    header = read_header(file)
    if header.width * header.height > LARGEST or decoding_bytes(header) > DECODING_BYTES:
        raise Undecodable(f"{header.width} × {header.height} pixels are too many", code="too_many_pixels")
    if box.own_colours:
        return settled(eight_bits(shrink_alone(file, header, box.width, box.height)))
    if header.interpretation == "cmyk":
        return settled(_shown(file, header, box))
    size = "force" if box.exact else "down"
    return settled(in_srgb(shrink(file, box.width, box.height, size=size, **_conversion(header))))


def _shown(file: Path, header: Any, box: Box) -> Any:
    """Return inks as a screen shows them, upright: shrunk as inks, which are many, and to the size itself as colours.

    Inks that are mixed by shrinking look a little different from their colours mixed.
    """
    most = (header.height, header.width) if orientation(header) >= SWAPPED else (header.width, header.height)
    scale = min(1.0, box.width / most[0], box.height / most[1])
    width, height = (box.width, box.height) if box.exact else (max(1, round(edge * scale)) for edge in most)
    room = min(_ROOM * scale, 1.0) / scale
    return scaled(in_srgb(shrink_alone(file, header, round(width * room), round(height * room))), width, height)


def _fitted(image: Any, box: Box) -> Any:
    """Bring what another decoder drew to its size."""
    if not box.exact:
        if max(image.width, image.height) > max(box.width, box.height):
            scale = min(box.width / image.width, box.height / image.height)
            image = scaled(image, *(max(1, round(edge * scale)) for edge in _size(image)))
        return settled(in_srgb(image))
    alike = abs(image.width * box.height - image.height * box.width) <= 2 * max(box.width, box.height, *_size(image))
    scale = min(box.width / image.width, box.height / image.height)
    size = (box.width, box.height) if alike else tuple(max(1, round(edge * scale)) for edge in _size(image))
    image = scaled(image, *size)
    image = eight_bits(image) if box.own_colours else in_srgb(image)
    if _size(image) != (box.width, box.height):
        background = [*numbers(WHITE, image), *([255] if image.hasalpha() else [])]
        image = image.gravity("centre", box.width, box.height, extend="background", background=background)
    return settled(image)


def _size(image: Any) -> tuple[int, int]:
    return image.width, image.height


def _conversion(header: Any) -> dict[str, str]:
    """Return the options that bring an image to sRGB: none, where it is already.

    libvips would run the whole colour transform from sRGB to sRGB: two thirds of the work, for the same pixels.
    """
    return {} if header.interpretation == "srgb" and not has_profile(header) else {"output_profile": SRGB}


# Each decoder is imported with the first file that needs it: a function that renders photographs loads libvips alone.


def _still(file: Path, media_type: str, box: Box) -> Any:
    from assetwire.media.stills import still  # noqa: PLC0415  see above

    return still(file, media_type, longest_edge=max(box.width, box.height))


def _drawing(file: Path, media_type: str, box: Box) -> Any:  # noqa: ARG001  one signature for the table
    from assetwire.media.drawings import drawing  # noqa: PLC0415  see above

    return drawing(file, width=box.width, height=box.height)


def _page(file: Path, media_type: str, box: Box) -> Any:  # noqa: ARG001  one signature for the table
    from assetwire.media.drawings import first_page  # noqa: PLC0415  see above

    return first_page(file, width=box.width, height=box.height)


def _poster(file: Path, media_type: str, box: Box) -> Any:  # noqa: ARG001  one signature for the table
    from assetwire.media.frames import poster  # noqa: PLC0415  see above

    return poster(file, media_type)


def _waveform(file: Path, media_type: str, box: Box) -> Any:  # noqa: ARG001  one signature for the table
    from assetwire.media.waveform import waveform  # noqa: PLC0415  see above

    return waveform(file, media_type)


_DRAWERS: dict[str, Callable[[Path, str, Box], Any]] = {
    "image/heic": _still,
    "image/heif": _still,
    "image/vnd.adobe.photoshop": _still,
    "image/bmp": _still,
    "image/jp2": _still,
    "image/j2c": _still,
    "image/svg+xml": _drawing,
    "application/pdf": _page,
    "video/mp4": _poster,
    "video/quicktime": _poster,
    "video/webm": _poster,
    "video/x-matroska": _poster,
    "video/x-msvideo": _poster,
    "video/mp2t": _poster,
    "video/mpeg": _poster,
    "video/ogg": _poster,
    "audio/mpeg": _waveform,
    "audio/aac": _waveform,
    "audio/mp4": _waveform,
    "audio/webm": _waveform,
    "audio/x-matroska": _waveform,
    "audio/wav": _waveform,
    "audio/flac": _waveform,
    "audio/ogg": _waveform,
}
