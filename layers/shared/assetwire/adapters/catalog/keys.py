"""Every key of the Catalog's table: nobody else builds one."""

import hashlib
from datetime import UTC, datetime

PARTITION = "pk"
SORT = "sk"
META = "META"
PRODUCT = "PRODUCT"
REVISION = "AUDIT#"
PURGE = "PURGE"
LISTING_INDEX = "listing"
LISTING_SHARDS = 4
"""Partitions of the listing index a status: one takes about 1,000 new assets a second."""
JOBS = "jobs"
"""What jobs are listed as."""
PRODUCTS = "products"
"""What products are listed as, until they are deleted."""
COLLECTIONS = "collections"
"""What collections are listed as, until they are deleted."""
CATEGORY_INDEX = "category"
CALLER_INDEX = "caller"
DUE_INDEX = "due"
DUE_SHARDS = 16


def asset(asset_id: str) -> tuple[str, str]:
    """Return the key of an asset."""
    return f"ASSET#{asset_id}", META


def version(asset_id: str, version_id: str) -> tuple[str, str]:
    """Return the key of a version; an empty `version_id` gives the prefix of all."""
    return f"ASSET#{asset_id}", f"VERSION#{version_id}"


def rendition(asset_id: str, version_id: str, name: str, digest: str) -> tuple[str, str]:
    """Return the key of a rendition."""
    return f"ASSET#{asset_id}", f"RENDITION#{version_id}#{name}#{digest}"


def renditions(asset_id: str, version_id: str = "") -> tuple[str, str]:
    """Return the prefix of all renditions of a version; without one, of whichever."""
    return f"ASSET#{asset_id}", f"RENDITION#{version_id}#" if version_id else "RENDITION#"


def asset_change(asset_id: str, revision: int | None) -> tuple[str, str]:
    """Return the key of the change that brought an asset to a revision; without one, the prefix of all."""
    return f"ASSET#{asset_id}", "CHANGE#" + ("" if revision is None else f"{revision:09d}")


def revocation(asset_id: str, generation: int | None) -> tuple[str, str]:
    """Return the key of the revocation that began a generation; without one, the prefix of all."""
    return f"ASSET#{asset_id}", "REVOCATION#" + ("" if generation is None else f"{generation:09d}")


def purge(asset_id: str) -> tuple[str, str]:
    """Return the key of what caches must forget of an asset."""
    return f"ASSET#{asset_id}", PURGE


def purges_in_progress() -> tuple[str, str]:
    """Return the key of the record of what CloudFront was told of late."""
    return "PURGES", META


def blob(sha256: str) -> tuple[str, str]:
    """Return the key of a blob."""
    return f"SHA256#{sha256}", META


def source(bucket: str, key: str) -> tuple[str, str]:
    """Return the key of a source."""
    return f"SOURCE#{bucket}/{key}", META


def belonging(asset_id: str, bucket: str = "", key: str = "") -> tuple[str, str]:
    """Return the key of the note that a source is an asset's; without a place, the prefix of all.

    A digest stands for the place: with its bucket, an S3 key may be longer than the 1,024 bytes of a sort key.
    """
    digest = hashlib.sha256(f"{bucket}/{key}".encode()).hexdigest() if bucket else ""
    return f"ASSET#{asset_id}", f"SOURCE#{digest}"


def upload(bucket: str, key: str, s3_version: str) -> tuple[str, str]:
    """Return the key of the note that an upload was ingested; an empty `s3_version` gives the prefix of all."""
    return f"SOURCE#{bucket}/{key}", f"UPLOAD#{s3_version}"


def named(bucket: str, stem: str, key: str) -> tuple[str, str]:
    """Return the key of the note that a master has this stem; an empty `key` gives the prefix of all."""
    return f"SOURCE#{bucket}/{stem}", f"NAMED#{key}"


def declaration(bucket: str, name: str, origin: str) -> tuple[str, str]:
    """Return the key of what is declared under a name."""
    return f"SOURCE#{bucket}/{name}", f"DECLARED#{origin}"


def drop(drop_id: str) -> tuple[str, str]:
    """Return the key of a drop."""
    return f"DROP#{drop_id}", META


