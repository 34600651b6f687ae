"""What a set of outputs means for one master: how each picture is cut, in which order sizes are made, what is shared.

The plan is a value: it can be printed, compared and tested without a pixel. `media/render.py` does what it says.
"""

import hashlib
import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from assetwire.domain.spec import FORMATS, ColourSpace, Encoding, Fit, Frame, Kernel, Output, Spec

RENDERER = 2
"""Version of the renderer's own behaviour: raised when the same spec gives other pixels or bytes."""


LOADING = Kernel.LANCZOS3
"""The kernel that pictures are brought to the size of a plan with, while they are loaded."""
ROOM = 2
"""How many times as large a picture should be that another is made of: measured, the distance to one that is made of
the master directly is then what encoding makes it. See docs/benchmarks.md."""


class Region(NamedTuple):
    """A part of a picture: its left upper corner and its size, as shares of the upright picture's edges."""

    left: float
    top: float
    width: float
    height: float


class Subject(NamedTuple):
    """What a plan must know of a master: the upright size of its picture (pixels), and how it may be shown."""

    width: int
    height: int
    animated: bool = False
    focus: Region | None = None
    """What must stay in sight when a part is cut off; None: where the eye goes."""
    may_crop: bool = True
    """Whether anything may be cut off (`AL-CRP` or the rights' `no_cropping` forbid it): else it is padded."""


class Cut(NamedTuple):
    """Which part of the picture is shown: all of it, or what remains of it in this shape around the focus."""

    width: float = 1.0
    height: float = 1.0
    """Shares of the upright picture's edges that remain."""
    focus: Region | None = None
    """What stays in sight; None, where something is cut off: where the eye goes."""

    def around(self, focus: Region) -> Region:
        """Return the part that remains: with the middle of the focus in its own, as far as the picture reaches."""
        left = focus.left + (focus.width - self.width) / 2
        top = focus.top + (focus.height - self.height) / 2
        return Region(min(max(0.0, left), 1 - self.width), min(max(0.0, top), 1 - self.height), self.width, self.height)


WHOLE = Cut()


class Geometry(NamedTuple):
    """How one master comes into one frame."""

    cut: Cut
    content: tuple[int, int]
    """Width and height (pixels) that the part is scaled to."""
    box: tuple[int, int]
    """Width and height (pixels) of the file: larger than the content where it is padded."""

    @property
    def padded(self) -> bool:
        """Tell whether there is background around the content."""
        return self.box != self.content


class PlannedFile(NamedTuple):
    """One file to encode, and every name that it is kept under."""

    names: tuple[str, ...]
    encoding: Encoding


class Canvas(NamedTuple):
    """Pixels that several files share: a content, sharpened, on its background."""

    box: tuple[int, int]
    background: str
    opaque: bool
    sharpen: float
    files: tuple[PlannedFile, ...]


class Step(NamedTuple):
    """A size of a part of the picture, made from the step before of the same part, or from the master."""

    cut: Cut
    size: tuple[int, int]
    kernel: Kernel
    colours: ColourSpace
    animated: bool
    source: int | None
    """Which step of the plan it is made from; None: the master as it was loaded."""
    canvases: tuple[Canvas, ...]


class Plan(NamedTuple):
    """What to render, in an order in which each step's source comes before it."""

    steps: tuple[Step, ...] = ()
    still: tuple[int, int] | None = None
    """Width and height (pixels) that the whole picture is loaded at, once, for all steps that do not move."""
    moving: tuple[int, int] | None = None
    """The same for those that do: all of its frames."""

    @property
    def names(self) -> tuple[str, ...]:
        """The name of every planned file."""
        return tuple(n for s in self.steps for canvas in s.canvases for file in canvas.files for n in file.names)


_AS_JSON = TypeAdapter(Plan)


def to_json(plan: Plan) -> Any:
    """Return a plan as values of JSON."""
    return _AS_JSON.dump_python(plan, mode="json")


def from_json(said: Any) -> Plan:
    """Return the plan that `to_json` was given."""
    return _AS_JSON.validate_python(said)


def geometry(frame: Frame, subject: Subject) -> Geometry:
    """Return how a master comes into a frame: nothing is enlarged beyond what the frame allows."""
    width, height = frame.width or math.inf, frame.height or math.inf
    if frame.fit is Fit.CROP and subject.may_crop:
        return _cropped(width, height, frame.enlarge, subject)
    scale = min(width / subject.width, height / subject.height, frame.enlarge)
    content = _scaled(subject.width, subject.height, scale)
    if frame.fit is Fit.INSIDE:
        return Geometry(WHOLE, content, content)
    # The box of a master that is too small for it shrinks around the content, and keeps its shape.
    shrunk = max(content[0] / width, content[1] / height)
    box = _scaled(int(width), int(height), min(1.0, shrunk))
    return Geometry(WHOLE, content, (max(box[0], content[0]), max(box[1], content[1])))


