"""`assetwire similar`: which local files are copies of one another, to the byte or to the eye."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from rich.progress import track

from assetwire.domain.inspection import Kind
from assetwire.domain.similarity import THRESHOLD, Pair, pairs
from assetwire_cli import console
from assetwire_cli.inspect_command import inspect_file
from assetwire_cli.inspection_line import printable

Distance = Annotated[
    int,
    typer.Option("--distance", min=0, max=224, help="Largest distance of a near pair; beyond 15, all are compared."),
]


def similar(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files, or folders with all below them.")],
    *,
    distance: Distance = THRESHOLD,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line and pair.")] = False,
) -> None:
    """Print which FILEs are the same bytes (exact), and which are nearly the same picture (near). Needs no stack.

    Exit code: 0 if all were compared, whatever was found; 2 if some could not be read or have no picture.
    """
    found = [_compared(file) for file in track(_walked(files), "comparing", console=console.err, transient=True)]
    for entry in found:
        if entry.reason:
            console.err.print(
                console.on_one_line(f"{printable(entry.file)}: {entry.reason}"), style="red", markup=False
            )
    first: dict[str, str] = {}
    for entry in found:
        if entry.sha256:
            original = first.setdefault(entry.sha256, entry.file)
            if original != entry.file:
                _print("exact", Pair(original, entry.file, 0), as_json=as_json)
    # Copies to the byte are named above: each picture stands once among the near ones.
    hashes = {entry.file: entry.hash for entry in found if entry.hash and first[entry.sha256] == entry.file}
    for pair in pairs(hashes, within=distance):
        _print("near", pair, as_json=as_json)
    if any(entry.reason for entry in found):
        raise typer.Exit(2)


class Compared(NamedTuple):
    """What is known of one file: nothing of its bytes is kept."""

    file: str
    sha256: str = ""
    hash: str | None = None
    reason: str = ""


def _walked(files: Iterable[Path]) -> list[Path]:
    """Return each file once, in order, with those below folders; hidden ones and links to folders are left out."""
    found: dict[Path, None] = {}
    for file in files:
        if file.is_dir():
            found.update(dict.fromkeys(_below(file)))
        else:
            found[file] = None
    return list(found)


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent) / name for name in sorted(names) if not name.startswith("."))


_LEFT_OUT = ("extent", "metadata", "barcodes")
"""Stages of inspection that tell nothing of what a picture shows."""


def _compared(file: Path) -> Compared:
    """Return what is known of a file; a picture is decoded as inspection does, in a child process with limits."""
    name = str(file)
    try:
        kind = _kind(file)
        if kind is Kind.IMAGE:
            return _inspected(file, name)
        with file.open("rb") as opened:
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        return Compared(name, reason=f"unreadable: {error.strerror or error}")
    unknown = "unrecognised_format: the content is of no format that we know"
    return Compared(name, sha256, reason="" if kind else unknown)  # to the byte alone, see docs/similarity.md


def _kind(file: Path) -> Kind | None:
    """Return the kind of a file by its content; None if it is of no known format.

    Raises:
        OSError: it is not there, or no file: a pipe would be waited for.
    """
    from assetwire.media.sniff import sniff

    if not file.is_file():
        raise FileNotFoundError(2, "it is not there, or no file")
    known = sniff(file)
    return known.kind if known else None


def _inspected(file: Path, name: str) -> Compared:
    inspection = inspect_file(file, without=_LEFT_OUT)
    if inspection is None:
        return Compared(name, reason="unreadable: it is not there, or no file")
    reason = next((f"{problem.code}: {problem.message}" for problem in inspection.problems), "")
    return Compared(name, inspection.sha256, inspection.perceptual_hash, reason)


def _print(kind: str, pair: Pair, *, as_json: bool) -> None:
    files = [printable(pair.one), printable(pair.other)]
    if as_json:
        facts: dict[str, Any] = {"pair": kind, "distance": pair.distance, "files": files}
        console.line(json.dumps(facts))
    else:
        console.line("\t".join((kind, str(pair.distance), *map(console.on_one_line, files))))
