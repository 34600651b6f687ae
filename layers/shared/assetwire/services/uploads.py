"""Uploads without S3 permissions: forms and parts that S3 holds to a key, a size and a checksum."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from assetwire.domain.asset import UploadRecord
from assetwire.domain.errors import InvalidRequest, NotFound
from assetwire.domain.uploads import (
    checked_upload_key,
    missing_parts,
    part,
    part_bytes,
    part_count,
    s3_checksum,
)
from assetwire.ports import Catalog, Masters, UploadedPart

FORM_SECONDS = 900
"""Life of an upload form: one file goes at once."""
PART_SECONDS = 3600
"""Life of a part's URL at the most: it also ends with the credentials of the function that signed it."""
LARGEST_PAGE = 100
"""Part URLs that one call gives at the most."""


def find_upload(bucket: str, key: str, s3_version: str, *, catalog: Catalog) -> UploadRecord:
    """Return what became of an upload: its asset, and the version that it made, if its bytes were new there.

    Raises:
        NotFound: it is not ingested (yet).
    """
    found = catalog.upload(bucket, key, s3_version)
    if found is None:
        raise NotFound(f"upload {s3_version} of {key!r} is not ingested (yet)", code="upload_not_found")
    return found


class UploadForm(NamedTuple):
    """A form to post one file with: its URL, its fields, and what S3 will hold it to."""

    url: str
    fields: dict[str, str]
    key: str
    maximum_bytes: int
    sha256: str | None
    expires_in: int


def request_upload(
    key: str, *, size: int | None = None, sha256: str | None = None, masters: Masters, maximum_bytes: int
) -> UploadForm:
    """Return a form that puts one file under this key; the same key again makes a new version of the same asset.

    With a size, S3 takes that many bytes and no others; with a SHA-256 (hexadecimal), only the bytes that have it.

    Raises:
        InvalidRequest: the key is not one that Assetwire takes, or the file is too large.
    """
    key = checked_upload_key(key)
    if size is not None:
        _check_size(size, maximum_bytes)
    smallest, largest = (1, maximum_bytes) if size is None else (size, size)
    checksum = None if sha256 is None else s3_checksum(sha256)
    form = masters.upload_form(key, minimum=smallest, maximum=largest, checksum=checksum, seconds=FORM_SECONDS)
    return UploadForm(form["url"], form["fields"], key, largest, sha256, FORM_SECONDS)


class Multipart(NamedTuple):
    """A large upload that was begun: the file goes in this many parts, each of `part_bytes` but the last."""

    key: str
    upload_id: str
    bytes: int
    part_bytes: int
    parts: int
    checksums: bool


def begin_multipart(key: str, *, size: int, checksums: bool, masters: Masters, maximum_bytes: int) -> Multipart:
    """Begin an upload in parts; with `checksums`, S3 takes each part by its SHA-256 alone.

    Raises:
        InvalidRequest: the key is not one that Assetwire takes, or the file is too large.
    """
    key = checked_upload_key(key)
    _check_size(size, maximum_bytes)
    upload_id = masters.begin_multipart(key, checksums=checksums)
    return Multipart(key, upload_id, size, part_bytes(size), part_count(size), checksums)


class WantedPart(NamedTuple):
    """A part that a caller wants to send, and its SHA-256 (hexadecimal) if the upload has checksums."""

    number: int
    sha256: str | None


class PartUrl(NamedTuple):
    """Where one part is put: with `PUT`, exactly these headers, and nothing but the part as its body."""

    number: int
    url: str
    headers: dict[str, str]
    offset: int
    bytes: int


class PartUrls(NamedTuple):
    """URLs of parts, and how long they live."""

    urls: list[PartUrl]
    expires_in: int


def sign_parts(
    key: str, upload_id: str, *, size: int, wanted: Sequence[WantedPart], masters: Masters, maximum_bytes: int
) -> PartUrls:
    """Return a URL for each of these parts, bound to the part's size, and to its SHA-256 where one is given.

    Raises:
        InvalidRequest: more than 100 parts are asked for, or one that a file of this size does not have.
    """
    key = checked_upload_key(key)
    _check_size(size, maximum_bytes)
    if not 1 <= len(wanted) <= LARGEST_PAGE:
        raise InvalidRequest(f"between 1 and {LARGEST_PAGE} parts are signed at a time", code="invalid_part_count")
    urls = []
    for each in wanted:
        found = part(size, each.number)
        checksum = None if each.sha256 is None else s3_checksum(each.sha256)
        url = masters.part_url(key, upload_id, found, checksum=checksum, seconds=PART_SECONDS)
        headers = {"Content-Length": str(found.bytes)}
        if checksum is not None:
            headers["x-amz-checksum-sha256"] = checksum
        urls.append(PartUrl(found.number, url, headers, found.offset, found.bytes))
    return PartUrls(urls, PART_SECONDS)


class DoneParts(NamedTuple):
    """A page of the parts that S3 has, and the number to go on after; None at the end."""

    parts: list[UploadedPart]
    next_after: int | None


def list_parts(key: str, upload_id: str, *, after: int, masters: Masters) -> DoneParts:
    """Return the parts of an upload that S3 has, so that one that broke off goes on where it was.

    Raises:
        NotFound: the upload was completed, aborted, or never begun.
    """
    found = masters.uploaded_parts(checked_upload_key(key), upload_id, after=after)
    return DoneParts(found.parts, found.next_after)


class Completed(NamedTuple):
    """A large upload that is whole: the master's key and the version that S3 gave it."""

    key: str
    s3_version: str
    bytes: int


def complete_multipart(key: str, upload_id: str, *, size: int, masters: Masters, maximum_bytes: int) -> Completed:
    """Put the parts together. What S3 has counts, not what a caller says: each part is there, and of its size.

    Raises:
        InvalidRequest: parts are missing or of another size (`problems` names the first hundred).
        NotFound: the upload was completed, aborted, or never begun.
    """
    key = checked_upload_key(key)
    _check_size(size, maximum_bytes)
    there: list[UploadedPart] = []
    after: int | None = 0
    while after is not None:
        page = masters.uploaded_parts(key, upload_id, after=after)
        there += page.parts
        after = page.next_after
    missing = missing_parts(size, ((each.number, each.bytes) for each in there))
    if missing or len(there) > part_count(size):
        wanted = missing or [each.number for each in there if each.number > part_count(size)]
        problems = tuple(
            {"code": "missing_part" if missing else "surplus_part", "field": "parts", "message": f"part {number}"}
            for number in wanted[:100]
        )
        message = f"{len(wanted)} parts are {'missing or of another size' if missing else 'too many'}"
        raise InvalidRequest(message, code="incomplete_upload", problems=problems)
    s3_version = masters.complete_multipart(key, upload_id, there, size=size)
    return Completed(key, s3_version, size)


def abort_multipart(key: str, upload_id: str, *, masters: Masters) -> dict[str, Any]:
    """Give up an upload in parts, and what was sent of it; one that is gone already is no error."""
    key = checked_upload_key(key)
    masters.abort_multipart(key, upload_id)
    return {"key": key, "upload_id": upload_id, "aborted": True}


def _check_size(size: int, maximum: int) -> None:
    if not 1 <= size <= maximum:
        raise InvalidRequest(f"a file has between 1 and {maximum} bytes", code="invalid_size")