def _cropped(width: float, height: float, enlarge: float, subject: Subject) -> Geometry:
    scale = max(width / subject.width, height / subject.height)
    part = width / (subject.width * scale), height / (subject.height * scale)
    box = _scaled(int(width), int(height), min(1.0, enlarge / scale))
    if part == (1.0, 1.0):
        return Geometry(WHOLE, box, box)
    return Geometry(Cut(*part, focus=subject.focus), box, box)


def _scaled(width: int, height: int, scale: float) -> tuple[int, int]:
    return max(1, round(width * scale)), max(1, round(height * scale))


def wanted(spec: Spec, subject: Subject) -> tuple[Output, ...]:
    """Return the outputs of a spec that are made of a master: all, but for a ladder's needless steps.

    A format is left out where an edge is longer than it can hold.
    """
    chosen: list[Output] = []
    covered = 0
    for frame, group in groupby(spec.outputs, key=lambda output: output.frame):
        outputs = list(group)
        box = geometry(frame, subject).box
        if spec.ladder and box[0] <= covered:
            break
        fitting = [output for output in outputs if max(box) <= FORMATS[output.encoding.format].longest_edge]
        if fitting:
            covered = box[0]
        chosen += fitting
    return tuple(chosen)


def digest_of(output: Output, subject: Subject, inside: str = "") -> str:
    """Return what changes when this output of this master would: by its spec, its cut, or what is written `inside`."""
    cut = geometry(output.frame, subject)
    said = f"{RENDERER}|{output.frame.model_dump_json()}|{output.encoding.model_dump_json()}|{cut}|{inside}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def plan(outputs: Iterable[Output], subject: Subject) -> Plan:
    """Return how to make these outputs of a master: one decode, each size once, each distinct file once."""
    drawn = [(geometry(output.frame, subject), output) for output in outputs]
    by_step: dict[_StepKey, list[tuple[Geometry, Output]]] = {}
    for how, output in drawn:
        animated = subject.animated and output.encoding.animated
        colours = output.encoding.colours
        key = _StepKey(animated, colours, how.cut, output.frame.kernel, how.content)
        by_step.setdefault(key, []).append((how, output))
    steps: list[Step] = []
    for key in sorted(by_step, key=_largest_first):
        source = _source(key, steps)
        canvases = _canvases(by_step[key])
        steps.append(Step(key.cut, key.size, key.kernel, key.colours, key.animated, source, canvases))
    still = _load([step for step in steps if not step.animated], subject)
    return Plan(tuple(steps), still, _load([step for step in steps if step.animated], subject))


def _load(steps: Sequence[Step], subject: Subject) -> tuple[int, int] | None:
    """Return the size of the whole picture that the step with the most detail needs; never more than it has."""
    if not steps:
        return None
    width = max(step.size[0] / step.cut.width * _room(step) for step in steps)
    height = max(step.size[1] / step.cut.height * _room(step) for step in steps)
    whole = max(width / subject.width, height / subject.height)
    if whole >= 1:
        return subject.width, subject.height
    exact = next((step.size for step in steps if step.cut == WHOLE and step.size[0] >= width), None)
    return exact or (math.ceil(subject.width * whole), math.ceil(subject.height * whole))


def _room(step: Step) -> int:
    """Return how many times as large a picture is loaded: loading resamples with one kernel, so others need room."""
    return 1 if step.kernel is LOADING else ROOM


class _StepKey(NamedTuple):
    animated: bool
    colours: ColourSpace
    cut: Cut
    kernel: Kernel
    size: tuple[int, int]


def _largest_first(key: _StepKey) -> tuple[object, ...]:
    cut = key.cut.width, key.cut.height, str(key.cut.focus)
    return key.animated, key.colours, cut, key.kernel, -key.size[0], -key.size[1]


def _source(key: _StepKey, steps: Sequence[Step]) -> int | None:
    """Return the smallest step before of the same part that is twice as large, else the largest that is large enough.

    Each time that a picture is resampled to little less than it was, it loses some of its finest detail.
    """
    fitting = [
        number
        for number, step in enumerate(steps)
        if (step.animated, step.colours, step.cut, step.kernel) == (key.animated, key.colours, key.cut, key.kernel)
        and step.size[0] >= key.size[0]
        and step.size[1] >= key.size[1]
    ]
    roomy = [number for number in fitting if steps[number].size[0] >= ROOM * key.size[0]]
    return roomy[-1] if roomy else fitting[0] if fitting else None


def _canvases(drawn: Sequence[tuple[Geometry, Output]]) -> tuple[Canvas, ...]:
    shared: dict[tuple[tuple[int, int], str, bool, float], dict[Encoding, list[str]]] = {}
    for how, output in drawn:
        frame, facts = output.frame, FORMATS[output.encoding.format]
        opaque = frame.opaque or not facts.alpha or output.encoding.colours is ColourSpace.CMYK
        visible = frame.background if opaque or how.padded else ""
        files = shared.setdefault((how.box, visible, opaque, frame.sharpen), {})
        files.setdefault(output.encoding, []).append(output.name)
    return tuple(
        Canvas(*key, tuple(PlannedFile(tuple(names), encoding) for encoding, names in files.items()))
        for key, files in shared.items()
    )
