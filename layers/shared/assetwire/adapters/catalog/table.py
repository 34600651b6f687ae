"""The Catalog's table: one shape of item for every record, and AWS's refusals as our errors."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
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
from assetwire.adapters.catalog.indexes import indexed_by
from assetwire.domain.applied_specs import AppliedSpecs
from assetwire.domain.asset import Asset, Blob, UploadRecord, Version
from assetwire.domain.associations import Associations
from assetwire.domain.collection import Collection, CollectionChange, Membership
from assetwire.domain.declaration import Declaration
from assetwire.domain.drop import Drop, Members
from assetwire.domain.errors import AssetwireError, Conflict, NotUnderstood
from assetwire.domain.history import AssetChange
from assetwire.domain.idempotency import IdempotentRequest, RequestPart
from assetwire.domain.job import Job
from assetwire.domain.link import Link, MediaOrder
from assetwire.domain.link_history import LinkChange
from assetwire.domain.match import AssetMatch, NamedByAsset, ProductName
from assetwire.domain.model import Value
from assetwire.domain.near_duplicates import Likeness
from assetwire.domain.outbox import Record
from assetwire.domain.product import Product
from assetwire.domain.product_history import ProductRevision
from assetwire.domain.purge import Purge, PurgesInProgress
from assetwire.domain.reconciliation import Feed, SeenPage
from assetwire.domain.rendition import Rendition
from assetwire.domain.revocation import Revocation
from assetwire.domain.rules import Rulebook, RuleChange, RuleText
from assetwire.domain.source import Belonging, Named, Source
from assetwire.domain.variant import Variant
from assetwire.domain.work import WorkItem

_LOST_RACE = frozenset({"ConditionalCheckFailed", "TransactionConflict"})
_Kind = TypeVar("_Kind", bound=Value)
Revised = (
    Asset
    | Job
    | WorkItem
    | Rulebook
    | Declaration
    | Drop
    | AppliedSpecs
    | Product
    | Link
    | MediaOrder
    | AssetMatch
    | Collection
    | Purge
    | PurgesInProgress
    | IdempotentRequest
    | Feed
    | Associations
)
"""Records that are changed again and again: each write is conditional on the revision before."""


class Listing(GlobalSecondaryIndex["Item"]):
    """Assets by status, work items by queue and state, jobs, and collections; by time."""

    class Meta:
        """Which index it is, and what it holds."""

        index_name = keys.LISTING_INDEX
        projection = KeysOnlyProjection()

    listing = UnicodeAttribute(hash_key=True)
    listing_order = UnicodeAttribute(range_key=True)


class ByCategory(GlobalSecondaryIndex["Item"]):
    """Assets by category and time, changes of links by asset and time, and work items that were claimed."""

    class Meta:
        """Which index it is, and what it holds."""

        index_name = keys.CATEGORY_INDEX
        projection = KeysOnlyProjection()

    category = UnicodeAttribute(hash_key=True)
    listing_order = UnicodeAttribute(range_key=True)


class ByCaller(GlobalSecondaryIndex["Item"]):
    """Changes by who made them and when; sparse."""

    class Meta:
        """Which index it is, and what it holds."""

        index_name = keys.CALLER_INDEX
        projection = KeysOnlyProjection()

    changed_by = UnicodeAttribute(hash_key=True)
    listing_order = UnicodeAttribute(range_key=True)


class ByDue(GlobalSecondaryIndex["Item"]):
    """What is due, by kind and moment; sparse."""

    class Meta:
        """Which index it is, and what it holds."""

        index_name = keys.DUE_INDEX
        projection = KeysOnlyProjection()

    due_shard = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class Item(Model):
    """Every item of the table; subclassed once for the table's name."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = UnicodeAttribute()
    data: MapAttribute[str, Any] = MapAttribute()
    revision = NumberAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    listing = UnicodeAttribute(null=True)
    listing_order = UnicodeAttribute(null=True)
    category = UnicodeAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    changed_by = UnicodeAttribute(null=True)
    by_caller = ByCaller()
    by_listing = Listing()
    by_category = ByCategory()
    by_due = ByDue()


