"""The caches in front of delivery: Amazon CloudFront."""

import uuid
from urllib.parse import quote

from assetwire.adapters.aws_errors import translated
from assetwire.adapters.clients import client


class CloudFrontEdge:
    """A CloudFront distribution."""

    def __init__(self, distribution_id: str) -> None:
        self._distribution_id = distribution_id

    def purge(self, path_prefix: str) -> None:
        """Invalidate everything under a path.

        Each call has a reference of its own: CloudFront takes a repeated one for done, and what was cached since then
        would stay.
        """
        batch = {
            "Paths": {"Quantity": 1, "Items": [f"/{quote(path_prefix)}*"]},
            "CallerReference": str(uuid.uuid4()),
        }
        with translated(f"invalidating /{path_prefix}*"):
            client("cloudfront").create_invalidation(DistributionId=self._distribution_id, InvalidationBatch=batch)
