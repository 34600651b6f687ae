"""An inspector and a renderer that look at nothing: content that begins with `damaged` is damaged."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from assetwire.domain.errors import Undecodable
from assetwire.domain.inscription import Inscription
from assetwire.domain.inspection import Inspection, Problem
from assetwire.domain.plan import Plan
from assetwire.ports import RenderedFile
from fakes import some


class FakeInspector:
    """Accepts everything as a picture of 2000 × 1000 pixels, unless it is damaged."""

    def __init__(self) -> None:
        self.inspected: list[str] = []

    def __call__(self, file: Path, *, sha256: str, size: int) -> Inspection:
        self.inspected.append(sha256)
        found = some.refused_inspection() if file.read_bytes().startswith(b"damaged") else some.inspection()
        return found.model_copy(update={"sha256": sha256, "bytes": size})


class FakeRenderer:
    """Writes files that name their master; lists what was asked for, of which media types, and what to say inside."""

    def __init__(self) -> None:
        self.rendered: list[str] = []
        self.media_types: set[str] = set()
        self.inscriptions: list[Inscription] = []

    def __call__(
        self, master: Path, plan: Plan, *, media_type: str, inscription: Inscription, out: Path
    ) -> Iterator[RenderedFile]:
        content = master.read_bytes()
        self.media_types.add(media_type)
        self.inscriptions.append(inscription)
        for canvas, file in ((c, file) for step in plan.steps for c in step.canvases for file in c.files):
            if content.startswith(b"damaged"):
                raise Undecodable("the pixels are damaged")
            self.rendered.extend(file.names)
            data = content + file.names[0].encode()
            path = out / file.names[0]
            path.write_bytes(data)
            yield RenderedFile(
                names=file.names,
                path=path,
                format=file.encoding.format.value,
                width=canvas.box[0],
                height=canvas.box[1],
                bytes=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
            )


class Says(NamedTuple):
    """What a sidecar says."""

    fields: dict[str, Any]
    warnings: tuple[Problem, ...] = ()


def read_sidecar(data: bytes) -> Says:
    """Read a sidecar that is JSON: field → value; anything else is damaged."""
    try:
        return Says(json.loads(data))
    except ValueError:
        return Says({}, (Problem(code="malformed_xmp", field="xmp", message="it is damaged"),))