def members(drop_id: str, page: int | None) -> tuple[str, str]:
    """Return the key of some of a drop's members; without a page, the prefix of all."""
    return f"DROP#{drop_id}", "MEMBERS#" + ("" if page is None else f"{page:06d}")


def work_item(work_id: str) -> tuple[str, str]:
    """Return the key of a work item."""
    return f"WORK#{work_id}", META


def product(sku: str) -> tuple[str, str]:
    """Return the key of a product."""
    return f"SKU#{sku}", PRODUCT


def product_revision(sku: str, revision: int) -> tuple[str, str]:
    """Return the key of the change that brought a product to a revision."""
    return f"SKU#{sku}", f"{REVISION}{revision:09d}"


def sku_in(partition: str) -> str:
    """Return the SKU of a product's partition."""
    return partition.removeprefix("SKU#")


def feed(source: str) -> tuple[str, str]:
    """Return the key of what is known of the looks at a PIM; an empty `source` gives the prefix of all."""
    return "FEEDS", f"FEED#{source}"


def seen_page(source: str, page: int | None) -> tuple[str, str]:
    """Return the key of what a full run saw on one page; without a page, the prefix of all."""
    return f"FEED#{source}", "SEEN#" + ("" if page is None else f"{page:06d}")


def link(sku: str, asset_id: str, role: str, market: str) -> tuple[str, str]:
    """Return the key of a link."""
    return f"SKU#{sku}", f"LINK#{asset_id}#{role}#{market}"


def media_order(sku: str, market: str, role: str) -> tuple[str, str]:
    """Return the key of the order of a product's assets in one market and role."""
    return f"SKU#{sku}", f"ORDER#{market}#{role}"


def link_change(sku: str, at: datetime, what: str) -> tuple[str, str]:
    """Return the key of a change of a product's links at a moment; `what` tells those of one moment apart."""
    return f"SKU#{sku}", f"CHANGE#{change_order(at)}#{what}"


def link_changes(sku: str) -> tuple[str, str]:
    """Return the prefix of all changes of a product's links."""
    return f"SKU#{sku}", "CHANGE#"


def product_media(sku: str) -> tuple[str, tuple[str, str]]:
    """Return the partition of a product and the first and last sort key of what says which assets show it."""
    return f"SKU#{sku}", ("LINK#", "VARIANT$")  # what follows all that begins with VARIANT#


def variant(parent: str, sku: str) -> tuple[str, str]:
    """Return the key of the note, at a product, that another is a variant of it."""
    return f"SKU#{parent}", f"VARIANT#{sku}"


def product_name(name: str, sku: str) -> tuple[str, str]:
    """Return the key of the note that a product has a name; an empty `sku` gives the prefix of all that have it."""
    return f"NAME#{name}", f"SKU#{sku}"


def named_by_asset(name: str, asset_id: str) -> tuple[str, str]:
    """Return the key of the note that an asset's evidence says a name; an empty `asset_id` the prefix of all."""
    return f"NAME#{name}", f"ASSET#{asset_id}"


def associations(sku: str) -> tuple[str, str]:
    """Return the key of what PIM was told of which assets show a product."""
    return f"SKU#{sku}", "ASSOCIATIONS"


def idempotent_request(request_id: str) -> tuple[str, str]:
    """Return the key of a request that is carried out once."""
    return f"REQUEST#{request_id}", META


def request_part(request_id: str, serial: int, sku: str, market: str, role: str) -> tuple[str, str]:
    """Return the key of what became of a request's operations on one list."""
    return f"REQUEST#{request_id}", f"PART#{serial:09d}#{sku}#{market}#{role}"


def request_parts(request_id: str, serial: int) -> tuple[str, str]:
    """Return the prefix of all parts of a request."""
    return f"REQUEST#{request_id}", f"PART#{serial:09d}#"


def asset_match(asset_id: str) -> tuple[str, str]:
    """Return the key of what an asset's evidence came to."""
    return f"ASSET#{asset_id}", "MATCH"


def links_listing(asset_id: str) -> str:
    """Return the partition of an index in which the links of an asset stand."""
    return f"links:{asset_id}"


