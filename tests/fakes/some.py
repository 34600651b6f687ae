"""Values to test with: each is valid, and says only what a test asks for."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from assetwire.domain import ids
from assetwire.domain.asset import Asset, Upload, Version
from assetwire.domain.collection import Collection
from assetwire.domain.declaration import Declaration
from assetwire.domain.drop import Drop
from assetwire.domain.inspection import Inspection, Kind, Problem, Status
from assetwire.domain.job import Job
from assetwire.domain.link import Link, LinkOrigin, LinkRole, LinkState, MediaOrder
from assetwire.domain.metadata import Origin
from assetwire.domain.near_duplicates import Likeness
from assetwire.domain.near_duplicates import likenesses as likenesses_of
from assetwire.domain.product import Product, ProductFacts, ProductStatus, ProductTexts
from assetwire.domain.rendition import Rendition
from assetwire.domain.rights import Rights, Usage, Window
from assetwire.domain.shown import Rendered
from assetwire.domain.spec import Format
from assetwire.domain.work import Queue, WorkItem

NOW = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)
BUCKET = "masters"


def declaration(name: str = "shoe.jpg", **fields: Any) -> Declaration:
    """Return what a manifest declares of a master: SKU, rights and a title."""
    known: dict[str, Any] = {
        "bucket": BUCKET,
        "name": name,
        "origin": Origin.MANIFEST,
        "skus": ("S-1",),
        "rights": rights(),
        "fields": {"title": {"de": "Schuh"}, "rating": 3},
        "said_at": NOW,
        "by": "somebody",
    }
    return Declaration(**(known | fields))


def drop(key: str = "drops/spring.zip", **fields: Any) -> Drop:
    """Return a drop that is worked on."""
    known = {"drop_id": ids.drop_id(BUCKET, key, "v1"), "bucket": BUCKET, "key": key, "s3_version": "v1"}
    return Drop(**(known | {"created_at": NOW, "updated_at": NOW} | fields))


def asset_id(key: str = "shoe.jpg") -> str:
    return ids.asset_id(BUCKET, key)


def upload(key: str = "shoe.jpg", number: int = 1, **fields: Any) -> Upload:
    """Return the upload that came `number` seconds after NOW."""
    known = {"bucket": BUCKET, "key": key, "s3_version": f"v{number}", "uploaded_at": NOW + timedelta(seconds=number)}
    return Upload(**(known | fields))


def inspection(content: str = "bytes", **fields: Any) -> Inspection:
    known: dict[str, Any] = {
        "status": Status.ACCEPTED,
        "kind": Kind.IMAGE,
        "media_type": "image/jpeg",
        "sha256": sha256(content.encode()).hexdigest(),
        "bytes": len(content),
        "width": 2000,
        "height": 1000,
    }
    return Inspection(**(known | fields))


def refused_inspection(content: str = "damaged", code: str = "undecodable") -> Inspection:
    problem = Problem(code=code, field="file", message="it is damaged")
    return inspection(content, status=Status.QUARANTINED, problems=(problem,))


def version(key: str = "shoe.jpg", number: int = 1, *, accepted: bool = True, **fields: Any) -> Version:
    made_of = upload(key, number, **fields)
    content = f"{key}, take {number}"
    return Version(
        asset_id=asset_id(key),
        version_id=made_of.version_id,
        upload=made_of,
        inspection=inspection(content) if accepted else refused_inspection(content),
    )


def asset(key: str = "shoe.jpg", *, now: datetime = NOW, accepted: bool = True, **fields: Any) -> Asset:
    return Asset.of(version(key, accepted=accepted), now=now).model_copy(update=fields)


def work_item(**fields: Any) -> WorkItem:
    return WorkItem.opened(Queue.NEAR_DUPLICATE, "one", "two", asset_id=asset_id(), now=NOW).model_copy(update=fields)


def job(**fields: Any) -> Job:
    return Job.started(ids.job_id("one"), "test", {"a": 1}, by="me", now=NOW).model_copy(update=fields)


def pictured(key: str, perceptual_hash: str, number: int = 1) -> Version:
    """Return a version whose picture has this hash."""
    made = version(key, number)
    inspected = made.inspection.model_copy(update={"perceptual_hash": perceptual_hash})
    return made.model_copy(update={"inspection": inspected})


def collection(name: str = "one", **fields: Any) -> Collection:
    """Return a collection that restricts nothing."""
    known: dict[str, Any] = {"collection_id": ids.collection_id(name), "title": f"Collection {name}"}
    return Collection(**(known | {"created_at": NOW, "updated_at": NOW} | fields))


def likenesses(key: str, perceptual_hash: str, number: int = 1) -> tuple[Likeness, ...]:
    """Return what the index of near-duplicates holds of such a version."""
    return likenesses_of(pictured(key, perceptual_hash, number))


def rights(**fields: Any) -> Rights:
    """Return rights for everything, everywhere, for a year around NOW."""
    known: dict[str, Any] = {
        "holder": "Studio Nord",
        "windows": (Window(starts=NOW - timedelta(days=180), ends=NOW + timedelta(days=180)),),
        "territories": ("*",),
        "usages": tuple(Usage),
    }
    return Rights(**(known | fields))


DIGEST = "0123456789abcdef"


def rendered(of: Version, *names: str, digest: str = DIGEST) -> Rendered:
    """Return the note that these renditions of a version are complete; without names, two."""
    names = names or ("web-320.jpg", "web-640.jpg")
    return Rendered(version_id=of.version_id, outputs=dict.fromkeys(names, digest))


def rendition(of: Version, name: str = "web-320.jpg", **fields: Any) -> Rendition:
    content = f"{of.version_id} {name}"
    known: dict[str, Any] = {
        "asset_id": of.asset_id,
        "version_id": of.version_id,
        "name": name,
        "digest": DIGEST,
        "usage": Usage.WEB,
        "format": Format.JPEG,
        "width": 320,
        "height": 160,
        "bytes": len(content),
        "sha256": sha256(content.encode()).hexdigest(),
        "etag": "",
    }
    return Rendition(**(known | fields))


def product(sku: str = "S-1", *, published: bool = True, **facts: Any) -> Product:
    """Return a product, called `Shoe` in English."""
    status = ProductStatus.PUBLISHED if published else ProductStatus.UNPUBLISHED
    said = {"status": status, "texts": {"en": ProductTexts(name="Shoe")}} | facts
    return Product(sku=sku, facts=ProductFacts(**said), created_at=NOW, updated_at=NOW)


def link(key: str = "shoe.jpg", sku: str = "S-1", role: LinkRole = LinkRole.HERO, **fields: Any) -> Link:
    """Return a confirmed link of the asset of this key."""
    known = {"sku": sku, "asset_id": asset_id(key), "role": role, "origin": LinkOrigin.PIM, "by": "pim"}
    return Link(**(known | {"state": LinkState.CONFIRMED, "at": NOW, "created_at": NOW} | fields))


def media_order(*keys: str, sku: str = "S-1", role: LinkRole = LinkRole.HERO, **fields: Any) -> MediaOrder:
    """Return the list of the assets of these keys."""
    return MediaOrder(**({"sku": sku, "role": role, "assets": tuple(map(asset_id, keys)), "at": NOW} | fields))
