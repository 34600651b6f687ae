"""Keys, parts and checksums of uploads: what S3 is asked to hold an upload to, decided before anything is signed."""

import base64
import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from assetwire.domain.errors import InvalidRequest

LONGEST_KEY = 512
"""Bytes of an upload's key at the most; S3 itself takes 1,024."""
DROPS = "drops/"
"""Keys that begin with this are archives to expand, and no masters."""
_ARCHIVE = ".zip"

MEBIBYTE = 1024 * 1024
_SMALLEST_PART = 16 * MEBIBYTE
_MOST_PARTS = 9_000
"""S3 takes 10,000 parts of 5 MiB to 5 GiB. Source: S3 user guide, "Multipart upload limits"."""

_HEXADECIMAL = re.compile(r"[0-9a-f]{64}")


def checked_key(key: str) -> str:
    """Return the key in Unicode's composed form (NFC), so that one name is one source.

    Raises:
        InvalidRequest: it is empty or too long, has control characters, `${`, empty, `.` or `..` parts.
    """
    key = unicodedata.normalize("NFC", key)
    if not key or len(key.encode("utf-8", errors="replace")) > LONGEST_KEY:
        raise InvalidRequest(f"a key has between 1 and {LONGEST_KEY} bytes of UTF-8", code="invalid_key")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in key):
        raise InvalidRequest("a key has no control characters", code="invalid_key")
    if "${" in key:
        raise InvalidRequest("a key holds no ${…}: S3 would put something in its place", code="invalid_key")
    if any(part in {"", ".", ".."} for part in key.split("/")):
        raise InvalidRequest("a key's parts between slashes are not empty, '.' or '..'", code="invalid_key")
    return key


def checked_upload_key(key: str) -> str:
    """Return the key of a file that a caller wants to upload: a master's, or that of a drop.

    Raises:
        InvalidRequest: it is no key that Assetwire takes, or stands among the drops and is no archive.
    """
    key = checked_key(key)
    if key.startswith(DROPS):
        drop_prefix(key)
    return key


def drop_prefix(key: str) -> str:
    """Return where the members of a drop go: `drops/spring/shoes.zip` → `spring/shoes/`.

    Raises:
        InvalidRequest: it is no drop's key, or its members would be drops themselves.
    """
    prefix = key.removeprefix(DROPS)[: -len(_ARCHIVE)] + "/"
    if not key.startswith(DROPS) or not key.lower().endswith(_ARCHIVE) or prefix.split("/")[-2].strip(" .") == "":
        raise InvalidRequest("a drop's key is drops/<name>.zip", code="invalid_drop_key")
    if prefix.startswith(DROPS):
        raise InvalidRequest("a drop's members would be drops themselves: name it otherwise", code="invalid_drop_key")
    return prefix


class Part(NamedTuple):
    """A part of a large upload: its number from 1, and where in the file it stands (bytes)."""

    number: int
    offset: int
    bytes: int


def part_bytes(size: int) -> int:
    """Return how large each part of a file but the last is: 16 MiB, and more where 9,000 such parts do not do."""
    needed = -(-size // _MOST_PARTS)
    return max(_SMALLEST_PART, -(-needed // MEBIBYTE) * MEBIBYTE)


def part_count(size: int) -> int:
    """Return how many parts a file of this size has."""
    return max(1, -(-size // part_bytes(size)))


def parts(size: int) -> list[Part]:
    """Return every part of a file of this size, in order."""
    each = part_bytes(size)
    return [Part(number + 1, number * each, min(each, size - number * each)) for number in range(part_count(size))]


def part(size: int, number: int) -> Part:
    """Return one part of a file of this size.

    Raises:
        InvalidRequest: it has no part of this number.
    """
    if not 1 <= number <= part_count(size):
        raise InvalidRequest(f"a file of {size} bytes has the parts 1 to {part_count(size)}", code="invalid_part")
    offset = (number - 1) * part_bytes(size)
    return Part(number, offset, min(part_bytes(size), size - offset))


def missing_parts(size: int, there: Iterable[tuple[int, int]]) -> list[int]:
    """Return the numbers of the parts that are not there whole, by the (number, bytes) of those that are."""
    found = dict(there)
    return [wanted.number for wanted in parts(size) if found.get(wanted.number) != wanted.bytes]


def s3_checksum(sha256: str) -> str:
    """Return a SHA-256 in hexadecimal as S3 writes it: base64.

    Raises:
        InvalidRequest: it is none.
    """
    if not _HEXADECIMAL.fullmatch(sha256):
        raise InvalidRequest("a SHA-256 has 64 digits, 0-9 and a-f", code="invalid_sha256")
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def from_s3_checksum(checksum: str) -> str | None:
    """Return a SHA-256 that S3 wrote in base64 in hexadecimal; None if it is none of one whole piece."""
    try:
        digest = base64.b64decode(checksum, validate=True)
    except ValueError:
        return None
    return digest.hex() if len(digest) == 32 else None
