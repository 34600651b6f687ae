"""The caches in front of delivery: Amazon CloudFront."""

import uuid
from collections.abc import Sequence
from urllib.parse import quote

from assetwire.adapters.aws_errors import translated
from assetwire.adapters.clients import client
from assetwire.domain.caching import cache_tag
from assetwire.domain.delivery import everything_of
from assetwire.domain.purge import BY_PATH, BY_TAG, Quota


class CloudFrontEdge:
    """A CloudFront distribution; what it caches is purged by tag, or where it reads no tags, by path."""

    def __init__(self, distribution_id: str, *, by_tag: bool) -> None:
        self._distribution_id = distribution_id
        self._by_tag = by_tag

    @property
    def quota(self) -> Quota:
        """How many tags, or paths with a wildcard, may be in progress at once."""
        return BY_TAG if self._by_tag else BY_PATH

    def purge(self, asset_ids: Sequence[str]) -> None:
        """Invalidate everything of these assets in one batch.

        Each call has a reference of its own: CloudFront takes a repeated one for done, and what was cached since then
        would stay. Source: CloudFront Developer Guide, "Invalidating content by cache tags".
        """
        batch = {
            "Paths": {"Quantity": len(asset_ids), "Items": [self._item(asset_id) for asset_id in asset_ids]},
            "CallerReference": str(uuid.uuid4()),
        }
        with translated(f"invalidating {len(asset_ids)} assets"):
            client("cloudfront").create_invalidation(DistributionId=self._distribution_id, InvalidationBatch=batch)

    def _item(self, asset_id: str) -> str:
        return f"#{cache_tag(asset_id)}" if self._by_tag else f"/{quote(everything_of(asset_id))}*"
