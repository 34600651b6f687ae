"""Many assets at once: each is read once, a hundred by one read."""

from collections.abc import Iterable

from assetwire.domain.asset import Asset
from assetwire.ports import AssetReader

AT_ONCE = 100
"""Assets that are read at once. Source: DynamoDB API reference, BatchGetItem."""


def assets_by_id(asset_ids: Iterable[str], *, assets: AssetReader) -> dict[str, Asset]:
    """Return those of these assets that there are, by their ids; nothing else is read.

    Raises:
        Unavailable: the Catalog did not answer.
    """
    wanted = list(dict.fromkeys(asset_ids))
    batches = [wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE)]
    return {asset.asset_id: asset for batch in batches for asset in assets.assets_named(batch)}
