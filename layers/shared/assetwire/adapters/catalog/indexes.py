"""By what the indexes of the Catalog's table find each kind of record, and when DynamoDB deletes it by itself."""

from typing import Any

from assetwire.adapters.catalog import keys
from assetwire.domain.asset import Asset
from assetwire.domain.collection import Collection, CollectionChange
from assetwire.domain.history import AssetChange
from assetwire.domain.idempotency import IdempotentRequest, RequestPart
from assetwire.domain.job import Job
from assetwire.domain.link import Link
from assetwire.domain.link_history import LinkChange
from assetwire.domain.outbox import Record
from assetwire.domain.product import Product
from assetwire.domain.product_history import ProductRevision
from assetwire.domain.purge import Purge
from assetwire.domain.rules import RuleChange
from assetwire.domain.work import WorkItem


def indexed_by(value: Record, key: tuple[str, str]) -> dict[str, Any]:
    """Return the attributes by which indexes find a record of this key, and the moment at which it goes by itself."""
    found: dict[str, Any] = {}
    if isinstance(value, Asset):
        found["listing"] = keys.listing(value.status.value, value.asset_id)
        found["category"] = keys.listing(value.category, value.asset_id)
        found["listing_order"] = keys.listing_order(value.created_at, value.asset_id)
    if isinstance(value, WorkItem):
        found["listing"] = keys.listing(keys.work_listing(value.queue.value, value.state.value), value.work_id)
        found["listing_order"] = keys.listing_order(value.listed_at, value.work_id)
        if value.claim is not None:
            found["category"] = keys.claimed_listing(value.queue.value)
    if isinstance(value, Job):
        found["listing"] = keys.listing(keys.JOBS, value.job_id)
        found["listing_order"] = keys.listing_order(value.created_at, value.job_id)
    if isinstance(value, Product) and not value.is_deleted:
        found["listing"] = keys.listing(keys.PRODUCTS, value.sku)
        found["listing_order"] = keys.product(value.sku)[0]
    if isinstance(value, Link):
        found["listing"] = keys.links_listing(value.asset_id)
        found["listing_order"] = "".join(key)
    if isinstance(value, LinkChange) and value.asset_id is not None:
        found["category"] = keys.links_listing(value.asset_id)
        found["listing_order"] = keys.change_order(value.at, key)
    if isinstance(value, Collection) and value.deleted is None:
        found["listing"] = keys.listing(keys.COLLECTIONS, value.collection_id)
        found["listing_order"] = keys.listing_order(value.created_at, value.collection_id)
    if isinstance(value, AssetChange | CollectionChange | RuleChange | ProductRevision | LinkChange) and value.by:
        found["changed_by"] = value.by
        found["listing"] = keys.changes_listing(value.at)
        found["listing_order"] = keys.change_order(value.at, key)
    if isinstance(value, IdempotentRequest | RequestPart):
        found["expires_at"] = int(value.expires_at.timestamp())
    if isinstance(value, Asset | Job | Purge | WorkItem) and value.due is not None:
        found["due_shard"] = keys.due_shard(value.due.kind.value, key[0].partition("#")[2])
        found["due_at"] = keys.due_at(value.due.at)
    return found
