"""Wiring of the function behind the API of assets and channels."""

from functools import cache
from typing import TYPE_CHECKING, Any

from assetwire import settings
from assetwire.bootstrap import moment

if TYPE_CHECKING:
    from assetwire.domain.asset import Asset
    from assetwire.domain.rights import Rights
    from assetwire.requests import PreflightQuery
    from assetwire.services.assets import Listing


class CatalogApi:
    """The use cases behind the API of assets."""

    def __init__(self) -> None:
        from assetwire.adapters.catalog.repository import DynamoCatalog

        known = settings.load(settings.CatalogApiSettings)
        self._catalog = DynamoCatalog(known.catalog_table, region=known.aws_region)

    def read(self, asset_id: str) -> "Asset":
        """Return an asset."""
        return self._catalog.asset(asset_id)

    def list(self, **query: Any) -> "Listing":
        """Return a page of assets."""
        from assetwire.services.assets import list_assets

        return list_assets(**query, catalog=self._catalog)

    def set_rights(self, asset_id: str, rights: "Rights", *, if_revision: int | None) -> "Asset":
        """Replace an asset's rights."""
        from assetwire.services.assets import set_rights

        return set_rights(asset_id, rights, if_revision=if_revision, catalog=self._catalog, now=moment.now())

    def preflight(self, asset_id: str, query: "PreflightQuery") -> dict[str, Any]:
        """Return which slots of channels an asset can fill, as JSON."""
        from assetwire.domain.channels import shipped_channels
        from assetwire.services.preflight import preflight_asset

        found = preflight_asset(
            asset_id,
            channel=query.channel,
            limit=query.limit,
            channels=shipped_channels(),
            catalog=self._catalog,
            at=query.at or moment.now(),
        )
        return {
            "asset_id": asset_id,
            "version_id": found.asset.current_version,
            "channels": [report.model_dump(mode="json") for report in found.reports],
            "more": found.more,
        }

    def channels(self) -> dict[str, Any]:
        """Return every channel as JSON."""
        from assetwire.domain.channels import shipped_channels
        from assetwire.services.preflight import described

        known = shipped_channels()
        return {"channels": [described(each, known, at=moment.now()) for each in known.channels.values()]}

    def channel(self, name: str) -> dict[str, Any]:
        """Return a channel as JSON, with its media spec."""
        from assetwire.domain.channels import shipped_channels
        from assetwire.services.preflight import described

        known = shipped_channels()
        channel = known.named(name)
        return described(channel, known, at=moment.now()) | {"spec": known.spec(channel).model_dump(mode="json")}


@cache
def catalog_api() -> CatalogApi:
    """Return the API of assets."""
    return CatalogApi()
