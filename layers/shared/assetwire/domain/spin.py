"""Spins: what is made of their frames, why some assets are none, and what may be done with them."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from assetwire.domain.asset import Asset, AssetStatus
from assetwire.domain.inscription import Inscription
from assetwire.domain.inspection import Kind, Problem
from assetwire.domain.plan import Subject, digest_of, wanted
from assetwire.domain.rendition import Rendition
from assetwire.domain.rights import Rights, Usage
from assetwire.domain.rights_sets import strictest
from assetwire.domain.spec import FORMATS, Output, Spec
from assetwire.domain.spin_manifest import SpinManifest
from assetwire.domain.subject import subject_of
from assetwire.domain.transcode_spec import TranscodeSpec, Turn, media_type_of


def problem_of(manifest: SpinManifest, frames: Sequence[Asset | None]) -> Problem | None:
    """Return why these assets are no spin: one is missing, not accepted, no photograph, or of another size."""
    found: dict[str, list[str]] = {}
    first = next((frame for frame in frames if frame is not None), None)
    for reference, frame in zip(manifest.frames, frames, strict=True):
        if frame is None:
            found.setdefault("frame_missing", []).append(reference)
        elif frame.status is not AssetStatus.ACCEPTED:
            found.setdefault("frame_not_accepted", []).append(reference)
        elif subject_of_frame(frame) is None:
            found.setdefault("frame_is_no_image", []).append(reference)
        elif first is not None and _size(frame) != _size(first):
            found.setdefault("frames_differ", []).append(reference)
    for code, message in _MESSAGES.items():
        if code in found:
            return _problem(code, found[code], message)
    return None


_MESSAGES = {
    "frame_missing": "not there (yet)",
    "frame_not_accepted": "not accepted",
    "frame_is_no_image": "no photograph",
    "frames_differ": "not of the first one's width and height",
}
"""What is wrong with frames, by its code, the worst first."""


def _size(frame: Asset) -> tuple[int | None, int | None]:
    return frame.inspection.width, frame.inspection.height


def _problem(code: str, named: Sequence[str], message: str) -> Problem:
    shown = ", ".join(named[:5]) + (f" and {len(named) - 5} more" if len(named) > 5 else "")
    return Problem(code=code, field="frames", message=f"{message}: {shown}"[:1000])


def subject_of_frame(frame: Asset | None) -> Subject | None:
    """Return what a plan must know of a frame; None if it is no photograph."""
    if frame is None or frame.inspection.kind is not Kind.IMAGE:
        return None
    subject = subject_of(frame.inspection, frame.fields, frame.effective_rights)
    return None if subject is None else subject._replace(animated=False)


def rights_of(frames: Sequence[Asset | None]) -> Rights:
    """Return what may be done with a spin of these frames: what may be done with every one of them."""
    usable = [frame.effective_rights if frame and frame.status is AssetStatus.ACCEPTED else None for frame in frames]
    return strictest(usable)


class FrameOutput(NamedTuple):
    """A picture to make of one frame of a spin, counted from 0."""

    frame: int
    output: Output
    usage: Usage
    digest: str

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.output.name


def frame_outputs(
    frames: Sequence[Asset],
    inscriptions: Sequence[Inscription],
    *,
    turns: Sequence[TranscodeSpec],
    posters: Sequence[Spec],
) -> tuple[FrameOutput, ...]:
    """Return the pictures to make of a spin: each frame's, and of the first one those that stand for the whole."""
    found: list[FrameOutput] = []
    for number, (frame, inside) in enumerate(zip(frames, inscriptions, strict=True)):
        subject = subject_of_frame(frame)
        if subject is None:
            continue
        outputs = [(output, spec.usage) for spec in turns for output in _turned(spec, number)]
        if number == 0:
            outputs += [(output, spec.usage) for spec in posters for output in wanted(spec, subject)]
        for output, usage in outputs:
            said = f"{digest_of(output, subject, inside.digest)}|{frame.inspection.sha256}"
            digest = hashlib.sha256(said.encode()).hexdigest()[:16]
            found.append(FrameOutput(number, output, usage, digest))
    return tuple(found)


def _turned(spec: TranscodeSpec, number: int) -> Sequence[Output]:
    if not isinstance(spec.what, Turn):
        return ()
    return [
        Output(
            name=f"{spec.name}-{number + 1:03}-{name}.{FORMATS[encoding.format].extension}",
            frame=frame,
            encoding=encoding,
        )
        for name, frame in spec.what.frames.items()
        for encoding in spec.what.encodings
    ]


MANIFEST = "spin.json"
"""The name of the manifest that is delivered beside a spin's frames."""


def delivered_manifest(
    manifest: SpinManifest, outputs: Sequence[FrameOutput], made: Mapping[str, Rendition]
) -> dict[str, Any]:
    """Return what a viewer must know of a spin: its rows and columns, and each frame's pictures by their names."""
    frames: list[dict[str, Any]] = [{"images": []} for _ in manifest.frames]
    for output in outputs:
        if output.name.startswith("spin-"):
            frames[output.frame]["images"].append(_image(made[output.name]))
    posters = [_image(made[o.name]) for o in outputs if o.frame == 0 and not o.name.startswith("spin-")]
    return {
        "spin": 1,
        "rows": manifest.rows,
        "columns": manifest.across,
        "frames": [{"number": number + 1, **frame} for number, frame in enumerate(frames)],
        "poster": posters,
    }


def _image(rendition: Rendition) -> dict[str, Any]:
    return {
        "name": rendition.name,
        "type": media_type_of(rendition.format),
        "width": rendition.width,
        "height": rendition.height,
        "bytes": rendition.bytes,
    }