def likeness(band: str, place: str, asset_id: str, version_id: str) -> tuple[str, str]:
    """Return the key of a version's picture in one band; within it, pictures that are alike stand side by side."""
    return f"PHASH#{band}", f"{place}#{asset_id}#{version_id}"


def job(job_id: str) -> tuple[str, str]:
    """Return the key of a job."""
    return f"JOB#{job_id}", META


def collection(collection_id: str) -> tuple[str, str]:
    """Return the key of a collection."""
    return f"COLLECTION#{collection_id}", META


def membership(collection_id: str, asset_id: str) -> tuple[str, str]:
    """Return the key of the note that an asset is in a collection; an empty `asset_id` gives the prefix of all."""
    return f"COLLECTION#{collection_id}", f"MEMBER#{asset_id}"


def collection_change(collection_id: str, revision: int | None) -> tuple[str, str]:
    """Return the key of the change that brought a collection to a revision; without one, the prefix of all."""
    return f"COLLECTION#{collection_id}", "CHANGE#" + ("" if revision is None else f"{revision:09d}")


def specs() -> tuple[str, str]:
    """Return the key of the record of applied specs."""
    return "SPECS", META


def rulebook() -> tuple[str, str]:
    """Return the key of the rulebook."""
    return "RULES", META


def rule_text(kind: str, name: str, version: int) -> tuple[str, str]:
    """Return the key of one version of a template or vocabulary."""
    return f"RULE#{kind}#{name}", f"TEXT#{version:09d}"


def rule_change(kind: str, name: str, version: int | None) -> tuple[str, str]:
    """Return the key of an entry of a change log; no version gives the prefix of all."""
    return f"RULE#{kind}#{name}", "CHANGE#" if version is None else f"CHANGE#{version:09d}"


def changes_listing(at: datetime) -> str:
    """Return what everybody's changes of a moment's day, in UTC, are listed as."""
    return f"changes:{at.astimezone(UTC):%Y-%m-%d}"


def change_order(at: datetime, key: tuple[str, str] | None = None) -> str:
    """Return where a change stands in the trail: by its moment, then its key; without one, before all of them."""
    moment = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    return f"{moment}#{key[0]} {key[1]}" if key else moment


def key_in(order: str) -> tuple[str, str]:
    """Return the key of the change that stands at a place in the trail."""
    pk, _, sk = order.partition("#")[2].rpartition(" ")
    return pk, sk


def moment_in(order: str) -> datetime:
    """Return the moment of a place in the trail."""
    return datetime.strptime(order.partition("#")[0], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def listing(listed: str, item_id: str) -> str:
    """Return the partition of an index in which an item of this status, category or queue stands."""
    return f"{listed}#{_shard(item_id, LISTING_SHARDS)}"


def listings(listed: str) -> list[str]:
    """Return all partitions of an index for a status, category or queue."""
    return [f"{listed}#{shard}" for shard in range(LISTING_SHARDS)]


def work_listing(queue: str, state: str) -> str:
    """Return what the work items of one queue and state are listed as."""
    return f"work:{queue}:{state}"


def claimed_listing(queue: str) -> str:
    """Return the partition of an index in which the items of a queue stand that somebody claimed."""
    return f"claimed:{queue}"


def listing_order(created_at: datetime, item_id: str) -> str:
    """Return where an item stands in its partition of an index."""
    return f"{created_at:%Y-%m-%dT%H:%M:%S.%fZ}#{item_id}"


def due_shard(kind: str, item_id: str) -> str:
    """Return the partition of the due index in which an item stands."""
    return f"{kind}#{_shard(item_id, DUE_SHARDS)}"


def due_shards(kind: str) -> list[str]:
    """Return all partitions of the due index for one kind."""
    return [f"{kind}#{shard}" for shard in range(DUE_SHARDS)]


def due_at(at: datetime) -> str:
    """Return a moment as the due index orders it."""
    return f"{at:%Y-%m-%dT%H:%M:%S.%fZ}"


def _shard(item_id: str, shards: int) -> int:
    return hashlib.sha256(item_id.encode()).digest()[0] % shards
