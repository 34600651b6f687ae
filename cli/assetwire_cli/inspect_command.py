"""`assetwire inspect`: what ingest would record of a file, or why it would refuse it."""

import hashlib
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from assetwire.domain.inspection import Inspection, Problem, Status
from assetwire_cli import STARTED, console
from assetwire_cli.inspection_line import Line, printable

SECONDS = 8.0
"""Seconds in which a file is answered, its hash included, and for the first file the command's own start."""
LEAST_SECONDS = 2.0
"""Seconds that remain for reading, whatever the start and the hash took."""
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
    refused, begun = 0, STARTED
    for file in files:
        inspection = inspect_file(file, maximum_bytes=maximum_bytes, maximum_pixels=maximum_pixels, begun=begun)
        refused += inspection is None or inspection.status is not Status.ACCEPTED
        console.line(_as_json(file, inspection) if as_json else _as_text(file, inspection))
        begun = time.monotonic()
    if refused:
        raise typer.Exit(2)


def inspect_file(
    file: Path,
    *,
    maximum_bytes: int = MAXIMUM_BYTES,
    maximum_pixels: int = MAXIMUM_PIXELS,
    begun: float | None = None,
    without: Collection[str] = (),
) -> Inspection | None:
    """Return what ingest's own inspection says of a local file; None if it cannot be read.

    `begun` (of the monotonic clock) is when the seconds began in which it is to be answered; now, if it is not given.
    `without` names stages that are of no use to the caller.
    """
    from assetwire.domain.file_names import named
    from assetwire.media.inspect import inspect as inspector

    begun = time.monotonic() if begun is None else begun
    try:
        if not file.is_file():  # a pipe would be waited for
            return None
        size, sha256 = file.stat().st_size, ""
        if size <= maximum_bytes:  # what is refused for its size is not read for minutes first
            with file.open("rb") as opened:
                sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
        with named_plainly(file) as master:
            inspection = inspector(
                master,
                sha256=sha256,
                size=size,
                maximum_bytes=maximum_bytes,
                maximum_pixels=maximum_pixels,
                seconds=max(LEAST_SECONDS, SECONDS - (time.monotonic() - begun)),
                without=without,
            )
            return named(inspection, printable(file.name))
    except (OSError, ValueError):  # ValueError: a path with a null character
        return None


@contextmanager
def named_plainly(file: Path) -> Iterator[Path]:
    """Yield a path to a file under the name that ingest gives it, whatever its own name may mean to a decoder."""
    with tempfile.TemporaryDirectory(prefix="master-") as folder:
        master = Path(folder) / "master"
        master.symlink_to(file.resolve())
        yield master


UNREADABLE = Problem(code="unreadable", field="file", message="the file cannot be read")


def _as_json(file: Path, inspection: Inspection | None) -> str:
    name = printable(str(file))
    if inspection is None:
        return Line(file=name, status=Status.QUARANTINED, problems=(UNREADABLE,)).as_json()
    return Line(file=name, **dict(inspection) | {"sha256": inspection.sha256 or None}).as_json()


def _as_text(file: Path, inspection: Inspection | None) -> str:
    if inspection is None:
        said = f"quarantined: {UNREADABLE.code} ({UNREADABLE.message})"
    elif inspection.status is Status.ACCEPTED:
        said = f"accepted: {' '.join(_facts(inspection))}"
    else:
        said = f"quarantined: {'; '.join(_reasons(inspection.problems))}"
    if inspection is not None and inspection.warnings:
        said += f" [{'; '.join(_reasons(inspection.warnings))}]"
    return console.on_one_line(f"{printable(str(file))}: {said}")


def _facts(inspection: Inspection) -> Iterator[str]:
    yield str(inspection.media_type)
    if inspection.width is not None:
        yield f"{inspection.width}×{inspection.height}"
    if inspection.duration_seconds is not None:
        yield f"{inspection.duration_seconds:g} s"
    if inspection.pages is not None:
        yield f"{inspection.pages} pages"
    yield f"{inspection.bytes} bytes"
    yield from (f"{name}={value}" for name, value in inspection.metadata.technical.items())
    yield from (f"{found.kind}={found.value} ({found.source})" for found in inspection.identifiers)


def _reasons(problems: tuple[Problem, ...]) -> Iterator[str]:
    return (f"{problem.code} ({problem.message})" for problem in problems)
