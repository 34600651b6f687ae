"""The Catalog port over PynamoDB: consistent reads of base records, conditional writes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from pydantic import ValidationError
from pynamodb.attributes import MapAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from assetwire.adapters.aws_errors import error_of
from assetwire.adapters.catalog import keys
from assetwire.domain.asset import Asset, Blob, Source, UploadRecord, Version
from assetwire.domain.errors import AssetwireError, Conflict, NotFound, NotUnderstood
from assetwire.domain.inspection import Status
from assetwire.domain.model import Value
from assetwire.domain.outbox import Record
from assetwire.domain.rendition import Rendition
from assetwire.ports import Page, Position

_LOST_RACE = frozenset({"ConditionalCheckFailed", "TransactionConflict"})
_Kind = TypeVar("_Kind", bound=Value)


class _Listing(GlobalSecondaryIndex["_Item"]):
    class Meta:
        index_name = keys.LISTING_INDEX
        projection = KeysOnlyProjection()

    listing = UnicodeAttribute(hash_key=True)
    listing_order = UnicodeAttribute(range_key=True)


class _Item(Model):
    """Every item of the table; subclassed once for the table's name."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = UnicodeAttribute()
    data: MapAttribute[str, Any] = MapAttribute()
    revision = NumberAttribute(null=True)
    listing = UnicodeAttribute(null=True)
    listing_order = UnicodeAttribute(null=True)
    by_listing = _Listing()


