"""Wiring of the function behind the API of assets and channels."""

from functools import cache
from typing import TYPE_CHECKING, Any

from assetwire import settings
from assetwire.bootstrap import moment

if TYPE_CHECKING:
    from assetwire.domain.asset import Asset
    from assetwire.domain.channels import Channel, Channels
    from assetwire.domain.rights import Rights
    from assetwire.requests import PreflightQuery, ReconcileRequest, RefreshRequest, TrailQuery
    from assetwire.services.assets import Listing, RenditionListing


class CatalogApi:
    """The use cases behind the API of assets."""

    def __init__(self) -> None:
        from assetwire.adapters.catalog.agenda import DynamoAgenda
        from assetwire.adapters.catalog.history import DynamoHistories
        from assetwire.adapters.catalog.purges import DynamoPurges
        from assetwire.adapters.catalog.repository import DynamoCatalog
        from assetwire.adapters.catalog.revocations import DynamoRevocations
        from assetwire.adapters.catalog.trail import DynamoTrail

        known = settings.load(settings.CatalogApiSettings)
        self._catalog = DynamoCatalog(known.catalog_table, region=known.aws_region)
        self._agenda = DynamoAgenda(known.catalog_table, region=known.aws_region)
        self._histories = DynamoHistories(known.catalog_table, region=known.aws_region)
        self._trail = DynamoTrail(known.catalog_table, region=known.aws_region)
        self._revocations = DynamoRevocations(known.catalog_table, region=known.aws_region)
        self._purges = DynamoPurges(known.catalog_table, region=known.aws_region)
        self._channels = known.channels

    def read(self, asset_id: str) -> "Asset":
        """Return an asset."""
        return self._catalog.asset(asset_id)

    def list(self, **query: Any) -> "Listing":
        """Return a page of assets."""
        from assetwire.services.assets import list_assets

        return list_assets(**query, catalog=self._catalog)

    def lift_limits(self, asset_id: str, **asked: Any) -> "Asset":
        """Lift the limits that are held of an asset's former versions and declarations."""
        from assetwire.services.assets import lift_limits

        return lift_limits(asset_id, **asked, catalog=self._catalog, now=moment.now())

    def set_rights(self, asset_id: str, rights: "Rights", **asked: Any) -> "Asset":
        """Replace an asset's rights."""
        from assetwire.services.assets import set_rights

        return set_rights(asset_id, rights, **asked, catalog=self._catalog, now=moment.now())

    def history(self, asset_id: str, *, limit: int, cursor: str | None) -> dict[str, Any]:
        """Return a page of who changed what of an asset, as JSON."""
        from assetwire.services.history import read_history

        ports = {"assets": self._catalog, "histories": self._histories}
        found = read_history(asset_id, limit=limit, cursor=cursor, **ports)  # type: ignore[arg-type]
        return {"changes": [each.model_dump(mode="json") for each in found.changes], "next_cursor": found.cursor}

    def trail(self, query: "TrailQuery") -> dict[str, Any]:
        """Return a page of who changed what of anything, as JSON."""
        from assetwire.services.trail import kind_of, read_trail

        found = read_trail(**query.model_dump(), trail=self._trail, now=moment.now())
        changes = [{**each.model_dump(mode="json"), "kind": kind_of(each)} for each in found.changes]
        return {"changes": changes, "next_cursor": found.next}

    def revocations(self, asset_id: str) -> dict[str, Any]:
        """Return what became of each decision that ended what could be seen of an asset, as JSON."""
        from assetwire.services.assets import list_revocations

        ports = {"catalog": self._catalog, "revocations": self._revocations, "purges": self._purges}
        return list_revocations(asset_id, **ports)  # type: ignore[arg-type]

    def renditions(self, asset_id: str) -> "RenditionListing":
        """Return what is rendered of an asset, and what it lacks."""
        from assetwire.domain.spec_book import house_book
        from assetwire.services.assets import list_renditions

        return list_renditions(asset_id, catalog=self._catalog, book=house_book(self._channels), now=moment.now())

    def refresh(self, asked: "RefreshRequest", *, by: str) -> dict[str, Any]:
        """Start the job that asks for outdated renditions, and return it as JSON."""
        import secrets

        from assetwire.services.refresh import start_refresh

        token = asked.token or secrets.token_hex(16)
        known = {"agenda": self._agenda, "now": moment.now()}
        job = start_refresh(asked.asset_ids, recall=asked.recall, by=by, token=token, **known)  # type: ignore[arg-type]
        return job.model_dump(mode="json")

    def reconcile(self, asked: "ReconcileRequest", *, by: str) -> dict[str, Any]:
        """Start the job that compares the buckets with the Catalog, and return it as JSON."""
        import secrets

        from assetwire.services.reconcile import start_reconcile

        token = asked.token or secrets.token_hex(16)
        job = start_reconcile(asked.asset_ids, by=by, token=token, agenda=self._agenda, now=moment.now())
        return job.model_dump(mode="json")

    def preflight(self, asset_id: str, query: "PreflightQuery") -> dict[str, Any]:
        """Return which slots of channels an asset can fill, as JSON."""
        from assetwire.domain.channels import shipped_channels
        from assetwire.services.preflight import preflight_asset

        found = preflight_asset(
            asset_id,
            channel=query.channel,
            limit=query.limit,
            channels=shipped_channels(),
            switched_on=self._channels,
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

        known = shipped_channels()
        return {"channels": [self._described(each, known) for each in known.channels.values()]}

    def channel(self, name: str) -> dict[str, Any]:
        """Return a channel as JSON, with its media spec."""
        from assetwire.domain.channels import shipped_channels

        known = shipped_channels()
        channel = known.named(name)
        return self._described(channel, known) | {"spec": known.spec(channel).model_dump(mode="json")}

    def _described(self, channel: "Channel", known: "Channels") -> dict[str, Any]:
        from assetwire.services.preflight import described

        return described(channel, known, switched_on=channel.name in self._channels, at=moment.now())


@cache
def catalog_api() -> CatalogApi:
    """Return the API of assets."""
    return CatalogApi()
