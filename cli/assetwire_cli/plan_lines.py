"""A plan as a tree of lines: what is loaded once, each size below what it is made of, canvases, and their files."""

from collections.abc import Iterator
from typing import NamedTuple

from assetwire.domain.plan import WHOLE, Canvas, Cut, Plan, PlannedFile, Step
from assetwire.domain.spec import ColourSpace, Encoding


class _Node(NamedTuple):
    said: str
    below: tuple["_Node", ...] = ()


def described(plan: Plan) -> Iterator[str]:
    """Yield the lines of a plan's tree: nothing, where nothing is to be made."""
    for size, animated, what in ((plan.still, False, "still"), (plan.moving, True, "moving")):
        if size is not None:
            yield from _lines(_Node(f"load {_size(size)}, {what}", tuple(_steps(plan, None, animated=animated))))


def _lines(node: _Node, first: str = "", rest: str = "") -> Iterator[str]:
    yield f"{first}{node.said}"
    for number, below in enumerate(node.below, 1):
        last = number == len(node.below)
        yield from _lines(below, f"{rest}{'└─' if last else '├─'} ", f"{rest}{'   ' if last else '│  '}")


def _steps(plan: Plan, source: int | None, *, animated: bool) -> Iterator[_Node]:
    for number, step in enumerate(plan.steps):
        if step.source == source and step.animated == animated:
            canvases = [node for canvas in step.canvases for node in _canvas(canvas)]
            yield _Node(_of_step(step), (*canvases, *_steps(plan, number, animated=animated)))


def _of_step(step: Step) -> str:
    inks = ", in ink" if step.colours is ColourSpace.CMYK else ""
    part = f", {_of_cut(step.cut)}" if step.source is None and step.cut != WHOLE else ""
    return f"{_size(step.size)} {step.kernel.value}{inks}{part}"


def _of_cut(cut: Cut) -> str:
    where = "where the eye goes"
    if cut.focus is not None:
        place = cut.around(cut.focus)
        where = f"{place.left:.1%} from the left, {place.top:.1%} from the top"
    return f"{cut.width:.1%} × {cut.height:.1%} of the picture, {where}"


def _canvas(canvas: Canvas) -> Iterator[_Node]:
    """Yield the files of a canvas, below what it adds to the picture, if it adds anything."""
    said = [f"on {canvas.background}, {_size(canvas.box)}"] if canvas.background else []
    said += [f"sharpened by {canvas.sharpen:g}"] if canvas.sharpen else []
    files = tuple(_Node(_of_file(file)) for file in canvas.files)
    if said:
        yield _Node(", ".join(said), files)
    else:
        yield from files


def _of_file(file: PlannedFile) -> str:
    return f"{', '.join(file.names)}: {', '.join(_of_encoding(file.encoding))}"


def _of_encoding(encoding: Encoding) -> Iterator[str]:
    yield "without loss" if encoding.quality is None else f"quality {encoding.quality}"
    yield f"effort {encoding.effort}"
    if encoding.profile:
        yield "with its profile"
    if encoding.maximum_bytes is not None:
        yield f"{encoding.maximum_bytes} bytes at the most, quality {encoding.least_quality} at the least"


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]}×{size[1]}"
