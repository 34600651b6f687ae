"""Ids that come from their cause, so that a second delivery of the same cause changes nothing."""

import base64
import hashlib
import re
import uuid
from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from assetwire.domain.errors import InvalidRequest

ASSET_ID = r"^a[a-z2-7]{25}$"
AssetId = Annotated[str, StringConstraints(pattern=ASSET_ID)]
COLLECTION_ID = r"^c[a-z2-7]{25}$"
CollectionId = Annotated[str, StringConstraints(pattern=COLLECTION_ID)]
VersionId = Annotated[str, StringConstraints(pattern=r"^\d{8}t\d{6}-[a-z2-7]{8}$")]


def checked_asset_id(text: str) -> str:
    """Return an asset's id.

    Raises:
        InvalidRequest: it can be none (`invalid_asset_id`).
    """
    if not re.fullmatch(ASSET_ID, text):
        raise InvalidRequest(f"{text[:64]!a} is no asset's id: a and 25 letters or digits", code="invalid_asset_id")
    return text


_EVENT_NAMESPACE = uuid.UUID("5b1f7c3a-52c6-4d3e-9a55-0c6a3d2f8e11")


def asset_id(bucket: str, key: str, *s3_version: str) -> str:
    """Return the id of the asset whose first source is this S3 object: `a` and 25 letters or digits.

    Where the key's asset is deleted and its id taken by what is left of it, the S3 version tells the next one apart.
    """
    return "a" + _digest("asset", bucket, key, *s3_version)[:25]


def version_id(bucket: str, key: str, s3_version: str, uploaded_at: datetime) -> str:
    """Return the id of the version that this upload makes: its second in UTC and 8 letters or digits.

    It sorts by time of upload (to the second) and does not depend on the order in which uploads are processed.
    """
    return f"{uploaded_at:%Y%m%dt%H%M%S}-{_digest('version', bucket, key, s3_version)[:8]}"


def work_id(*cause: str) -> str:
    """Return the id of the work item that has this cause: `w` and 25 letters or digits."""
    return "w" + _digest("work", *cause)[:25]


def job_id(*cause: str) -> str:
    """Return the id of the job that has this cause: `j` and 15 letters or digits."""
    return "j" + _digest("job", *cause)[:15]


def drop_id(bucket: str, key: str, s3_version: str) -> str:
    """Return the id of the drop that this upload is: `d` and 25 letters or digits."""
    return "d" + _digest("drop", bucket, key, s3_version)[:25]


def collection_id(*cause: str) -> str:
    """Return the id of the collection that has this cause: `c` and 25 letters or digits."""
    return "c" + _digest("collection", *cause)[:25]


def event_id(record_id: str, event_type: str) -> str:
    """Return the id of the event that this stream record causes: a UUID, the same at every delivery."""
    return str(uuid.uuid5(_EVENT_NAMESPACE, f"{record_id}/{event_type}"))


def digest(*parts: str) -> str:
    """Return what stands for these texts in their order, wherever they are long or strange: 52 letters or digits."""
    return _digest(*parts)[:52]


def _digest(*parts: str) -> str:
    text = "\0".join(parts).encode()
    return base64.b32encode(hashlib.sha256(text).digest()).decode().lower()
