"""Assets as callers of the API see and change them: list, set rights, request an upload."""

import base64
import binascii
import json
import unicodedata
from datetime import datetime
from typing import Any, NamedTuple

from assetwire.domain.asset import Asset, AssetStatus, UploadRecord
from assetwire.domain.errors import Conflict, InvalidRequest, NotFound
from assetwire.domain.rights import Rights
from assetwire.ports import Catalog, Masters, Page, Position

_ATTEMPTS = 8
LARGEST_PAGE = 100
"""Assets in one page of a listing at the most: as many as one BatchGetItem reads."""
LONGEST_KEY = 512
"""Bytes of an upload's key at the most; S3 itself takes 1,024."""


class Listing(NamedTuple):
    """A page of assets, newest first, and the cursor of the next page; None at the end."""

    assets: list[Asset]
    cursor: str | None


def list_assets(*, status: AssetStatus | None, limit: int, cursor: str | None, catalog: Catalog) -> Listing:
    """Return one page of the assets, of one status or of all.

    Raises:
        InvalidRequest: `limit` is not between 1 and 100, or the cursor is not one of ours.
    """
    if not 1 <= limit <= LARGEST_PAGE:
        raise InvalidRequest(f"limit is between 1 and {LARGEST_PAGE}", code="invalid_limit")
    page: Page = catalog.assets([status] if status else list(AssetStatus), limit=limit, after=_position(cursor))
    return Listing(page.assets, _cursor(page.next))


def set_rights(
    asset_id: str, rights: Rights, *, if_revision: int | None = None, catalog: Catalog, now: datetime
) -> Asset:
    """Replace an asset's rights; a narrowing voids every URL minted so far.

    Raises:
        NotFound: there is no such asset.
        Conflict: the asset is not at `if_revision`, or others kept changing it.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        asset = catalog.asset(asset_id)
        if if_revision is not None and asset.revision != if_revision:
            raise Conflict(f"asset {asset_id} is at revision {asset.revision}, not {if_revision}", code="revision")
        changed = asset.with_rights(rights, now=now)
        if changed is asset:
            return asset
        try:
            catalog.save_asset(changed)
        except Conflict:
            if attempt == _ATTEMPTS:
                raise
        else:
            return changed
    raise AssertionError("unreachable")


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
    expires_in: int


def request_upload(key: str, *, masters: Masters, maximum_bytes: int, seconds: int = 900) -> UploadForm:
    """Return a form that puts one file under this key; the same key again makes a new version of the same asset.

    Raises:
        InvalidRequest: the key is not one that Assetwire takes.
    """
    key = checked_key(key)
    form: dict[str, Any] = masters.upload_form(key, maximum=maximum_bytes, seconds=seconds)
    return UploadForm(form["url"], form["fields"], key, maximum_bytes, seconds)


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


def _cursor(position: Position | None) -> str | None:
    if position is None:
        return None
    text = json.dumps([position.created_at.isoformat(), position.item_id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _position(cursor: str | None) -> Position | None:
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        created_at, asset_id = json.loads(base64.urlsafe_b64decode(padded))
        moment = datetime.fromisoformat(created_at)
        if moment.tzinfo is None or not isinstance(asset_id, str):
            raise ValueError("not a position")
    except (ValueError, TypeError, binascii.Error) as error:
        raise InvalidRequest("the cursor is not one of a listing's", code="invalid_cursor") from error
    return Position(moment, asset_id)
