"""What somebody declares of one file: read from the cells of a manifest's row, each problem with column and code."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from pydantic import Field, ValidationError

from assetwire.domain.errors import InvalidRequest
from assetwire.domain.gtin import is_sound
from assetwire.domain.manifest_columns import Column, Holds, column_of
from assetwire.domain.metadata import Type
from assetwire.domain.model import Value
from assetwire.domain.rights import Constraint, Release, Rights, Usage, Window
from assetwire.domain.sidecar import is_sidecar
from assetwire.domain.territories import GROUPS, TERRITORIES, WORLDWIDE
from assetwire.domain.uploads import DROPS, checked_key

Cell = str | tuple[str, ...]
"""A cell as text, or as a list that was one already."""
Problems = Callable[[str, str, str], None]
"""Told of each problem: column, code, message."""

_LONGEST_TEXT = 4000
_MOST_VALUES = 500
_LARGEST_ROW = 64 * 1024
"""Characters of a row's cells together: a declaration is one item of the Catalog."""
_SKU = re.compile(r"\S(.{0,98}\S)?")
_CATEGORY = re.compile(r"[a-z][a-z0-9-]{0,62}")
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?)?)?")
_INTEGER = re.compile(r"-?\d{1,15}")
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class Declared(Value):
    """What is declared of one file; `fields` are metadata by IPTC's names, in the shape of their types."""

    file: str
    skus: tuple[str, ...] = ()
    gtins: tuple[str, ...] = ()
    category: str | None = None
    rights: Rights | None = None
    fields: dict[str, Any] = Field(default_factory=dict)


def declared(cells: Mapping[str, Cell], problem: Problems) -> Declared | None:
    """Return what a row's cells say; None if its file cannot be told. Empty cells declare nothing.

    Every column is one that there is: `column_of` knows it.
    """
    file = _file(cells.get("file", ""), problem)
    if sum(len(cell) if isinstance(cell, str) else sum(map(len, cell)) for cell in cells.values()) > _LARGEST_ROW:
        problem("", "too_long", f"a row has at most {_LARGEST_ROW} characters")
        return None
    found: dict[Holds, list[str]] = {}
    rights: dict[str, Cell] = {}
    fields: dict[str, Any] = {}
    for name, cell in cells.items():
        column = column_of(name)
        if column is None or column.holds is Holds.FILE or not _is_clean(name, cell, problem):
            continue
        if column.holds is Holds.RIGHTS:
            rights[column.field] = cell
        elif column.holds is not None:
            found[column.holds] = _listed(cell) if column.type is Type.LIST else [_text(cell)]
        else:
            _take(name, column, cell, fields, problem)
    skus = _checked("sku", found.get(Holds.SKU, []), _is_sku, "invalid_sku", problem)
    gtins = _checked("gtin", found.get(Holds.GTIN, []), is_sound, "invalid_gtin", problem)
    category = _checked("category", found.get(Holds.CATEGORY, []), _is_category, "invalid_category", problem)
    licence = _rights(rights, problem) if rights else None
    if file is None:
        return None
    return Declared(
        file=file, skus=skus, gtins=gtins, category=category[0] if category else None, rights=licence, fields=fields
    )


def _file(cell: Cell, problem: Problems) -> str | None:
    if not cell:
        problem("file", "missing_value", "each row names its file")
        return None
    try:
        file = checked_key(_text(cell))
    except InvalidRequest as error:
        problem("file", "invalid_file", error.message)
        return None
    if "\\" in file or is_sidecar(file) or file.startswith(DROPS):
        problem("file", "invalid_file", "a file is a master: no sidecar, no drop; folders are divided by slashes")
        return None
    return file


def _is_clean(column: str, cell: Cell, problem: Problems) -> bool:
    values = (cell,) if isinstance(cell, str) else cell
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\r\t" for value in values for c in value):
        problem(column, "control_character", "the text has control characters")
        return False
    if any(len(value) > _LONGEST_TEXT for value in values):
        problem(column, "too_long", f"a value has at most {_LONGEST_TEXT} characters")
        return False
    return True