class DynamoCatalog:
    """The Catalog in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        meta = type("Meta", (), {"table_name": table, "region": region, "max_retry_attempts": 4})
        self._item: type[_Item] = type("Item", (_Item,), {"Meta": meta})
        self._connection = Connection(region=region, max_retry_attempts=4)

    # --- reads ---

    def asset(self, asset_id: str) -> Asset:
        """Return an asset, read consistently."""
        asset = self._find(Asset, keys.asset(asset_id))
        if asset is None:
            raise NotFound(f"no asset {asset_id}", code="asset_not_found")
        return asset

    def version(self, asset_id: str, version_id: str) -> Version:
        """Return a version, read consistently."""
        version = self._find(Version, keys.version(asset_id, version_id))
        if version is None:
            raise NotFound(f"no version {version_id} of asset {asset_id}", code="version_not_found")
        return version

    def versions(self, asset_id: str) -> list[Version]:
        """Return all versions of an asset, oldest first, read consistently."""
        return sorted(self._all(Version, keys.version(asset_id, "")), key=lambda v: v.upload.order)

    def renditions(self, asset_id: str, version_id: str) -> list[Rendition]:
        """Return the renditions of a version, read consistently."""
        return self._all(Rendition, keys.rendition(asset_id, version_id, ""))

    def upload(self, bucket: str, key: str, s3_version: str) -> UploadRecord | None:
        """Return the note that an upload was ingested, read consistently."""
        return self._find(UploadRecord, keys.upload(bucket, key, s3_version))

    def source(self, bucket: str, key: str) -> Source | None:
        """Return a source, read consistently."""
        return self._find(Source, keys.source(bucket, key))

    def blob(self, sha256: str) -> Blob | None:
        """Return a blob, read consistently."""
        return self._find(Blob, keys.blob(sha256))

    def assets(self, statuses: Sequence[Status], *, limit: int, after: Position | None) -> Page:
        """Merge the listing index's partitions, newest first, and read the assets that they name."""
        bound = None if after is None else _Listing.listing_order < keys.listing_order(*after)
        found: list[tuple[str, str]] = []
        with _translated("listing assets"):
            for status in statuses:
                for partition in keys.listings(status.value):
                    page = self._item.by_listing.query(
                        partition, bound, scan_index_forward=False, limit=limit + 1, page_size=limit + 1
                    )
                    found.extend((str(item.listing_order), str(item.pk)) for item in page)
            found = sorted(set(found), reverse=True)
            shown = found[:limit]
            wanted = [(pk, keys.META) for _, pk in shown]
            read = {str(item.pk): item for item in self._item.batch_get(wanted, consistent_read=True)}
        assets = [_value(Asset, read[pk]) for _, pk in shown if pk in read]
        more = len(found) > limit and bool(assets)
        return Page(
            [asset for asset in assets if asset.status in statuses],  # the index may lag behind the base records
            Position(assets[-1].created_at, assets[-1].asset_id) if more else None,
        )

    # --- writes ---

    def record(
        self,
        upload: UploadRecord,
        *,
        source: Source | None = None,
        blob: Blob | None = None,
        version: Version | None = None,
        asset: Asset | None = None,
    ) -> None:
        """Write an ingested upload and what is new with it in one transaction."""
        new = [upload, *(value for value in (source, blob, version) if value is not None)]
        with _translated("recording an upload"), TransactWrite(connection=self._connection) as transaction:
            for value in new:
                transaction.save(self._item_of(value), condition=self._item.pk.does_not_exist())
            if asset is not None:
                transaction.save(self._item_of(asset), condition=self._unchanged(asset))

    def save_asset(self, asset: Asset, *, version: Version | None = None) -> None:
        """Replace an asset, and with it one of its versions, if its revision is the one before."""
        with _translated(f"saving asset {asset.asset_id}"):
            if version is None:
                self._item_of(asset).save(condition=self._unchanged(asset))
                return
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(self._item_of(asset), condition=self._unchanged(asset))
                transaction.save(self._item_of(version), condition=self._item.pk.exists())

    def save_rendition(self, rendition: Rendition) -> None:
        """Write a rendition, in place of the one of the same name."""
        with _translated(f"saving rendition {rendition.key}"):
            self._item_of(rendition).save()

    # --- between items and values ---

    def _unchanged(self, asset: Asset) -> Condition:
        if asset.revision == 0:
            return self._item.pk.does_not_exist()
        return self._item.revision == asset.revision - 1

    def _find(self, kind: type[_Kind], key: tuple[str, str]) -> _Kind | None:
        with _translated(f"reading {key[0]}"):
            try:
                item = self._item.get(*key, consistent_read=True)
            except self._item.DoesNotExist:
                return None
        return _value(kind, item)

    def _all(self, kind: type[_Kind], prefix: tuple[str, str]) -> list[_Kind]:
        with _translated(f"reading {prefix[0]}"):
            items = self._item.query(prefix[0], self._item.sk.startswith(prefix[1]), consistent_read=True)
            return [_value(kind, item) for item in items]

    def _item_of(self, value: Record) -> _Item:
        pk, sk = _key(value)
        data = value.model_dump(mode="json", exclude_none=True)
        item = self._item(pk, sk, kind=type(value).__name__, data=data)
        if isinstance(value, Asset):
            item.revision = value.revision
            item.listing = keys.listing(value.status.value, value.asset_id)
            item.listing_order = keys.listing_order(value.created_at, value.asset_id)
        return item


def _key(value: Record) -> tuple[str, str]:
    match value:
        case Asset():
            return keys.asset(value.asset_id)
        case Version():
            return keys.version(value.asset_id, value.version_id)
        case Rendition():
            return keys.rendition(value.asset_id, value.version_id, value.name)
        case Blob():
            return keys.blob(value.sha256)
        case Source():
            return keys.source(value.bucket, value.key)
        case UploadRecord():
            return keys.upload(value.upload.bucket, value.upload.key, value.upload.s3_version)


def _value(kind: type[_Kind], item: _Item) -> _Kind:
    try:
        return kind.model_validate(item.data.as_dict())
    except (ValidationError, AttributeError) as error:
        raise NotUnderstood(f"{item.pk} {item.sk} is no {kind.__name__}: {error}"[:500]) from error


@contextmanager
def _translated(doing: str) -> Iterator[None]:
    try:
        yield
    except AssetwireError:
        raise
    except TransactWriteError as error:
        reasons = {reason.code for reason in error.cancellation_reasons if reason is not None}
        if reasons & _LOST_RACE:
            raise Conflict(f"{doing}: {sorted(reasons)}") from error
        raise error_of(error.cause_response_code or "", f"{doing}: {error}") from error
    except PynamoDBException as error:
        raise error_of(error.cause_response_code or "", f"{doing}: {error}") from error
