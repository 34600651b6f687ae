"""Render: one decode, shrunk while it loads, then every size from the one before, each encoded once."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from assetwire.domain.errors import NotUnderstood
from assetwire.domain.inscription import Inscription
from assetwire.domain.plan import WHOLE, Canvas, Plan, PlannedFile, Step
from assetwire.domain.spec import Encoding, Format
from assetwire.media.picture import picture_of_size
from assetwire.ports import RenderedFile


def render(
    master: Path,
    plan: Plan,
    *,
    media_type: str,
    inscription: Inscription,  # noqa: ARG001  nothing is written inside yet
    out: Path,
) -> Iterator[RenderedFile]:
    """Write the planned files below `out`, each as soon as it is done: upright, sRGB, without metadata.

    What is rendered is the picture that stands for the master, see `media/picture.py`; of what moves the first frame.

    Raises:
        Undecodable: the master's pixels are damaged.
        NotUnderstood: the plan asks for what is not rendered: a crop, a border, sharpening.
    """
    largest = plan.still or plan.moving
    if largest is None:
        return
    whole = picture_of_size(master, media_type, width=largest[0], height=largest[1])
    made: dict[int, Any] = {}
    for number, step in enumerate(plan.steps):
        image = _scaled(whole if step.source is None else made[step.source], step)
        made[number] = image
        for canvas in step.canvases:
            pixels = _drawn(image, canvas)
            for file in canvas.files:
                yield _written(pixels, file, out)


def _scaled(image: Any, step: Step) -> Any:
    if step.cut != WHOLE:
        raise NotUnderstood("a part of a picture is not rendered", code="not_rendered")
    if (image.width, image.height) == step.size:
        return image
    return image.thumbnail_image(step.size[0], height=step.size[1], size="force").copy_memory()


def _drawn(image: Any, canvas: Canvas) -> Any:
    if (image.width, image.height) != canvas.box or canvas.sharpen:
        raise NotUnderstood("a picture is neither padded nor sharpened", code="not_rendered")
    if canvas.opaque and image.hasalpha():
        return image.flatten(background=[int(canvas.background[at : at + 2], 16) for at in (1, 3, 5)])
    return image


def _written(pixels: Any, file: PlannedFile, out: Path) -> RenderedFile:
    path = out / file.names[0]
    _SAVE[file.encoding.format](pixels, path, file.encoding)
    data = path.read_bytes()
    return RenderedFile(
        names=file.names,
        path=path,
        format=file.encoding.format.value,
        width=pixels.width,
        height=pixels.height,
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
