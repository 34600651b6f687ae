"""Manifests from the command line: judged here, whole, then declared through the API some rows at a time."""

from pathlib import Path
from typing import Any

from assetwire.domain.declared import Declared
from assetwire.domain.manifest import parse
from assetwire.domain.validation import forbidden_field
from assetwire_cli import console
from assetwire_cli.failure import Failure
from assetwire_cli.target import Target

_ROWS = 500
"""Rows that one call of the API takes."""
_LARGEST_BODY = 200_000
"""Characters of rows in one call: the API takes 256 KiB."""


def declare(place: Target, file: Path, *, folder: str) -> dict[str, int]:
    """Declare what a manifest says of the masters in a folder; return how many rows became what.

    Raises:
        Failure: the manifest has problems; each is printed with its line, column and code.
    """
    try:
        found = parse(file.name, file.read_bytes(), forbidden=forbidden_field)
    except OSError as error:
        raise Failure(f"{file}: {error}", code="no_such_file") from error
    for problem in found.problems:
        where = f"line {problem.line}" + (f", {problem.column}" if problem.column else "")
        console.err.print(f"{file.name}: {where}: {problem.code}: {problem.message}", markup=False)
    if found.problems:
        raise Failure(f"{file.name} has {len(found.problems)} problems; nothing is sent", code="manifest_refused")
    counts: dict[str, int] = {}
    for entries in _batches([entry_of(row) for row in found.rows]):
        answer = place.call("POST", "/manifests", body={"folder": folder, "files": entries})
        for name, count in answer.items():
            counts[name] = counts.get(name, 0) + int(count)
    return counts


def entry_of(row: Declared) -> dict[str, Any]:
    """Return a row as an entry of a JSON manifest."""
    entry: dict[str, Any] = {"file": row.file, "sku": list(row.skus), "gtin": list(row.gtins), **row.fields}
    if row.category is not None:
        entry["category"] = row.category
    if row.rights is not None:
        rights = row.rights.model_dump(mode="json", exclude_none=True)
        (window,) = rights.pop("windows")
        entry["rights"] = rights | window
    return entry


def _batches(entries: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    batches: list[list[dict[str, Any]]] = [[]]
    size = 0
    for entry in entries:
        length = len(str(entry)) + len(ascii(entry))  # more than its JSON has
        if batches[-1] and (len(batches[-1]) == _ROWS or size + length > _LARGEST_BODY):
            batches.append([])
            size = 0
        batches[-1].append(entry)
        size += length
    return batches
