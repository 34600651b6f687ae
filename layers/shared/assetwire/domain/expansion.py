"""A ZIP drop, judged before anything of it is unpacked: which members become which keys, and what is refused and why.

Names are taken as hostile: nothing is repaired, and a name that could mean two things is refused. Declared sizes are
a first bound only; whoever unpacks counts what comes out (`media/zip_reader.py`).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from assetwire.domain.errors import InvalidRequest
from assetwire.domain.inspection import Problem
from assetwire.domain.sidecar import is_sidecar
from assetwire.domain.uploads import checked_key

MANIFESTS = ("manifest.csv", "manifest.json")
"""Names of a manifest at the top of an archive."""

_LOCAL_HEADER = 30
"""Bytes of a member's local header without name and extra field. Source: PKWARE APPNOTE 6.3.10, 4.3.7."""
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _PATCHED, _STRONGLY_ENCRYPTED = 0x1, 0x20, 0x40
_MADE_ON_UNIX, _MADE_ON_MACOS = 3, 19
_FILE_TYPE, _REGULAR, _DIRECTORY, _LINK = 0o170000, 0o100000, 0o040000, 0o120000
_MS_DOS_DIRECTORY = 0x10

_SYSTEM_NAMES = frozenset({".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini", ".spotlight-v100", ".trashes"})
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".jar", ".cab")
_DRIVE = re.compile(r"^[A-Za-z]:")


class Entry(NamedTuple):
    """A member as the archive's directory declares it: sizes in bytes, its place in the file, flags and attributes."""

    name: str
    compressed: int
    bytes: int
    offset: int
    method: int = _STORED
    flags: int = 0
    system: int = 0
    attributes: int = 0
    raw_name_bytes: int = 0
    """Length of the name as stored."""


class Limits(NamedTuple):
    """What one archive may cost."""

    members: int = 10_000
    member_bytes: int = 3_758_096_384
    """Inflated, of one member: the largest master."""
    total_bytes: int = 32 * 1024**3
    """Inflated, of all members that are expanded."""
    ratio: int = 250
    """Inflated bytes for one compressed byte, of a member of more than `ratio_from` bytes."""
    ratio_from: int = 32 * 1024**2
    """Plain white pages deflate to a thousandth; they are small."""


class Fate(StrEnum):
    """What becomes of a member."""

    EXPANDED = "expanded"
    SKIPPED = "skipped"
    REFUSED = "refused"


class Role(StrEnum):
    """What a member is."""

    MASTER = "master"
    SIDECAR = "sidecar"
    MANIFEST = "manifest"


class Member(NamedTuple):
    """One member, by its place in the directory from 0, and what is to become of it; `code` says why not."""

    number: int
    name: str
    bytes: int
    fate: Fate
    key: str = ""
    role: Role = Role.MASTER
    code: str = ""
    message: str = ""


class Expansion(NamedTuple):
    """What becomes of every member; with `problems` the archive is refused as a whole, and nothing is expanded."""

    members: tuple[Member, ...]
    problems: tuple[Problem, ...] = ()

    def of(self, role: Role) -> list[Member]:
        """Return the members of this role that are to be expanded."""
        return [member for member in self.members if member.fate is Fate.EXPANDED and member.role is role]


def plan(entries: Sequence[Entry], *, prefix: str, limits: Limits, directory_at: int | None = None) -> Expansion:
    """Decide what becomes of each member; keys are `prefix` and the member's name.

    `directory_at` is where in the file the archive's directory begins: no member may reach into it.
    """
    problems = _problems_of_the_whole(entries, limits, directory_at)
    if problems:
        return Expansion((), problems)
    judged = [_judge(number, entry, prefix, limits) for number, entry in enumerate(entries)]
    exact = Counter(member.key for member in judged if member.key)
    folded = Counter(member.key.casefold() for member in judged if member.key)
    members = tuple(
        _refused(member, "duplicate_name", "another member has the same name")
        if exact[member.key] > 1
        else _refused(member, "case_collision", "another member's name differs in case alone")
        if member.key and folded[member.key.casefold()] > 1
        else member
        for member in judged
    )
    return Expansion(members, _problems_of_the_expanded(members, limits))


def _problems_of_the_whole(entries: Sequence[Entry], limits: Limits, directory_at: int | None) -> tuple[Problem, ...]:
    if not entries:
        return (_problem("empty_archive", "the archive has no members"),)
    if len(entries) > limits.members:
        return (_problem("too_many_members", f"{len(entries)} members, more than {limits.members}"),)
    return _overlaps(entries, directory_at)


