"""Damages: single changes of a parsed template, each of which a check has to report.

A path is `<logical id>/<property>/…`, or `<section>/…` from the top of the document; list items are counted from 0.
"""

import copy
from collections.abc import Callable
from typing import Any

from template.cloudformation import Document

Damage = Callable[[Document], Document]


def _damage(path: str, change: Callable[[Any, Any], None]) -> Damage:
    def apply(document: Document) -> Document:
        damaged = copy.deepcopy(document)
        keys: list[Any] = [int(key) if key.isdigit() else key for key in path.split("/")]
        if keys[0] not in damaged:
            keys = ["Resources", keys[0], "Properties", *keys[1:]]
        *above, last = keys
        at: Any = damaged
        for key in above:
            at = at[key]
        change(at, last)
        return damaged

    return apply


def together(*damages: Damage) -> Damage:
    """Do several damages at once, where one alone is harmless."""

    def apply(document: Document) -> Document:
        for damage in damages:
            document = damage(document)
        return document

    return apply


def without(path: str) -> Damage:
    """Remove what stands at a path; it must be there."""

    def remove(parent: Any, key: Any) -> None:
        del parent[key]

    return _damage(path, remove)


def without_resource(name: str) -> Damage:
    """Remove a resource."""
    return without(f"Resources/{name}")


def put(path: str, value: Any) -> Damage:
    """Replace what stands at a path, or add it there."""

    def replace(parent: Any, key: Any) -> None:
        parent[key] = value

    return _damage(path, replace)


def add(path: str, value: Any) -> Damage:
    """Append to the list at a path."""

    def append(parent: Any, key: Any) -> None:
        parent[key].append(value)

    return _damage(path, append)
