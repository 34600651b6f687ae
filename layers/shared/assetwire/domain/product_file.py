"""Files of products: CSV, JSON or JSON lines; every problem is found, with line, column and code."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from assetwire.domain.manifest import ManifestProblem
from assetwire.domain.money import money_word
from assetwire.domain.product_import import ImportedProduct, imported
from assetwire.domain.tables import NamedTwice, csv_records, strict_json

MOST_PROBLEMS = 1000
"""Problems that are told of at the most: the first."""
_PLAIN = frozenset({"sku", "status", "parent"})
_LISTS = frozenset({"gtins", "aliases", "image_axes"})
_TEXTS = frozenset({"name", "alt_text", "caption"})
_LOCALISED = re.compile(r"(?P<field>name|alt_text|caption)\.(?P<locale>[A-Za-z0-9-]+)")
_ATTRIBUTE = re.compile(r"attribute\.(?P<name>[^.]+)(\.(?P<locale>[A-Za-z0-9-]+))?")
COLUMNS = (*sorted(_PLAIN | _LISTS), *(f"{text}.<locale>" for text in sorted(_TEXTS)), "attribute.<name>")
"""Every column of a CSV file; `attribute.<name>.<locale>` is what an attribute is called in a language."""


class Row(NamedTuple):
    """A product of a file: its line in CSV and JSON lines, its number in JSON, both from 1."""

    line: int
    product: ImportedProduct


class ProductFile(NamedTuple):
    """The products of a file that can be taken, in its order, and all problems."""

    rows: tuple[Row, ...]
    problems: tuple[ManifestProblem, ...] = ()


class _Found:
    """Rows and problems while a file is read."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.problems: list[ManifestProblem] = []
        self._lines: dict[str, int] = {}

    def problem(self, line: int, column: str, code: str, message: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(ManifestProblem(line=line, column=column[:100], code=code, message=message[:300]))

    def row(self, line: int, said: object, column: Callable[[str], str] = str) -> None:
        read = imported(said)
        if not isinstance(read, ImportedProduct):
            for each in read:
                self.problem(line, column(each.field), each.code, each.message)
            return
        first = self._lines.setdefault(read.sku, line)
        if first != line:
            self.problem(line, "sku", "duplicate_sku", f"the product stands in line {first}, too")
            return
        self.rows.append(Row(line, read))


def parse(name: str, data: bytes) -> ProductFile:
    """Read a file by its name: `….json` is JSON, `….jsonl` and `….ndjson` an object a line, anything else CSV."""
    found = _Found()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found.problem(line, "", "not_utf8", "a file of products is written in UTF-8")
        return ProductFile((), tuple(found.problems))
    ending = name.lower().rpartition(".")[2]
    {"json": _read_json, "jsonl": _read_lines, "ndjson": _read_lines}.get(ending, _read_csv)(text, found)
    if not found.rows and not found.problems:
        found.problem(0, "", "no_rows", "the file names no product")
    return ProductFile(tuple(found.rows), tuple(found.problems))


def _read_json(text: str, found: _Found) -> None:
    document = _document(text, 0, found)
    entries = document.get("products") if isinstance(document, dict) and set(document) == {"products"} else document
    if document is not None and not isinstance(entries, list):
        found.problem(0, "products", "wrong_type", 'a file is an array of products, or an object with "products"')
        return
    for number, entry in enumerate(entries or (), start=1):
        found.row(number, entry)


def _read_lines(text: str, found: _Found) -> None:
    for line, each in enumerate(text.split("\n"), start=1):
        if each.strip():
            entry = _document(each, line, found)
            if entry is not None:
                found.row(line, entry)


def _document(text: str, line: int, found: _Found) -> Any:
    try:
        return strict_json(text)
    except NamedTwice as error:
        found.problem(line, str(error), "duplicate_column", "the name stands in one object twice")
    except (ValueError, RecursionError) as error:
        at = error.lineno if isinstance(error, json.JSONDecodeError) and not line else line
        found.problem(at, "", "invalid_json", f"not JSON: {error}")
    return None


def _read_csv(text: str, found: _Found) -> None:
    columns: list[str] | None = None
    for line, cells in csv_records(text, found.problem):
        if columns is None:
            columns = [cell.strip() for cell in cells]
            if not _is_head(columns, line, found):
                return
            continue
        if len(cells) > len(columns):
            found.problem(line, "", "too_many_values", f"{len(cells)} values for {len(columns)} columns")
            continue
        given = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if cell.strip()}
        said, places = _said(given)
        found.row(line, said, lambda field, places=places: _column(field, places))  # type: ignore[misc]


def _is_head(columns: list[str], line: int, found: _Found) -> bool:
    """Tell whether every column is one that there is; a file with others is not read on."""
    wrong = list(_wrong_columns(columns))
    for name, code, message in wrong:
        found.problem(line, name, code, message)
    return not wrong


def _wrong_columns(columns: list[str]) -> Iterator[tuple[str, str, str]]:
    for number, name in enumerate(columns):
        if money_word(name):
            yield name, "forbidden_field", "prices and costs are no part of media: take the column out"
        elif name not in _PLAIN | _LISTS and not _LOCALISED.fullmatch(name) and not _ATTRIBUTE.fullmatch(name):
            yield name, "unknown_column", f"no such column; there are {', '.join(COLUMNS)}"
        elif name in columns[:number]:
            yield name, "duplicate_column", "the column stands there more than once"
    for needed in ("sku", "status"):
        if needed not in columns:
            yield needed, "missing_column", f"a file of products has a column {needed}"


def _said(given: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what a row says, in the shape of the API, and by the place of each value there the column it came from."""
    said: dict[str, Any] = {}
    places: dict[str, str] = {}
    for name, cell in given.items():
        if name in _LISTS:
            said[name] = [each.strip() for each in cell.split("|") if each.strip()]
            places[name] = name
        elif name in _PLAIN:
            said[name] = cell
            places[name] = name
        else:
            _put(said, places, name, cell)
    return said, places


def _put(said: dict[str, Any], places: dict[str, str], name: str, cell: str) -> None:
    localised, attribute = _LOCALISED.fullmatch(name), _ATTRIBUTE.fullmatch(name)
    if localised is not None:
        path: tuple[str, ...] = ("texts", localised["locale"], localised["field"])
    elif attribute is not None and attribute["locale"]:
        path = ("texts", attribute["locale"], "attributes", attribute["name"])
    elif attribute is not None:
        path = ("attributes", attribute["name"])
    else:  # the head named it
        return
    inner = said
    for step in path[:-1]:
        inner = inner.setdefault(step, {})
    inner[path[-1]] = cell
    places[".".join(path)] = name


def _column(field: str, places: dict[str, str]) -> str:
    """Return the column in which a field's value stands: its own, or that of the value that it is a part of."""
    place = field.removesuffix(".[key]")
    found = [name for at, name in places.items() if at == place or place.startswith(f"{at}.")]
    beneath = [name for at, name in places.items() if at.startswith(f"{place}.")]
    return next(iter(found or beneath), field)
