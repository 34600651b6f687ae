"""Render: one decode, shrunk while it loads, then every size from the one before, each distinct file encoded once."""

import hashlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from assetwire.domain.errors import Unmet
from assetwire.domain.inscription import Inscription
from assetwire.domain.plan import WHOLE, Canvas, Cut, Plan, PlannedFile, Region, Step
from assetwire.domain.spec import ColourSpace, Encoding
from assetwire.media.canvas import drawn
from assetwire.media.colours import in_ink, in_srgb
from assetwire.media.encoding import met, save
from assetwire.media.engine import give_back
from assetwire.media.inscribe import inscribe
from assetwire.media.moving import Shots, moving
from assetwire.media.picture import picture_of_size
from assetwire.media.scaling import scaled
from assetwire.ports import RenderedFile

_GLANCE = 256
"""Longest edge (pixels) of the picture in which the eye looks for something: the same one whatever size is loaded."""


def render(master: Path, plan: Plan, *, media_type: str, inscription: Inscription, out: Path) -> Iterator[RenderedFile]:
    """Write the planned files below `out`, each as soon as it is done: upright, with the inscription and nothing else.

    What is rendered is the picture that stands for the master, see `media/picture.py`.

    Raises:
        Undecodable: the master's pixels are damaged.
        Unmet: once everything else is made, files that their encoding's bytes have no room for.
    """
    missed: list[Unmet] = []
    for shots, canvas in _canvases(_Master(master, media_type, plan), plan):
        pixels = _on_canvas(shots, canvas)
        for file in canvas.files:
            try:
                yield _written(pixels, file, inscription, out)
            except Unmet as error:
                missed.append(Unmet(error.message, code=error.code, names=file.names))
    if missed:
        message = "; ".join(f"{', '.join(error.names)}: {error.message}" for error in missed)
        raise Unmet(message, code=missed[0].code, names=tuple(name for error in missed for name in error.names))


def _canvases(master: "_Master", plan: Plan) -> Iterator[tuple[Shots, Canvas]]:
    """Yield each canvas of a plan with the picture at its size; a size is kept while another is made from it."""
    last_use = {step.source: number for number, step in enumerate(plan.steps) if step.source is not None}
    made: dict[int, Shots] = {}
    for number, step in enumerate(plan.steps):
        shots = master.part(step) if step.source is None else _resized(made[step.source], step)
        made[number] = shots
        for canvas in step.canvases:
            yield shots, canvas
        for source in [source for source in made if last_use.get(source, -1) <= number]:
            del made[source]


def _on_canvas(shots: Shots, canvas: Canvas) -> Shots:
    """Return the pixels of a canvas; made once, if several files share them or one may be encoded several times."""
    pixels = shots.each(lambda frame: drawn(frame, canvas))
    shared = len(canvas.files) > 1 or any(file.encoding.maximum_bytes for file in canvas.files)
    return pixels.settled() if shared and pixels.strip is not shots.strip else pixels


def _resized(shots: Shots, step: Step) -> Shots:
    if (shots.strip.width, shots.height) == step.size:
        return shots
    return shots.each(lambda frame: scaled(frame, *step.size, kernel=step.kernel.value)).settled()


class _Master:
    """The picture of a master as a plan loads it: once still, and once moving, if the plan asks for either."""

    def __init__(self, file: Path, media_type: str, plan: Plan) -> None:
        self._file, self._media_type, self._plan = file, media_type, plan
        self._in_inks = any(step.colours is ColourSpace.CMYK for step in plan.steps)
        self._places: dict[Cut, Region] = {}

    def part(self, step: Step) -> Shots:
        """Return the part of the picture that a step shows, at its size and in its colours."""
        in_ink_ = step.colours is ColourSpace.CMYK
        whole = self._moving if step.animated else self._loaded if in_ink_ else self._still
        if step.cut != WHOLE:
            place = self._place(step.cut, whole)
            whole = whole.each(lambda frame: _part(frame, place))
        shots = _resized(whole, step)
        return shots.each(in_ink).settled() if in_ink_ else shots.settled()

    @cached_property
    def _moving(self) -> Shots:
        width, height = self._plan.moving or (1, 1)
        return moving(self._file, width=width, height=height)

    @cached_property
    def _loaded(self) -> Shots:
        """The picture at the plan's size, in sRGB if no step needs the master's own colours."""
        width, height = self._plan.still or (1, 1)
        image = picture_of_size(self._file, self._media_type, width=width, height=height, own_colours=self._in_inks)
        shots = Shots(_without_needless_alpha(image))
        give_back()
        return shots

    @cached_property
    def _still(self) -> Shots:
        return self._loaded.each(in_srgb).settled() if self._in_inks else self._loaded

    def _place(self, cut: Cut, whole: Shots) -> Region:
        """Return which part of the picture a cut leaves: around its focus, else where the eye goes."""
        if cut not in self._places:
            frame = whole.strip.crop(0, 0, whole.strip.width, whole.height)
            self._places[cut] = cut.around(cut.focus) if cut.focus else _attended(frame, cut)
        return self._places[cut]


def _without_needless_alpha(image: Any) -> Any:
    """Return a picture without its transparency where nothing is transparent."""
    opaque = image.hasalpha() and image.extract_band(image.bands - 1).min() == 255
    return image.extract_band(0, n=image.bands - 1).copy_memory() if opaque else image


def _attended(image: Any, cut: Cut) -> Region:
    """Return the part of this size that draws the eye: edges, colours of skin and saturated ones, by libvips."""
    glance = in_srgb(image.thumbnail_image(_GLANCE, height=_GLANCE, size="down"))
    width, height = max(1, round(glance.width * cut.width)), max(1, round(glance.height * cut.height))
    found = glance.smartcrop(width, height, interesting="attention")
    left, top = -found.xoffset / glance.width, -found.yoffset / glance.height
    return Region(min(left, 1 - cut.width), min(top, 1 - cut.height), cut.width, cut.height)


def _part(image: Any, place: Region) -> Any:
    width, height = max(1, round(image.width * place.width)), max(1, round(image.height * place.height))
    left, top = round(image.width * place.left), round(image.height * place.top)
    return image.crop(min(left, image.width - width), min(top, image.height - height), width, height)


def _written(shots: Shots, file: PlannedFile, inscription: Inscription, out: Path) -> RenderedFile:
    """Encode one file, with everything that is written inside it, within the bytes that it may have."""
    path, pixels = out / file.names[0], shots.labelled()

    def write(encoding: Encoding) -> int:
        save(pixels, path, encoding)
        inscribe(path, encoding.format, inscription)
        return path.stat().st_size

    try:
        size = met(write, file.encoding)
    except Unmet:
        path.unlink()
        raise
    return RenderedFile(
        names=file.names,
        path=path,
        format=file.encoding.format.value,
        width=shots.strip.width,
        height=shots.height,
        bytes=size,
        sha256=_sha256(path),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