def _take(name: str, column: Column, cell: Cell, fields: dict[str, Any], problem: Problems) -> None:
    """Put a metadata field's value, in the shape of its type, among the others."""
    if column.type is Type.LIST:
        values = _listed(cell)
        if len(values) > _MOST_VALUES:
            problem(name, "too_many_values", f"a list has at most {_MOST_VALUES} values")
        fields[column.field] = values
        return
    if not isinstance(cell, str):
        problem(name, "wrong_type", "the column holds one value, not a list")
    elif column.type is Type.LANG_ALT:
        fields.setdefault(column.field, {})[column.locale] = cell
    elif column.type is Type.BOOLEAN:
        if cell.lower() not in _BOOLEANS:
            problem(name, "invalid_boolean", "true or false")
        fields[column.field] = _BOOLEANS.get(cell.lower())
    elif column.type is Type.INTEGER:
        if not _INTEGER.fullmatch(cell):
            problem(name, "invalid_integer", "a whole number")
            return
        fields[column.field] = int(cell)
    elif column.type is Type.DATE and not _is_date(cell):
        problem(name, "invalid_date", "a date as in 2026, 2026-03, 2026-03-31 or 2026-03-31T12:00:00+02:00")
    elif column.type is Type.URI and re.search(r"\s", cell):
        problem(name, "invalid_uri", "a URI has no spaces")
    else:
        fields[column.field] = cell


def _rights(cells: Mapping[str, Cell], problem: Problems) -> Rights | None:
    """Return the rights that a row gives: one window, unbounded where nothing is said."""
    places = TERRITORIES | GROUPS.keys()
    territories = _codes(cells, "territories", places | {WORLDWIDE}, "unknown_territory", problem)
    excluded = _codes(cells, "excluded_territories", places, "unknown_territory", problem)
    usages = _codes(cells, "usages", frozenset(Usage), "unknown_usage", problem)
    constraints = _codes(cells, "constraints", frozenset(Constraint), "unknown_constraint", problem)
    model, property_ = (_release(cells, name, problem) for name in ("model_release", "property_release"))
    for name, codes in (("territories", territories), ("usages", usages)):
        if codes == ():
            problem(f"rights.{name}", "missing_value", f"rights without {name} allow nothing")
    starts, ends = (_moment(name, cells.get(name), problem) for name in ("starts", "ends"))
    if starts and ends and ends <= starts:
        problem("rights.ends", "window_order", "the rights end before they start")
        return None
    try:
        return Rights(
            holder=_text(cells.get("holder", "")),
            licence_id=_text(cells.get("licence_id", "")),
            windows=(Window(starts=starts, ends=ends),),
            territories=territories or (),
            excluded_territories=excluded or (),
            usages=tuple(Usage(usage) for usage in usages or ()),
            constraints=tuple(Constraint(constraint) for constraint in constraints or ()),
            model_release=model,
            property_release=property_,
        )
    except ValidationError as error:
        for each in error.errors():
            problem(f"rights.{each['loc'][0]}", "too_long", each["msg"])
        return None


def _codes(
    cells: Mapping[str, Cell], name: str, known: frozenset[str], code: str, problem: Problems
) -> tuple[str, ...] | None:
    """Return a list of codes; None if one of them is not known."""
    upper = name.endswith("territories")
    values = tuple(each.upper() if upper else each.lower() for each in _listed(cells.get(name, "")))
    unknown = sorted(set(values) - known)
    if unknown:
        problem(f"rights.{name}", code, f"not known: {', '.join(unknown)[:100]}")
        return None
    return values


def _release(cells: Mapping[str, Cell], name: str, problem: Problems) -> Release | None:
    text = _text(cells.get(name, "")).strip().lower()
    if text and text not in frozenset(Release):
        problem(f"rights.{name}", "unknown_release", f"one of {', '.join(Release)}")
        return None
    return Release(text) if text else None


def _moment(name: str, cell: Cell | None, problem: Problems) -> datetime | None:
    """Return a moment; a date alone is its beginning in UTC."""
    if not cell:
        return None
    text = _text(cell)
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("no time zone")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        problem(f"rights.{name}", "invalid_date", "a date as 2026-03-31, or a moment as 2026-03-31T12:00:00+02:00")
        return None


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(f"{text[:10]}{'-01-01'[len(text[:10]) - 4 :]}")
    except ValueError:
        return False
    return True


def _checked(
    name: str, values: list[str], check: Callable[[str], bool], code: str, problem: Problems
) -> tuple[str, ...]:
    wrong = [value for value in values if not check(value)]
    if wrong:
        hint = "; format the column as text" if name == "gtin" and re.fullmatch(r"[\d.,]+E\+\d+", wrong[0]) else ""
        problem(name, code, f"{wrong[0][:60]!a} is none{hint}")
    if len(values) > _MOST_VALUES:
        problem(name, "too_many_values", f"a list has at most {_MOST_VALUES} values")
    return tuple(dict.fromkeys(values))


def _is_sku(text: str) -> bool:
    return _SKU.fullmatch(text) is not None


def _is_category(text: str) -> bool:
    return _CATEGORY.fullmatch(text) is not None


def _listed(cell: Cell) -> list[str]:
    values = cell.split("|") if isinstance(cell, str) else cell
    return [value.strip() for value in values if value.strip()]


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else "|".join(cell)
