"""Wiring of the function that the API of assets calls."""

from functools import cache
from typing import TYPE_CHECKING, Any

from assetwire import settings
from assetwire.bootstrap import moment

if TYPE_CHECKING:
    from assetwire.domain.asset import Asset
    from assetwire.domain.job import Job
    from assetwire.domain.rights import Rights
    from assetwire.requests import ReconcileRequest, RefreshRequest
    from assetwire.services.assets import Listing, RenditionListing


class CatalogApi:
    """The use cases behind the API of assets."""

    def __init__(self) -> None:
        from assetwire.adapters.catalog.agenda import DynamoAgenda
        from assetwire.adapters.catalog.repository import DynamoCatalog

        known = settings.load(settings.CatalogApiSettings)
        self._catalog = DynamoCatalog(known.catalog_table, region=known.aws_region)
        self._agenda = DynamoAgenda(known.catalog_table, region=known.aws_region)

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

    def renditions(self, asset_id: str) -> "RenditionListing":
        """Return what is rendered of an asset, and what it lacks."""
        from assetwire.domain.spec_book import shipped_book
        from assetwire.services.assets import list_renditions

        return list_renditions(asset_id, catalog=self._catalog, book=shipped_book(), now=moment.now())

    def refresh(self, asked: "RefreshRequest", *, by: str) -> "Job":
        """Start the job that asks for outdated renditions."""
        import secrets

        from assetwire.services.refresh import start_refresh

        token = asked.token or secrets.token_hex(16)
        known = {"agenda": self._agenda, "now": moment.now()}
        return start_refresh(asked.asset_ids, recall=asked.recall, by=by, token=token, **known)  # type: ignore[arg-type]

    def reconcile(self, asked: "ReconcileRequest", *, by: str) -> "Job":
        """Start the job that compares the buckets with the Catalog."""
        import secrets

        from assetwire.services.reconcile import start_reconcile

        token = asked.token or secrets.token_hex(16)
        return start_reconcile(asked.asset_ids, by=by, token=token, agenda=self._agenda, now=moment.now())


@cache
def catalog_api() -> CatalogApi:
    """Return the API of assets."""
    return CatalogApi()