class Table:
    """Records in the Catalog's table."""

    def __init__(self, name: str, *, region: str) -> None:
        meta = type("Meta", (), {"table_name": name, "region": region, "max_retry_attempts": 4})
        self.items: type[Item] = type("CatalogItem", (Item,), {"Meta": meta})
        self._connection = Connection(region=region, max_retry_attempts=4)

    def find(self, kind: type[_Kind], key: tuple[str, str]) -> _Kind | None:
        """Return the record under a key, read consistently, if there is one."""
        with translated(f"reading {key[0]}"):
            try:
                item = self.items.get(*key, consistent_read=True)
            except self.items.DoesNotExist:
                return None
        return _value(kind, item)

    def all(self, kind: type[_Kind], prefix: tuple[str, str]) -> list[_Kind]:
        """Return the records of one partition whose sort key begins so, read consistently."""
        with translated(f"reading {prefix[0]}"):
            items = self.items.query(prefix[0], self.items.sk.startswith(prefix[1]), consistent_read=True)
            return [_value(kind, item) for item in items]

    def many(self, kind: type[_Kind], wanted: Sequence[tuple[str, str]]) -> list[_Kind]:
        """Return the records under these keys, read consistently, in their order; those that are gone are left out."""
        return [_value(kind, item) for item in self._batch(wanted)]

    def each(self, kind: type[_Kind], wanted: Sequence[tuple[str, str]]) -> Iterator[_Kind | NotUnderstood]:
        """Yield the records under these keys as `many` returns them, and in a broken one's place what is wrong."""
        for item in self._batch(wanted):
            try:
                yield _value(kind, item)
            except NotUnderstood as error:
                yield error

    def _batch(self, wanted: Sequence[tuple[str, str]]) -> list[Item]:
        with translated("reading a batch"):
            read = {(str(i.pk), str(i.sk)): i for i in self.items.batch_get(list(wanted), consistent_read=True)}
        return [read[key] for key in wanted if key in read]

    def part(
        self, kind: type[_Kind], partition: str, bound: Condition | None, *, limit: int, ascending: bool = True
    ) -> list[_Kind]:
        """Return at most `limit` records of one partition in the order of their sort keys, read consistently."""
        with translated(f"reading {partition}"):
            items = self.items.query(
                partition, bound, consistent_read=True, scan_index_forward=ascending, limit=limit, page_size=limit
            )
            return [_value(kind, item) for item in items]

    def newest(
        self, kind: type[_Kind], key: Callable[[int | None], tuple[str, str]], *, limit: int, before: int | None
    ) -> list[_Kind]:
        """Return at most `limit` records that are numbered from 1 on, the newest first, all older than `before`.

        `key` gives the key of a number's record; without a number, the prefix of all.
        """
        partition, prefix = key(None)
        sort_key = self.items.sk
        bound = sort_key.startswith(prefix) if before is None else sort_key.between(prefix, key(before - 1)[1])
        return self.part(kind, partition, bound, limit=limit, ascending=False)

    def page(
        self, index: Any, partitions: Iterable[str], bound: Condition | None, *, limit: int, newest_first: bool = True
    ) -> list[tuple[str, str]]:
        """Merge partitions of an index; return `(order, pk)` of `limit` items, and of more if there are more."""
        found: list[tuple[str, str]] = []
        with translated("listing"):
            for partition in partitions:
                answer = index.query(
                    partition, bound, scan_index_forward=not newest_first, limit=limit + 1, page_size=limit + 1
                )
                found.extend((str(item.listing_order), str(item.pk)) for item in answer)
        return sorted(set(found), reverse=newest_first)

    def listed(self, partition: str) -> list[tuple[str, str]]:
        """Return the keys of everything in one partition of the listing index."""
        with translated("listing"):
            return [(str(item.pk), str(item.sk)) for item in self.items.by_listing.query(partition)]

    def save(self, record: Record) -> None:
        """Write a record; one with a revision only over the revision before."""
        with translated(f"saving {key_of(record)[0]}"):
            condition = self.unchanged(record) if isinstance(record, Revised) else None
            self.item_of(record).save(condition=condition)

    def create(self, record: Record) -> bool:
        """Write a record that is not there yet; tell whether it was not."""
        try:
            with translated(f"creating {key_of(record)[0]}"):
                self.item_of(record).save(condition=self.items.pk.does_not_exist())
        except Conflict:
            return False
        return True

    def put(self, records: Iterable[Record]) -> None:
        """Write records whatever stands there, in batches: those that their cause alone makes what they are.

        Raises:
            Unavailable: some were not written, after retries.
        """
        with translated("writing a batch"), self.items.batch_write() as batch:
            for record in records:
                batch.save(self.item_of(record))

    def remove(self, records: Sequence[Record]) -> None:
        """Delete records, whatever they say by now; those that are gone already are no error."""
        with translated("deleting records"), self.items.batch_write() as batch:
            for record in records:
                batch.delete(self.items(*key_of(record)))

    def remove_of(self, asset_id: str, record: Record) -> None:
        """Delete a record if it still belongs to this asset."""
        with suppress(Conflict), translated(f"deleting {key_of(record)[0]}"):
            self.items(*key_of(record)).delete(condition=self.belongs_to(asset_id))

    def remove_unchanged(self, record: Revised) -> None:
        """Delete a record if it is as it was read."""
        as_it_was = self.items.revision == record.revision
        with suppress(Conflict), translated(f"deleting {key_of(record)[0]}"):
            self.items(*key_of(record)).delete(condition=as_it_was)

    @contextmanager
    def transaction(self, doing: str) -> Iterator[TransactWrite]:
        """Collect writes that happen together, or not at all."""
        with translated(doing), TransactWrite(connection=self._connection) as transaction:
            yield transaction

    def unchanged(self, record: Revised) -> Condition:
        """Return the condition that a record is as it was read: at the revision before."""
        if record.revision == 0:
            return self.items.pk.does_not_exist()
        return self.items.revision == record.revision - 1

    def new_or_of(self, gone: Iterable[str]) -> Condition:
        """Return the condition that a record is not there, or belongs to one of these assets, which are gone."""
        condition = self.items.pk.does_not_exist()
        for asset_id in sorted(gone):
            condition |= self.belongs_to(asset_id)
        return condition

    def belongs_to(self, asset_id: str) -> Condition:
        """Return the condition that a record names this asset as its own."""
        named: Condition = self.items.data["asset_id"] == asset_id
        return named

    def not_gone(self) -> Condition:
        """Return the condition that an asset's deletion has not begun."""
        standing: Condition = self.items.data["deletion"]["begun_at"].does_not_exist()
        return standing

    def item_of(self, value: Record) -> Item:
        """Return the item that holds a record."""
        pk, sk = key_of(value)
        data = value.model_dump(mode="json", exclude_none=True)
        found = indexed_by(value, (pk, sk))
        if isinstance(value, Revised):
            found["revision"] = value.revision
        return self.items(pk, sk, kind=type(value).__name__, data=data, **found)