def _overlaps(entries: Sequence[Entry], directory_at: int | None) -> tuple[Problem, ...]:
    """Return a problem if members share bytes: small files that inflate to petabytes are made so.

    Source: D. Fifield, "A better zip bomb", WOOT 2019.
    """
    if any(entry.offset < 0 or entry.compressed < 0 or entry.bytes < 0 for entry in entries):
        return (_problem("damaged_archive", "members stand before the beginning of the file"),)
    ordered = sorted(entries, key=lambda entry: entry.offset)
    for entry, following in zip(ordered, [*ordered[1:], None], strict=True):
        end = entry.offset + _LOCAL_HEADER + entry.raw_name_bytes + entry.compressed
        limit = directory_at if following is None else following.offset
        if limit is not None and end > limit:
            shown = ascii(entry.name[:80])
            return (_problem("overlapping_entries", f"{shown} shares bytes with another member or the directory"),)
    return ()


def _problems_of_the_expanded(members: Sequence[Member], limits: Limits) -> tuple[Problem, ...]:
    problems = []
    total = sum(member.bytes for member in members if member.fate is Fate.EXPANDED)
    if total > limits.total_bytes:
        problems.append(_problem("too_large_inflated", f"{total} bytes inflated, more than {limits.total_bytes}"))
    manifests = [m.name for m in members if m.fate is Fate.EXPANDED and m.role is Role.MANIFEST]
    if len(manifests) > 1:
        problems.append(_problem("two_manifests", f"the archive has {' and '.join(manifests)}"))
    return tuple(problems)


def _judge(number: int, entry: Entry, prefix: str, limits: Limits) -> Member:
    name = entry.name
    member = Member(number, name, entry.bytes, Fate.EXPANDED)
    if _is_directory(entry):
        return member._replace(fate=Fate.SKIPPED, code="directory", message="a folder is a part of its files' keys")
    unsafe = _unsafe(name)
    if unsafe is not None:
        return _refused(member, *unsafe)
    parts = name.split("/")
    if parts[0] == "__MACOSX" or parts[-1].casefold() in _SYSTEM_NAMES or parts[-1].startswith("._"):
        return member._replace(fate=Fate.SKIPPED, code="system_file", message="an operating system's own file")
    found = _unpackable(entry, limits)
    if found is not None:
        return _refused(member, *found)
    try:
        key = checked_key(prefix + name)
    except InvalidRequest as error:
        return _refused(member, "invalid_name", error.message)
    return member._replace(key=key, role=_role(name))


def _is_directory(entry: Entry) -> bool:
    unix = entry.system in {_MADE_ON_UNIX, _MADE_ON_MACOS}
    if unix and _file_type(entry) not in {0, _DIRECTORY}:
        return False  # a link whose name ends in a slash is a link
    if entry.name.endswith("/") and not entry.bytes:
        return _unsafe(entry.name.rstrip("/")) is None
    return (unix and _file_type(entry) == _DIRECTORY) or bool(entry.attributes & _MS_DOS_DIRECTORY and not entry.bytes)


def _file_type(entry: Entry) -> int:
    return (entry.attributes >> 16) & _FILE_TYPE


def _unsafe(name: str) -> tuple[str, str] | None:
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in name):
        return "control_character", "the name has control characters"
    if "\\" in name:
        return "backslash", "the name has a backslash: some systems take it for a folder"
    if name.startswith("/"):
        return "absolute_path", "the name begins with a slash"
    if _DRIVE.match(name):
        return "drive_letter", "the name begins with a drive"
    if ".." in name.split("/"):
        return "traversal", "the name leaves its folder"
    if any(part in {"", "."} for part in name.split("/")):
        return "invalid_name", "parts of the name between slashes are empty or '.'"
    return None


def _unpackable(entry: Entry, limits: Limits) -> tuple[str, str] | None:
    """Return why a member is not unpacked, whatever its name."""
    if entry.system in {_MADE_ON_UNIX, _MADE_ON_MACOS} and _file_type(entry) not in {0, _REGULAR}:
        link = _file_type(entry) == _LINK
        return ("symlink", "a symbolic link") if link else ("special_file", "a device, a pipe or a socket")
    if entry.flags & (_ENCRYPTED | _STRONGLY_ENCRYPTED):
        return "encrypted", "the member is encrypted"
    if entry.method not in {_STORED, _DEFLATED} or entry.flags & _PATCHED:
        return "unsupported_compression", f"compression method {entry.method}; stored and deflated members are taken"
    if entry.name.casefold().endswith(_ARCHIVES):
        return "nested_archive", "archives inside of an archive are not expanded"
    if entry.bytes > limits.member_bytes:
        return "too_large", f"{entry.bytes} bytes, more than {limits.member_bytes}"
    if entry.bytes > limits.ratio_from and entry.bytes > limits.ratio * max(entry.compressed, 1):
        return "compression_ratio", f"{entry.bytes} bytes out of {entry.compressed}"
    if not entry.bytes and entry.compressed > 64:
        return "lying_size", "an empty member has content"
    return None


def _role(name: str) -> Role:
    if name.casefold() in MANIFESTS:
        return Role.MANIFEST
    return Role.SIDECAR if is_sidecar(name) else Role.MASTER


def _refused(member: Member, code: str, message: str) -> Member:
    return member._replace(fate=Fate.REFUSED, key="", code=code, message=message)


def _problem(code: str, message: str) -> Problem:
    return Problem(code=code, field="archive", message=message)
