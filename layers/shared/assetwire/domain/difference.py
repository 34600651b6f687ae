"""What changed between two versions of a record, as a list that people can read."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

_NAMED_BY = ("id", "name")
"""Members by which an object of a list is known: one that moves or changes is not another."""


class Difference(NamedTuple):
    """One change: where, and the value before and after; None where there was or is none."""

    path: str
    before: Any
    after: Any

    def __str__(self) -> str:
        if self.before is None:
            return f"+ {self.path}: {_said(self.after)}"
        if self.after is None:
            return f"- {self.path}: {_said(self.before)}"
        return f"~ {self.path}: {_said(self.before)} → {_said(self.after)}"


def differences(old: BaseModel | None, new: BaseModel | None, *, but: frozenset[str] = frozenset()) -> list[Difference]:
    """Return every change from the old record to the new one, by path; fields in `but` are not compared.

    Objects in lists are compared by their id: a term that moved did not change.
    """
    before, after = _plain(old, but), _plain(new, but)
    return sorted(_changes("", before, after), key=lambda change: change.path)


def _plain(record: BaseModel | None, but: frozenset[str]) -> dict[str, Any]:
    return {} if record is None else record.model_dump(mode="json", exclude_defaults=True, exclude=set(but))


def _changes(path: str, old: Any, new: Any) -> Iterator[Difference]:
    if old == new:
        return
    before, after = _members(old), _members(new)
    if (before is None and old is not None) or (after is None and new is not None) or (before is after is None):
        yield Difference(path, old, new)
        return
    if not path or (before is not None and after is not None):
        before, after = before or {}, after or {}
        for name in sorted(before.keys() | after.keys()):
            yield from _changes(_below(path, name, old, new), before.get(name), after.get(name))
        return
    yield Difference(path, old, new)


def _members(value: Any) -> Mapping[str, Any] | None:
    """Return an object, or a list of named objects, by name; None for everything else."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and value and all(isinstance(element, dict) for element in value):
        for name in _NAMED_BY:
            if all(name in element for element in value):
                return {str(element[name]): element for element in value}
    return None


def _below(path: str, name: str, old: Any, new: Any) -> str:
    if isinstance(old, list) or isinstance(new, list):
        return f"{path}[{name}]"
    return f"{path}.{name}" if path else name


def _said(value: Any) -> str:
    """Return a value in short; an object's own id is left out, since its path names it."""
    return _short({name: value[name] for name in value if name != "id"} if isinstance(value, dict) else value)


def _short(value: Any) -> str:
    if isinstance(value, str):
        text = repr(value)
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{name}: {_short(member)}" for name, member in value.items()) + "}"
    elif isinstance(value, list):
        text = "[" + ", ".join(map(_short, value)) + "]"
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 200 else text[:199] + "…"