_KEYS: dict[type[Record], Callable[[Any], tuple[str, str]]] = {
    Asset: lambda value: keys.asset(value.asset_id),
    Version: lambda value: keys.version(value.asset_id, value.version_id),
    Rendition: lambda value: keys.rendition(value.asset_id, value.version_id, value.name, value.digest),
    AssetChange: lambda value: keys.asset_change(value.asset_id, value.revision),
    Revocation: lambda value: keys.revocation(value.asset_id, value.generation),
    Purge: lambda value: keys.purge(value.asset_id),
    PurgesInProgress: lambda _: keys.purges_in_progress(),
    Blob: lambda value: keys.blob(value.sha256),
    Source: lambda value: keys.source(value.bucket, value.key),
    Belonging: lambda value: keys.belonging(value.asset_id, value.bucket, value.key),
    UploadRecord: lambda value: keys.upload(value.upload.bucket, value.upload.key, value.upload.s3_version),
    WorkItem: lambda value: keys.work_item(value.work_id),
    Job: lambda value: keys.job(value.job_id),
    Likeness: lambda value: keys.likeness(value.band, value.place, value.asset_id, value.version_id),
    AppliedSpecs: lambda _: keys.specs(),
    Rulebook: lambda _: keys.rulebook(),
    RuleText: lambda value: keys.rule_text(value.kind.value, value.name, value.version),
    RuleChange: lambda value: keys.rule_change(value.kind.value, value.name, value.version),
    Named: lambda value: keys.named(value.bucket, value.stem, value.key),
    Declaration: lambda value: keys.declaration(value.bucket, value.name, value.origin.value),
    Drop: lambda value: keys.drop(value.drop_id),
    Members: lambda value: keys.members(value.drop_id, value.page),
    Product: lambda value: keys.product(value.sku),
    ProductRevision: lambda value: keys.product_revision(value.sku, value.revision),
    Associations: lambda value: keys.associations(value.sku),
    IdempotentRequest: lambda value: keys.idempotent_request(value.request_id),
    RequestPart: lambda value: keys.request_part(
        value.request_id, value.serial, value.sku, value.market, value.role.value
    ),
    Variant: lambda value: keys.variant(value.parent, value.sku),
    Link: lambda value: keys.link(value.sku, value.asset_id, value.role.value, value.market),
    ProductName: lambda value: keys.product_name(value.name, value.sku),
    NamedByAsset: lambda value: keys.named_by_asset(value.name, value.asset_id),
    AssetMatch: lambda value: keys.asset_match(value.asset_id),
    MediaOrder: lambda value: keys.media_order(value.sku, value.market, value.role.value),
    LinkChange: lambda value: keys.link_change(
        value.sku, value.at, f"{value.role.value}#{value.market}#{value.asset_id or ''}#{value.revision:09d}"
    ),
    Collection: lambda value: keys.collection(value.collection_id),
    Membership: lambda value: keys.membership(value.collection_id, value.asset_id),
    Feed: lambda value: keys.feed(value.source),
    SeenPage: lambda value: keys.seen_page(value.source, value.page),
    CollectionChange: lambda value: keys.collection_change(value.collection_id, value.revision),
}
"""How the key of each kind of record is made of it."""


def key_of(value: Record) -> tuple[str, str]:
    """Return the key under which a record stands."""
    return _KEYS[type(value)](value)


def _value(kind: type[_Kind], item: Item) -> _Kind:
    try:
        return kind.model_validate(item.data.as_dict())
    except (ValidationError, AttributeError) as error:
        raise NotUnderstood(f"{item.pk} {item.sk} is no {kind.__name__}: {error}"[:500]) from error


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Raise our errors in place of PynamoDB's; `doing` opens the message."""
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
