"""What opens the files of assets, without a key: URLs that say which file they are of."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from assetwire.domain.asset import Asset
from assetwire.domain.errors import AssetwireError, Denied, NotDelivered
from assetwire.services.gallery_urls import AssetUrls, OpenedAsset, Viewers
from fakes.some import NOW

HOST = "https://media.example"


class FakeSigning:
    """Opens what is in delivery, but for the assets of these ids, which are refused for these reasons."""

    def __init__(self, **refused: str) -> None:
        self.refused = refused
        self.asked: list[tuple[list[str], Viewers]] = []

    def __call__(self, assets: Sequence[Asset], viewers: Viewers) -> dict[str, AssetUrls | AssetwireError]:
        self.asked.append(([asset.asset_id for asset in assets], viewers))
        return {asset.asset_id: self._opened(asset, viewers) for asset in assets}

    def _opened(self, asset: Asset, viewers: Viewers) -> AssetUrls | AssetwireError:
        if asset.asset_id in self.refused:
            return Denied("its rights deny it", code=self.refused[asset.asset_id])
        if asset.delivered is None:
            return NotDelivered("nothing is in delivery yet")
        ends = int((NOW + timedelta(seconds=viewers.ttl)).timestamp())
        return AssetUrls(OpenedAsset(asset.asset_id, f"{HOST}/{asset.asset_id}/", asset.delivered, ends), "signed")


def moment(seconds: int) -> datetime:
    """Return the moment at which URLs of so many seconds end."""
    return (NOW + timedelta(seconds=seconds)).astimezone(UTC)
