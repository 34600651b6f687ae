"""Upload manifests: CSV or JSON that says of each file what it shows, and when, where and for what it may be shown.

Every problem of a manifest is found, each with line, column and code; a manifest with a problem is refused whole.
"""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from assetwire.domain.declared import Cell, Declared, declared
from assetwire.domain.manifest_columns import column_of
from assetwire.domain.model import Value
from assetwire.domain.tables import NamedTwice, csv_records, strict_json

MOST_ROWS = 10_000
LARGEST_MANIFEST = 8 * 1024 * 1024
"""Bytes of a manifest at the most."""
_MOST_PROBLEMS = 1000
"""Problems that are told of at the most: the first."""


class ManifestProblem(Value):
    """What is wrong with one cell: `line` counts from 1 (JSON: the number of the entry); 0 is the whole."""

    line: int
    column: str
    code: str
    message: str


class Manifest(NamedTuple):
    """What a manifest declares, in its order; nothing if there are problems."""

    rows: tuple[Declared, ...]
    problems: tuple[ManifestProblem, ...] = ()


class _Found:
    """Problems and rows while a manifest is read."""

    def __init__(self) -> None:
        self.problems: list[ManifestProblem] = []
        self.rows: list[Declared] = []
        self._files: dict[str, int] = {}

    def problem(self, line: int, column: str, code: str, message: str) -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            shown = column.encode("ascii", errors="backslashreplace").decode() if not column.isprintable() else column
            found = ManifestProblem(line=line, column=shown[:100], code=code, message=message)
            self.problems.append(found)

    def row(self, line: int, cells: Mapping[str, Cell]) -> None:
        row = declared(cells, partial(self.problem, line))
        if row is None:
            return
        first = self._files.setdefault(row.file, line)
        if first != line:
            self.problem(line, "file", "duplicate_file", f"the file stands in line {first}, too")
        self.rows.append(row)

    def result(self) -> Manifest:
        return Manifest((), tuple(self.problems)) if self.problems else Manifest(tuple(self.rows))


def parse(name: str, data: bytes, *, forbidden: Callable[[str], object]) -> Manifest:
    """Read a manifest by its name: `….json` is JSON, anything else CSV.

    `forbidden` tells which names of columns are prices or costs: those are refused as such.
    """
    found = _Found()
    if len(data) > LARGEST_MANIFEST:
        found.problem(0, "", "too_large", f"a manifest has at most {LARGEST_MANIFEST} bytes")
        return found.result()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found.problem(line, "", "not_utf8", "a manifest is written in UTF-8")
        return found.result()
    read = _read_json if name.lower().endswith(".json") else _read_csv
    read(text, found, forbidden)
    if not found.rows and not found.problems:
        found.problem(0, "", "no_rows", "the manifest names no file")
    return found.result()


def _refuse_columns(found: _Found, line: int, names: list[str], forbidden: Callable[[str], object]) -> None:
    """Note each column that there is not; one whose name is of a price is refused as such, by its name."""
    for name in names:
        if forbidden(name):
            found.problem(line, name, "forbidden_field", "prices and costs are no part of media: take the column out")
        elif column_of(name) is None:
            found.problem(line, name, "unknown_column", "no such column; docs/uploads.md lists them")


def _refuse_doubles(found: "_Found", line: int, names: list[str]) -> None:
    """Refuse columns that mean the same: `title` is `title.x-default`, and tags of languages know no casing."""
    seen = set[str]()
    for name in names:
        column = column_of(name)
        meant = f"{column.field}.{column.locale}".casefold() if column is not None and column.locale else name
        if meant in seen:
            found.problem(line, name, "duplicate_column", "the column stands there more than once")
        seen.add(meant)


# --- CSV ---


def _read_csv(text: str, found: _Found, forbidden: Callable[[str], object]) -> None:
    columns: list[str] = []
    rows = 0
    for line, cells in csv_records(text, found.problem):
        if not columns:
            columns = [cell.strip() for cell in cells]
            _check_head(columns, line, found, forbidden)
            continue
        rows += 1
        if rows > MOST_ROWS:
            found.problem(line, "", "too_many_rows", f"a manifest has at most {MOST_ROWS} rows")
            return
        if len(cells) > len(columns):
            found.problem(line, "", "too_many_values", f"{len(cells)} values for {len(columns)} columns")
            continue
        given = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if cell.strip()}
        found.row(line, {name: cell for name, cell in given.items() if column_of(name) is not None})


def _check_head(columns: list[str], line: int, found: _Found, forbidden: Callable[[str], object]) -> None:
    _refuse_columns(found, line, columns, forbidden)
    _refuse_doubles(found, line, columns)
    if "file" not in columns:
        found.problem(line, "file", "missing_column", "a manifest has a column file")


# --- JSON ---


def _read_json(text: str, found: _Found, forbidden: Callable[[str], object]) -> None:
    try:
        document = strict_json(text)
    except NamedTwice as error:
        found.problem(0, str(error), "duplicate_column", "the name stands in one object twice")
        return
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        found.problem(line, "", "invalid_json", f"not JSON: {error}"[:200])
        return
    entries = document.get("files") if isinstance(document, dict) and set(document) == {"files"} else None
    if not isinstance(entries, list):
        found.problem(0, "files", "wrong_type", 'a manifest is an object with the array "files", and nothing else')
        return
    if len(entries) > MOST_ROWS:
        found.problem(0, "files", "too_many_rows", f"a manifest has at most {MOST_ROWS} rows")
        return
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict):
            found.problem(number, "", "wrong_type", "an entry is an object")
            continue
        _read_entry(number, entry, found, forbidden)


def _read_entry(number: int, entry: dict[str, Any], found: _Found, forbidden: Callable[[str], object]) -> None:
    flat: dict[str, Any] = {}
    for name, value in entry.items():
        if isinstance(value, dict):
            flat.update((f"{name}.{inner}", each) for inner, each in value.items())
        else:
            flat[name] = value
    _refuse_columns(found, number, list(flat), forbidden)
    _refuse_doubles(found, number, list(flat))
    cells: dict[str, Cell] = {}
    for name, value in flat.items():
        if column_of(name) is None or value is None or value in ("", []):
            continue
        cell = _cell(value)
        if cell is None:
            found.problem(
                number, name, "wrong_type", "strings, arrays of strings, true, false and whole numbers are taken"
            )
        else:
            cells[name] = cell
    found.row(number, cells)


def _cell(value: Any) -> Cell | None:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**18 else None
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(each.strip() for each in value if each.strip())
    return None
