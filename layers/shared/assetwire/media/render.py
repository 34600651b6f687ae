"""Render: one decode, shrunk while it loads, then every size from the one before, each encoded once."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from assetwire.domain.rendition import FORMATS, Encoding, Format, Plan
from assetwire.media.picture import picture_of_size
from assetwire.ports import RenderedFile

_WHITE = [255, 255, 255]


def render(master: Path, plan: Plan, *, media_type: str, out: Path) -> Iterator[RenderedFile]:
    """Write the planned files below `out`, widest first, each as soon as it is done: upright, sRGB, without metadata.

    What is rendered is the picture that stands for the master, see `media/picture.py`.

    Raises:
        Undecodable: the master's pixels are damaged.
    """
    if not plan.sizes:
        return
    image = picture_of_size(master, media_type, width=plan.sizes[0].width, height=plan.sizes[0].height)
    for size in plan.sizes:
        if (image.width, image.height) != (size.width, size.height):
            image = image.thumbnail_image(size.width, height=size.height, size="force").copy_memory()
        opaque = image.flatten(background=_WHITE) if image.hasalpha() else image
        for file in size.files:
            path = out / file.name
            pixels = image if FORMATS[file.encoding.format].alpha else opaque
            _SAVE[file.encoding.format](pixels, path, file.encoding)
            data = path.read_bytes()
            yield RenderedFile(
                name=file.name,
                path=path,
                format=file.encoding.format.value,
                width=size.width,
                height=size.height,
                bytes=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
            )


def _save_avif(image: Any, path: Path, encoding: Encoding) -> None:
    image.heifsave(str(path), compression="av1", Q=encoding.quality, effort=encoding.effort, bitdepth=8, keep="none")


def _save_webp(image: Any, path: Path, encoding: Encoding) -> None:
    image.webpsave(str(path), Q=encoding.quality, effort=encoding.effort, keep="none")


def _save_jpeg(image: Any, path: Path, encoding: Encoding) -> None:
    image.jpegsave(str(path), Q=encoding.quality, optimize_coding=True, keep="none")


_SAVE: dict[Format, Callable[[Any, Path, Encoding], None]] = {
    Format.AVIF: _save_avif,
    Format.WEBP: _save_webp,
    Format.JPEG: _save_jpeg,
}
