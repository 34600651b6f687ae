"""Render in the sandbox: no decoder runs in the process that holds credentials, and none outlives its limits."""

import atexit
from collections.abc import Iterator
from pathlib import Path

from assetwire.domain.errors import Unavailable, Undecodable, Unmet
from assetwire.domain.inscription import Inscription
from assetwire.domain.plan import Plan, to_json
from assetwire.media.render_task import STAGE
from assetwire.media.sandbox import Ending, Sandbox
from assetwire.ports import RenderedFile

SECONDS = 600.0
"""Seconds that all files of one master may take: two thirds of what a function has."""
MEMORY = 2 * 1024**3
"""Bytes that a child may hold: the renditions function has 3.5 GiB, and the largest progressive JPEG takes 0.7."""
FILE_BYTES = 4 * 1024**3
"""Bytes of one file at the most, temporary ones included."""
_TASK = "assetwire.media.render_task:render_files"

_sandbox = Sandbox()
atexit.register(_sandbox.close)


def render_apart(
    master: Path, plan: Plan, *, media_type: str, inscription: Inscription, out: Path
) -> Iterator[RenderedFile]:
    """Render as `media.render.render` does, in a child of the sandbox: all files are there when the first is yielded.

    Raises:
        Undecodable: the master's pixels are damaged, or crash the decoder.
        Unmet: once everything else is yielded, files that their encoding's bytes have no room for.
        Unavailable: it takes too long or too much memory, or there is no room, or no child: no fault of the master's.
    """
    if not plan.steps:
        return
    arguments = {
        "master": str(master),
        "plan": to_json(plan),
        "media_type": media_type,
        "fields": inscription.fields,
        "out": str(out),
    }
    run = _sandbox.run(_TASK, arguments, seconds=SECONDS, memory=MEMORY, file_bytes=FILE_BYTES)
    for report in run.reports:
        if "file" in report:
            known = report["file"]
            yield RenderedFile(**known | {"names": tuple(known["names"]), "path": out / known["path"]})
        elif "undecodable" in report:
            raise Undecodable(report["undecodable"], code=report["code"])
        elif "unmet" in report:
            raise Unmet(report["unmet"], code=report["code"], names=tuple(report["names"]))
        elif "failed" in report:
            raise Unavailable(report["failed"], code="not_rendered")
    if run.ending is Ending.CRASHED and run.stage == STAGE:
        raise Undecodable("the decoder crashed while rendering", code=run.ending.value)
    if run.ending is not Ending.FINISHED:
        raise Unavailable(f"rendering was ended: {run.ending.value} after {run.seconds:.0f} s", code=run.ending.value)
