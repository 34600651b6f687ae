"""Sidecars: XMP files beside masters, and which masters they speak for.

`photo.jpg.xmp` speaks for `photo.jpg`; `photo.xmp`, Adobe's way, for every master of its folder that is named `photo`
with any extension. Where a master has both, the one that bears its full name counts, and the other is not read. Names
are compared as they are, letter for letter; only `.xmp` itself may be in capitals.
"""

from collections.abc import Iterable

LARGEST_SIDECAR = 4 * 1024 * 1024
"""Bytes of a sidecar at the most."""
_EXTENSION = ".xmp"


def is_sidecar(key: str) -> bool:
    """Tell whether this is the name of a sidecar; `.xmp` alone is a hidden file."""
    name = key.rsplit("/", 1)[-1]
    return len(name) > len(_EXTENSION) and name[-len(_EXTENSION) :].lower() == _EXTENSION


def named_by(sidecar: str) -> str:
    """Return the name that a sidecar speaks for: a master's key, or its key without extension."""
    return sidecar[: -len(_EXTENSION)]


def names_of(master: str) -> tuple[str, ...]:
    """Return the names under which sidecars may speak for a master, the one that counts first."""
    folder, slash, name = master.rpartition("/")
    stem, dot, _ = name.rpartition(".")
    return (master, folder + slash + stem) if dot and stem else (master,)


def masters_of(sidecar: str, keys: Iterable[str]) -> tuple[str, ...]:
    """Return those of these keys that a sidecar speaks for, were it the only one."""
    name = named_by(sidecar)
    return tuple(key for key in keys if not is_sidecar(key) and name in names_of(key))


def sidecar_of(master: str, sidecars: Iterable[str]) -> str | None:
    """Return which of these sidecars counts for a master, if any; of two that differ in case, the first in order."""
    by_name: dict[str, str] = {}
    for sidecar in sorted(sidecars):
        by_name.setdefault(named_by(sidecar), sidecar)
    return next((by_name[name] for name in names_of(master) if name in by_name), None)
