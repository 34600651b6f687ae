"""Masters as S3 stores them: class, copies and tags of every version; and S3's lifecycle, which moto has not."""

import copy
from collections.abc import Callable
from typing import Any

import moto.s3.models
from moto.core import DEFAULT_ACCOUNT_ID

from assetwire.adapters.vault import MARK


def vault(bucket: str = "masters") -> dict[str, str]:
    """Return key and version → class, end of its copy, and tags of every master."""
    backend = _backend()
    tags = backend.tagger.get_tag_dict_for_resource
    return {
        f"{key} {each.version_id}": f"{each.storage_class} {each.expiry_date} {tags(each.arn)}"
        for key, versions in backend.buckets[bucket].keys.lists()
        for each in versions
        if isinstance(each, moto.s3.models.FakeKey)
    }


def move_to_the_cold(bucket: str = "masters", *, marked_only: bool = True) -> None:
    """Do to masters what S3's lifecycle does once a day."""
    backend = _backend()
    for _, versions in backend.buckets[bucket].keys.lists():
        for each in versions:
            tags = backend.tagger.get_tag_dict_for_resource(each.arn)
            if not marked_only or tags.get(MARK["Key"]) == MARK["Value"]:
                each._storage_class = "GLACIER"


def remember(bucket: str) -> Callable[[], None]:
    """Return what brings every version of a bucket's objects back, as it is now."""
    backend, keys = _backend(), _backend().buckets[bucket].keys
    kept = {key: [(each, dict(each.__dict__)) for each in keys.getlist(key)] for key in dict(keys)}
    tags = copy.deepcopy(backend.tagger.tags)

    def rewind() -> None:
        keys.clear()
        for key, versions in kept.items():
            keys.setlist(key, [each for each, _ in versions])
            for each, facts in versions:
                each.__dict__.update(facts)
        backend.tagger.tags = copy.deepcopy(tags)

    return rewind


def _backend() -> Any:
    return moto.s3.models.s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
