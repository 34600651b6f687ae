"""Large masters to measure with: TIFFs, JPEGs and Photoshop documents of gradients, which every encoder knows."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

WIDTH, HEIGHT = 20_000, 15_000
"""300 megapixels."""

Make = Callable[[Path], None]


def tiff(**options: object) -> Make:
    """Return what writes a TIFF of 300 megapixels."""
    return lambda file: _gradients(WIDTH, HEIGHT).tiffsave(str(file), bigtiff=False, **options)


def one_strip(*, deflated: bool, orientation: int = 1) -> Make:
    """Return what writes a TIFF of 300 megapixels as a single strip, as some scanners do. Source: TIFF 6.0."""

    def make(file: Path) -> None:
        packer = zlib.compressobj(1)
        line = (bytes(range(256)) * (3 * WIDTH // 256 + 1))[: 3 * WIDTH]
        with file.open("wb") as opened:
            opened.write(b"II*\0" + bytes(4))
            for _ in range(HEIGHT):
                opened.write(packer.compress(line) if deflated else line)
            opened.write(packer.flush() if deflated else b"")
            end = opened.tell() + opened.tell() % 2
            opened.seek(end)
            bits = end + 2 + 12 * 10 + 4
            entries = [(256, 4, 1, WIDTH), (257, 4, 1, HEIGHT), (258, 3, 3, bits), (259, 3, 1, 8 if deflated else 1)]
            entries += [(262, 3, 1, 2), (273, 4, 1, 8), (274, 3, 1, orientation), (277, 3, 1, 3)]
            entries += [(278, 4, 1, HEIGHT), (279, 4, 1, end - 8)]
            opened.write(struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *e) for e in entries))
            opened.write(bytes(4) + struct.pack("<3H", 8, 8, 8))
            opened.seek(4)
            opened.write(struct.pack("<I", end))

    return make


def jpeg(width: int, height: int, **options: object) -> Make:
    """Return what writes a JPEG of this size in pixels."""
    return lambda file: _gradients(width, height).jpegsave(str(file), Q=90, **options)


def _gradients(width: int, height: int) -> Any:
    import pyvips

    ramp = pyvips.Image.xyz(width, height)
    grey = (ramp[0] * 3 + ramp[1] * 7).cast("ushort").cast("uchar")
    return grey.bandjoin([grey.invert(), grey]).copy(interpretation="srgb")


def photoshop(width: int, height: int, *, packed: bool, layers: int = 0) -> Make:
    """Return what writes a Photoshop document of this size, with so many bytes of layers before its picture."""

    def make(file: Path) -> None:
        line = (bytes(range(256)) * (width // 256 + 1))[:width]
        literals = b"".join(bytes((len(line[at : at + 128]) - 1,)) + line[at : at + 128] for at in range(0, width, 128))
        with file.open("wb") as opened:
            opened.write(struct.pack(">4sH6xHIIHH", b"8BPS", 1, 3, height, width, 8, 3) + bytes(8))
            opened.write(struct.pack(">I", layers))
            opened.seek(layers, 1)  # of zeros, which are no layers
            if packed:
                opened.write(b"\0\1" + struct.pack(">H", len(literals)) * (3 * height))
                line = literals
            else:
                opened.write(b"\0\0")
            for _ in range(3 * height // 100):
                opened.write(line * 100)
            opened.write(line * (3 * height % 100))

    return make
