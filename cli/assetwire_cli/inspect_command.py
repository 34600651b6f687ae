"""`assetwire inspect`: what ingest would record of a file, or why it would refuse it."""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from assetwire.domain.inspection import Inspection, Problem, Status
from assetwire_cli import console

MAXIMUM_BYTES = 3 * 1024**3
MAXIMUM_PIXELS = 400_000_000

Bytes = Annotated[int, typer.Option("--maximum-bytes", min=1, help="Largest file that is accepted.")]
Pixels = Annotated[int, typer.Option("--maximum-pixels", min=1, help="Largest width × height that is accepted.")]


def inspect(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files to inspect.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line and file.")] = False,
    maximum_bytes: Bytes = MAXIMUM_BYTES,
    maximum_pixels: Pixels = MAXIMUM_PIXELS,
) -> None:
    """Show what ingest would record of each FILE, or why it would refuse it. Needs no stack and no AWS.

    Exit code: 0 if all are accepted, 2 if some are refused.
    """
    refused = 0
    for file in files:
        inspection = inspect_file(file, maximum_bytes=maximum_bytes, maximum_pixels=maximum_pixels)
        refused += inspection is None or inspection.status is not Status.ACCEPTED
        console.line(_as_json(file, inspection) if as_json else _as_text(file, inspection))
    if refused:
        raise typer.Exit(2)


def inspect_file(
    file: Path, *, maximum_bytes: int = MAXIMUM_BYTES, maximum_pixels: int = MAXIMUM_PIXELS
) -> Inspection | None:
    """Return what ingest's own inspection says of a local file; None if it cannot be read."""
    from assetwire.media.inspect import inspect as inspector

    try:
        if not file.is_file():  # a pipe would be waited for
            return None
        with file.open("rb") as opened:
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
        size = file.stat().st_size
    except OSError:
        return None
    with named_plainly(file) as master:
        return inspector(master, sha256=sha256, size=size, maximum_bytes=maximum_bytes, maximum_pixels=maximum_pixels)


@contextmanager
def named_plainly(file: Path) -> Iterator[Path]:
    """Yield a path to a file under the name that ingest gives it, whatever its own name may mean to a decoder."""
    with tempfile.TemporaryDirectory(prefix="master-") as folder:
        master = Path(folder) / "master"
        master.symlink_to(file.resolve())
        yield master


_UNREADABLE = Problem(code="unreadable", field="file", message="the file cannot be read")


def _as_json(file: Path, inspection: Inspection | None) -> str:
    if inspection is None:
        facts: dict[str, Any] = Inspection(
            status=Status.QUARANTINED, sha256="", bytes=0, problems=(_UNREADABLE,)
        ).model_dump(mode="json")
        facts |= {"sha256": None, "bytes": None}
    else:
        facts = inspection.model_dump(mode="json")
    return json.dumps({"file": str(file), **facts})


def _as_text(file: Path, inspection: Inspection | None) -> str:
    if inspection is None:
        return f"{file}: quarantined: {_UNREADABLE.code} ({_UNREADABLE.message})"
    if inspection.status is Status.ACCEPTED:
        details = " ".join(f"{name}={value}" for name, value in inspection.metadata.technical.items())
        size = f"{inspection.width}×{inspection.height}"
        return f"{file}: accepted: {inspection.media_type} {size} {inspection.bytes} bytes {details}"
    reasons = "; ".join(f"{problem.code} ({problem.message})" for problem in inspection.problems)
    return f"{file}: quarantined: {reasons}"
