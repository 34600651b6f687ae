"""The Catalog port over PynamoDB: consistent reads of base records, conditional writes."""

from collections.abc import Collection, Sequence

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.declarations import require_standing
from assetwire.adapters.catalog.table import ByCategory, Listing, Table
from assetwire.domain.asset import Asset, AssetStatus, Blob, UploadRecord, Version
from assetwire.domain.collection import Membership
from assetwire.domain.declaration import Standing
from assetwire.domain.errors import NotFound
from assetwire.domain.history import AssetChange
from assetwire.domain.near_duplicates import likenesses
from assetwire.domain.outbox import Record
from assetwire.domain.rendition import Rendition
from assetwire.domain.sidecar import names_of
from assetwire.domain.source import Belonging, Named, Source
from assetwire.domain.work import WorkItem
from assetwire.ports import Page, Position


class DynamoCatalog:
    """The Catalog in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    # --- reads ---

    def asset(self, asset_id: str) -> Asset:
        """Return an asset, read consistently."""
        asset = self._table.find(Asset, keys.asset(asset_id))
        if asset is None:
            raise NotFound(f"no asset {asset_id}", code="asset_not_found")
        return asset

    def assets_named(self, asset_ids: Sequence[str]) -> list[Asset]:
        """Return those of these assets that there are, read consistently."""
        return self._table.many(Asset, [keys.asset(asset_id) for asset_id in asset_ids])

    def version(self, asset_id: str, version_id: str) -> Version:
        """Return a version, read consistently."""
        version = self._table.find(Version, keys.version(asset_id, version_id))
        if version is None:
            raise NotFound(f"no version {version_id} of asset {asset_id}", code="version_not_found")
        return version

    def versions(self, asset_id: str) -> list[Version]:
        """Return all versions of an asset, oldest first, read consistently."""
        return sorted(self._table.all(Version, keys.version(asset_id, "")), key=lambda v: v.upload.order)

    def renditions(self, asset_id: str, version_id: str | None = None) -> list[Rendition]:
        """Return the renditions of a version, or of all, read consistently."""
        return self._table.all(Rendition, keys.renditions(asset_id, version_id or ""))

    def upload(self, bucket: str, key: str, s3_version: str) -> UploadRecord | None:
        """Return the note that an upload was ingested, read consistently."""
        return self._table.find(UploadRecord, keys.upload(bucket, key, s3_version))

    def source(self, bucket: str, key: str) -> Source | None:
        """Return a source, read consistently."""
        return self._table.find(Source, keys.source(bucket, key))

    def blob(self, sha256: str) -> Blob | None:
        """Return a blob, read consistently."""
        return self._table.find(Blob, keys.blob(sha256))

    def sources(self, asset_id: str) -> list[Source]:
        """Return all sources that an asset ever had, read consistently."""
        found = self._table.all(Belonging, keys.belonging(asset_id))
        return [Source(bucket=each.bucket, key=each.key, asset_id=asset_id) for each in found]

    def uploads(self, asset_id: str) -> list[UploadRecord]:
        """Return the notes of all uploads of an asset, read consistently."""
        places = [keys.upload(source.bucket, source.key, "") for source in self.sources(asset_id)]
        found = [record for place in places for record in self._table.all(UploadRecord, place)]
        return [record for record in found if record.asset_id == asset_id]

    def assets(self, statuses: Sequence[AssetStatus], *, limit: int, after: Position | None) -> Page:
        """Merge the listing index's partitions, newest first, and read the assets that they name."""
        bound = None if after is None else Listing.listing_order < keys.listing_order(*after)
        partitions = [partition for status in statuses for partition in keys.listings(status.value)]
        page = self._page(self._table.page(self._table.items.by_listing, partitions, bound, limit=limit), limit)
        return page._replace(assets=[asset for asset in page.assets if asset.status in statuses])

    def assets_of(self, category: str, *, limit: int, after: Position | None) -> Page:
        """Merge the category index's partitions, newest first, and read the assets that they name."""
        bound = None if after is None else ByCategory.listing_order < keys.listing_order(*after)
        found = self._table.page(self._table.items.by_category, keys.listings(category), bound, limit=limit)
        page = self._page(found, limit)
        return page._replace(assets=[asset for asset in page.assets if asset.category == category])

    # --- writes ---

    def record(
        self,
        upload: UploadRecord,
        *,
        source: Source | None = None,
        blob: Blob | None = None,
        version: Version | None = None,
        asset: Asset | None = None,
        work: Sequence[WorkItem] = (),
        standing: Standing | None = None,
        gone: Collection[str] = (),
        change: AssetChange | None = None,
    ) -> None:
        """Write an ingested upload and what is new with it in one transaction, and beside its asset its source."""
        new: list[Record] = [upload, *(value for value in (version, *work, change) if value is not None)]
        if source is not None:
            new.append(Belonging(asset_id=source.asset_id, bucket=source.bucket, key=source.key))
        with self._table.transaction("recording an upload") as transaction:
            for value in new:
                transaction.save(self._table.item_of(value), condition=self._table.items.pk.does_not_exist())
            for inherited in (source, blob):
                if inherited is not None:
                    condition = self._table.new_or_of(gone)
                    transaction.save(self._table.item_of(inherited), condition=condition)
            if asset is not None:
                transaction.save(self._table.item_of(asset), condition=self._table.unchanged(asset))
            else:
                place = keys.asset(upload.asset_id)
                transaction.condition_check(self._table.items, *place, condition=self._table.not_gone())
            if source is not None and len(names_of(source.key)) > 1:
                stem = Named(bucket=source.bucket, stem=names_of(source.key)[1], key=source.key)
                transaction.save(self._table.item_of(stem))
            if standing is not None:
                require_standing(transaction, standing, self._table)

    def save_asset(self, asset: Asset, *, versions: Sequence[Version] = (), change: AssetChange | None = None) -> None:
        """Replace an asset, and write what goes with it, if its revision is the one before."""
        if not versions and change is None:
            self._table.save(asset)
            return
        with self._table.transaction(f"saving asset {asset.asset_id}") as transaction:
            transaction.save(self._table.item_of(asset), condition=self._table.unchanged(asset))
            for version in versions:
                transaction.save(self._table.item_of(version), condition=self._table.items.pk.exists())
            if change is not None:
                transaction.save(self._table.item_of(change), condition=self._table.items.pk.does_not_exist())

    def save_renditions(self, renditions: Sequence[Rendition]) -> None:
        """Write renditions, each in place of the one of the same name and digest."""
        if len(renditions) == 1:
            self._table.save(renditions[0])
        else:
            self._table.put(renditions)

    def remove_renditions(self, renditions: Sequence[Rendition]) -> None:
        """Delete what is recorded of these renditions, in batches."""
        self._table.remove(renditions)

    def forget(self, asset_id: str) -> None:
        """Delete blobs before the versions that name them, so that a deletion that broke off finds what is left."""
        versions = self.versions(asset_id)
        for sha256 in sorted({version.inspection.sha256 for version in versions}):
            blob = self.blob(sha256)
            if blob is not None and blob.asset_id == asset_id:
                self._table.remove_of(asset_id, blob)
        asset = self._table.find(Asset, keys.asset(asset_id))
        places = [keys.membership(each, asset_id) for each in (asset.collections if asset else ())]
        notes = [note for note in (self._table.find(Membership, place) for place in places) if note]
        renditions = self.renditions(asset_id)
        pictures = [likeness for version in versions for likeness in likenesses(version)]
        self._table.remove([*pictures, *renditions, *notes])
        self._table.remove(versions)

    def _page(self, found: list[tuple[str, str]], limit: int) -> Page:
        """Return the assets of one page; an index may lag behind the base records, which its reader then checks."""
        shown = found[:limit]
        assets = self._table.many(Asset, [(pk, keys.META) for _, pk in shown])
        more = len(found) > limit and bool(assets)
        return Page(assets, Position(assets[-1].created_at, assets[-1].asset_id) if more else None)
