"""The caches in front of delivery: Amazon CloudFront."""

from urllib.parse import quote

from assetwire.adapters.aws_errors import translated
from assetwire.adapters.clients import client


class CloudFrontEdge:
    """A CloudFront distribution."""

    def __init__(self, distribution_id: str) -> None:
        self._distribution_id = distribution_id

    def purge(self, path_prefix: str, *, reference: str) -> None:
        """Invalidate everything under a path; CloudFront answers a repeated reference with the first invalidation."""
        batch = {
            "Paths": {"Quantity": 1, "Items": [f"/{quote(path_prefix)}*"]},
            "CallerReference": reference,
        }
        with translated(f"invalidating /{path_prefix}*"):
            client("cloudfront").create_invalidation(DistributionId=self._distribution_id, InvalidationBatch=batch)
