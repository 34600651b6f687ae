"""Tables that people write: CSV with the line of each record, and JSON in which no name stands twice."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

Told = Callable[[int, str, str, str], None]
"""Told of each problem: line, column, code, message."""


class NamedTwice(ValueError):
    """A name that stands in one object twice."""


def csv_records(text: str, problem: Told) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line that it begins in; blank ones are passed over, and what is no CSV ends it.

    The delimiter is a comma, or a semicolon where the head has more of these.
    """
    head = text.split("\n", 1)[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem(line, "", "invalid_csv", f"not CSV: {error}")
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


def strict_json(text: str) -> Any:
    """Return a JSON document; NaN and infinities are no numbers.

    Raises:
        NamedTwice: a name stands in one object twice.
        ValueError: it is no JSON; a `json.JSONDecodeError` knows where.
        RecursionError: it is nested too deep.
    """
    return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise NamedTwice(name)
        found[name] = value
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")
