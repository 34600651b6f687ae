"""Manifests: judged whole, then declared row by row."""

from datetime import datetime
from typing import Any, NamedTuple

from assetwire.domain.declaration import Declaration
from assetwire.domain.errors import InvalidRequest, NotPermitted
from assetwire.domain.manifest import ManifestProblem, parse
from assetwire.domain.uploads import LONGEST_KEY, checked_key
from assetwire.domain.validation import forbidden_field
from assetwire.ports import Catalog
from assetwire.ports.declarations import Declarations
from assetwire.services.declarations import Counts, declare_all
from assetwire.services.judging import Judge

MOST_ROWS_AT_ONCE = 500
"""Rows that the API takes in one call: they are declared while the caller waits."""


class Refused(InvalidRequest):
    """A manifest with problems: nothing of it is declared. `found` are all of them, `problems` for an answer."""

    code = "manifest_refused"

    def __init__(self, found: tuple[ManifestProblem, ...]) -> None:
        problems = tuple(
            {"code": each.code, "field": each.column, "message": f"line {each.line}: {each.message}"} for each in found
        )
        super().__init__(f"the manifest has {len(found)} problems; nothing of it is declared", problems=problems)
        self.found = found


class Applied(NamedTuple):
    """What became of a manifest's rows."""

    rows: int
    counts: Counts


def apply_manifest(
    name: str,
    data: bytes,
    *,
    folder: str,
    bucket: str,
    said_at: datetime,
    by: str,
    may_set_rights: bool | None,
    most_rows: int | None = None,
    dry_run: bool = False,
    declarations: Declarations,
    catalog: Catalog,
    now: datetime,
    judge: Judge,
) -> Applied:
    """Declare what a manifest says of the files in a folder (empty, or with a slash at its end).

    The same manifest again changes nothing. A dry run only tells the problems. `may_set_rights` says whether whoever
    sends it may; None where it came by the bucket, and nobody knows: its rights never take the place of people's.

    Raises:
        Refused: the manifest has problems.
        NotPermitted: it declares rights, and whoever sends it may not set any.
    """
    found = parse(name, data, forbidden=forbidden_field)
    problems = found.problems or _too_long(folder, [row.file for row in found.rows])
    if most_rows is not None and len(found.rows) > most_rows:
        message = f"{most_rows} rows at a time; a longer one is put beside its files, as manifest.csv"
        problems = (ManifestProblem(line=0, column="", code="too_many_rows", message=message),)
    if problems:
        raise Refused(problems)
    if may_set_rights is False and any(row.rights is not None for row in found.rows):
        raise NotPermitted(f"{by} may not set rights, and the manifest declares some", code="rights_not_permitted")
    if dry_run:
        return Applied(len(found.rows), Counts())
    known: dict[str, Any] = {"bucket": bucket, "folder": folder, "said_at": said_at, "by": by}
    said = (Declaration.of_row(row, **known, authorised=bool(may_set_rights)) for row in found.rows)
    counts = declare_all(said, declarations=declarations, catalog=catalog, now=now, judge=judge)
    return Applied(len(found.rows), counts)


def checked_folder(folder: str) -> str:
    """Return a folder as the beginning of keys: empty, or with one slash at its end.

    Raises:
        InvalidRequest: no key can begin so.
    """
    plain = folder.strip("/")
    return f"{checked_key(plain)}/" if plain else ""


def _too_long(folder: str, files: list[str]) -> tuple[ManifestProblem, ...]:
    return tuple(
        ManifestProblem(line=0, column="file", code="invalid_file", message=f"{ascii(folder + file)[:200]} is too long")
        for file in files
        if len((folder + file).encode()) > LONGEST_KEY
    )
