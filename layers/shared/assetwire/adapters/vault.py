"""The masters' storage: which class their bytes are in, tags that S3's lifecycle moves them by, copies from the cold.

A master is never copied in place to change its class: that would be another S3 version, and so another upload. The
template's lifecycle rule moves whatever carries `MARK`, noncurrent versions too.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import ClientError

from assetwire.adapters.aws_errors import translated
from assetwire.adapters.clients import client
from assetwire.adapters.media_store import remove
from assetwire.domain.archive import Kept, Place, Tier
from assetwire.domain.asset import Upload
from assetwire.domain.errors import NotFound

MARK = {"Key": "assetwire-archive", "Value": "yes"}
"""The tag of masters that are to be in cold storage; the template's lifecycle rule names it."""
_COLD = {"GLACIER", "DEEP_ARCHIVE"}
_ON_ITS_WAY = {"RestoreAlreadyInProgress", "InvalidObjectState", "ObjectAlreadyInActiveTierError"}
"""What S3 says where a copy comes already, or none is needed. Source: S3 API reference, RestoreObject."""


class S3Vault:
    """Masters in S3."""

    def kept(self, upload: Upload) -> Kept:
        """Read storage class and `x-amz-restore` of a master by HeadObject."""
        try:
            with translated(f"reading s3://{upload.bucket}/{upload.key}"):
                head = client("s3").head_object(**_version(upload))
        except NotFound:
            return Kept(place=Place.NOWHERE)
        if head.get("StorageClass", "STANDARD") not in _COLD:
            return Kept(place=Place.AT_HAND)
        copy = head.get("Restore", "")
        if 'ongoing-request="true"' in copy:
            return Kept(place=Place.COMING)
        ends = re.search(r'expiry-date="([^"]+)"', copy)
        if ends is None:
            return Kept(place=Place.COLD)
        return Kept(place=Place.COPIED, until=_moment(ends[1]))

    def mark(self, upload: Upload) -> None:
        """Put the mark beside the tags that a master has."""
        with suppress(NotFound), translated(f"tagging s3://{upload.bucket}/{upload.key}"):
            tags = self._tags(upload)
            if MARK not in tags:
                others = [tag for tag in tags if tag["Key"] != MARK["Key"]]
                client("s3").put_object_tagging(**_version(upload), Tagging={"TagSet": [*others, MARK]})

    def unmark(self, upload: Upload) -> None:
        """Take the mark away from the tags that a master has."""
        with suppress(NotFound), translated(f"tagging s3://{upload.bucket}/{upload.key}"):
            tags = self._tags(upload)
            others = [tag for tag in tags if tag["Key"] != MARK["Key"]]
            if not others and tags:
                client("s3").delete_object_tagging(**_version(upload))
            elif others != tags:
                client("s3").put_object_tagging(**_version(upload), Tagging={"TagSet": others})

    def fetch_back(self, upload: Upload, *, days: int, tier: Tier) -> None:
        """Ask S3 for a copy; one that comes already, or is not needed, is no error."""
        wanted = {"Days": days, "GlacierJobParameters": {"Tier": tier.value.capitalize()}}
        with suppress(NotFound), translated(f"recalling s3://{upload.bucket}/{upload.key}"):
            try:
                client("s3").restore_object(**_version(upload), RestoreRequest=wanted)
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") not in _ON_ITS_WAY:
                    raise

    def destroy(self, uploads: Sequence[Upload]) -> None:
        """Delete the exact versions, bucket by bucket."""
        for bucket in sorted({upload.bucket for upload in uploads}):
            mine = [upload for upload in uploads if upload.bucket == bucket]
            remove(bucket, [{"Key": upload.key, "VersionId": upload.s3_version or "null"} for upload in mine])

    def _tags(self, upload: Upload) -> list[dict[str, str]]:
        answer: dict[str, Any] = client("s3").get_object_tagging(**_version(upload))
        return list(answer["TagSet"])


def _version(upload: Upload) -> dict[str, str]:
    place = {"Bucket": upload.bucket, "Key": upload.key}
    return place if upload.s3_version in {"", "null"} else {**place, "VersionId": upload.s3_version}


def _moment(text: str) -> datetime:
    return parsedate_to_datetime(text).astimezone(UTC)
