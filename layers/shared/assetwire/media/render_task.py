"""What a child of the sandbox does to render one master: it writes files, and reports each as it is done."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assetwire.domain.errors import Undecodable, Unmet
from assetwire.domain.inscription import Inscription
from assetwire.domain.plan import from_json

STAGE = "rendering"
"""The stage of a child that has begun."""


def prepare(**_: Any) -> None:
    """Import what every rendering needs, in the server: children are forked with it."""


def render_files(
    master: str, plan: Any, *, media_type: str, fields: dict[str, Any], out: str
) -> Iterator[dict[str, Any]]:
    """Yield each file that was written, and at the end what could not be, or what else went wrong."""
    yield {"stage": STAGE, "seconds": 3600}  # the whole has its time already
    from assetwire.media.render import render  # noqa: PLC0415  imported by `prepare`

    # What is left of a child that was ended goes with the folder that it wrote to.
    tempfile.tempdir = out
    try:
        planned, inscription = from_json(plan), Inscription(fields=fields)
        for file in render(Path(master), planned, media_type=media_type, inscription=inscription, out=Path(out)):
            yield {"file": file._asdict() | {"path": file.path.name}}
    except Undecodable as error:
        yield {"undecodable": error.message.replace(master, "the master"), "code": error.code}
    except Unmet as error:
        yield {"unmet": error.message, "code": error.code, "names": error.names}
    except Exception as error:  # noqa: BLE001  no room on the disk, an encoder's refusal: no fault of the master
        yield {"failed": f"{type(error).__name__} {error}"[:500]}
