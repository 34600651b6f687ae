"""Wiring of the functions that the API calls."""

from functools import cache
from typing import TYPE_CHECKING, Any

from assetwire import settings
from assetwire.bootstrap import moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assetwire.domain.asset import Asset, UploadRecord
    from assetwire.domain.declaration import Standing
    from assetwire.domain.errors import AssetwireError
    from assetwire.domain.work import Queue, WorkItem
    from assetwire.requests import (
        AbortQuery,
        CompleteRequest,
        DropQuery,
        ManifestRequest,
        MultipartRequest,
        PartsQuery,
        PartsRequest,
        UploadRequest,
    )
    from assetwire.review_requests import ReviewDecision
    from assetwire.services.lifecycle import Step
    from assetwire.services.manifests import Applied
    from assetwire.services.near_duplicates import Found
    from assetwire.services.review_case import Case
    from assetwire.services.unpack import DropPage
    from assetwire.services.uploads import Completed, DoneParts, Multipart, PartUrls, UploadForm
    from assetwire.services.worklist import WorkListing


class LifecycleApi:
    """The use cases behind the API of assets' life cycle."""

    def __init__(self) -> None:
        from assetwire.adapters.catalog.repository import DynamoCatalog

        known = settings.load(settings.LifecycleSettings)
        self._catalog = DynamoCatalog(known.catalog_table, region=known.aws_region)
        self._grace_days = known.deletion_grace_days

    def take(self, step: "Step", asset_id: str, *, by: str, reason: str, if_revision: int | None) -> "Asset":
        """Take one step of an asset's life cycle."""
        from assetwire.services.lifecycle import take

        return take(
            step, asset_id, by=by, reason=reason, if_revision=if_revision, catalog=self._catalog, now=moment.now()
        )

    def deletion(self, grace_days: int | None) -> "Step":
        """Return the step that schedules a deletion in so many days, or after the stack's own period."""
        from datetime import timedelta

        from assetwire.services.lifecycle import deletion

        return deletion(grace=timedelta(days=grace_days or self._grace_days), catalog=self._catalog)


@cache
def lifecycle_api() -> LifecycleApi:
    """Return the API of assets' life cycle."""
    return LifecycleApi()


class Uploads:
    """The use cases behind the API of uploads."""

    def __init__(self) -> None:
        from assetwire.adapters.catalog.repository import DynamoCatalog
        from assetwire.adapters.media_store import S3Masters

        known = settings.load(settings.UploadsSettings)
        self._catalog = DynamoCatalog(known.catalog_table, region=known.aws_region)
        self._bucket = known.masters_bucket
        self._masters = S3Masters(self._bucket)
        self._maximum_bytes = known.maximum_master_bytes

    def find(self, key: str, s3_version: str) -> "UploadRecord":
        """Return what became of an upload."""
        from assetwire.services.uploads import find_upload

        return find_upload(self._bucket, key, s3_version, catalog=self._catalog)

    def request(self, wanted: "UploadRequest") -> "UploadForm":
        """Return a form to upload one file with."""
        from assetwire.services.uploads import request_upload

        return request_upload(
            wanted.key,
            size=wanted.bytes,
            sha256=wanted.sha256,
            masters=self._masters,
            maximum_bytes=self._maximum_bytes,
        )

    def begin(self, wanted: "MultipartRequest") -> "Multipart":
        """Begin an upload in parts."""
        from assetwire.services.uploads import begin_multipart

        return begin_multipart(
            wanted.key,
            size=wanted.bytes,
            checksums=wanted.checksums,
            masters=self._masters,
            maximum_bytes=self._maximum_bytes,
        )

    def sign(self, wanted: "PartsRequest") -> "PartUrls":
        """Return URLs to put parts to."""
        from assetwire.services.uploads import WantedPart, sign_parts

        return sign_parts(
            wanted.key,
            wanted.upload_id,
            size=wanted.bytes,
            wanted=[WantedPart(each.number, each.sha256) for each in wanted.parts],
            masters=self._masters,
            maximum_bytes=self._maximum_bytes,
        )

    def parts(self, wanted: "PartsQuery") -> "DoneParts":
        """Return the parts that are there."""
        from assetwire.services.uploads import list_parts

        return list_parts(wanted.key, wanted.upload_id, after=wanted.after, masters=self._masters)

    def complete(self, wanted: "CompleteRequest") -> "Completed":
        """Put the parts together."""
        from assetwire.services.uploads import complete_multipart

        return complete_multipart(
            wanted.key,
            wanted.upload_id,
            size=wanted.bytes,
            masters=self._masters,
            maximum_bytes=self._maximum_bytes,
        )

    def abort(self, wanted: "AbortQuery") -> dict[str, Any]:
        """Give up an upload in parts."""
        from assetwire.services.uploads import abort_multipart

        return abort_multipart(wanted.key, wanted.upload_id, masters=self._masters)


@cache
def uploads() -> Uploads:
    """Return the API of uploads."""
    return Uploads()


class Manifests:
    """The use cases behind the API of what is said of masters."""

    def __init__(self) -> None:
        from assetwire.adapters.catalog.declarations import DynamoDeclarations, DynamoDrops
        from assetwire.adapters.catalog.repository import DynamoCatalog
        from assetwire.adapters.catalog.rules import DynamoRules
        from assetwire.services.judging import Judge

        known = settings.load(settings.ManifestsSettings)
        self._bucket = known.masters_bucket
        self._catalog = DynamoCatalog(known.catalog_table, region=known.aws_region)
        self._declarations = DynamoDeclarations(known.catalog_table, region=known.aws_region)
        self._drops = DynamoDrops(known.catalog_table, region=known.aws_region)
        self._judge = Judge(DynamoRules(known.catalog_table, region=known.aws_region))

    def declare(self, wanted: "ManifestRequest", *, by: str, may_set_rights: bool) -> "Applied":
        """Declare what a manifest says."""
        import json

        from assetwire.services.manifests import MOST_ROWS_AT_ONCE, apply_manifest, checked_folder

        name, text = "manifest.csv", wanted.csv
        if text is None:
            name, text = "manifest.json", json.dumps({"files": wanted.files})
        return apply_manifest(
            name,
            text.encode(errors="surrogatepass"),
            folder=checked_folder(wanted.folder),
            bucket=self._bucket,
            said_at=moment.now(),
            by=by,
            may_set_rights=may_set_rights,
            most_rows=MOST_ROWS_AT_ONCE,
            dry_run=wanted.dry_run,
            declarations=self._declarations,
            catalog=self._catalog,
            judge=self._judge,
            now=moment.now(),
        )

    def standing(self, key: str) -> "Standing":
        """Return what stands about a master."""
        return self._declarations.standing(self._bucket, key)

    def find_drop(self, wanted: "DropQuery") -> "DropPage":
        """Return what became of a drop."""
        from assetwire.services.unpack import find_drop

        return find_drop(self._bucket, wanted.key, wanted.s3_version, page=wanted.page, drops=self._drops)


@cache
def manifests() -> Manifests:
    """Return the API of what is said of masters."""
    return Manifests()


class WorklistApi:
    """The use cases behind the API of work items."""

    def __init__(self) -> None:
        from assetwire.adapters.catalog.repository import DynamoCatalog
        from assetwire.adapters.catalog.similarity import DynamoSimilarityIndex
        from assetwire.adapters.catalog.worklist import DynamoWorklist

        known = settings.load(settings.WorklistApiSettings)
        self._catalog = DynamoCatalog(known.catalog_table, region=known.aws_region)
        self._index = DynamoSimilarityIndex(known.catalog_table, region=known.aws_region)
        self._worklist = DynamoWorklist(known.catalog_table, region=known.aws_region)

    def read(self, work_id: str) -> "WorkItem":
        """Return a work item."""
        return self._worklist.item(work_id)

    def list(self, **query: Any) -> "WorkListing":
        """Return a page of work items."""
        from assetwire.services.worklist import list_work

        return list_work(**query, worklist=self._worklist)

    def close(self, work_id: str, **decision: Any) -> "WorkItem":
        """Note what was decided about a work item."""
        from assetwire.services.worklist import close

        return close(work_id, **decision, worklist=self._worklist, now=moment.now())

    def claim(self, work_id: str, *, by: str) -> "WorkItem":
        """Make an item one person's for a while."""
        from assetwire.services.worklist import claim

        return claim(work_id, by=by, worklist=self._worklist, now=moment.now())

    def claim_next(self, queue: "Queue | None", *, by: str) -> "WorkItem | None":
        """Make what has waited longest one person's for a while."""
        from assetwire.services.worklist import claim_next

        return claim_next(queue=queue, by=by, worklist=self._worklist, now=moment.now())

    def release(self, work_id: str, *, by: str) -> "WorkItem":
        """Give an item back to everybody."""
        from assetwire.services.worklist import release

        return release(work_id, by=by, worklist=self._worklist, now=moment.now())

    def statistics(self, queue: "Queue | None") -> dict[str, Any]:
        """Return how the work of one queue stands, or of each."""
        from assetwire.domain.work import Queue
        from assetwire.services.work_statistics import statistics

        now = moment.now()
        queues = [queue] if queue else list(Queue)
        found = [each.as_json() for each in statistics(queues, worklist=self._worklist, now=now)]
        return {"at": now.isoformat().replace("+00:00", "Z"), "queues": found}

    def similar(self, asset_id: str) -> "Found":
        """Return the near-duplicates of an asset."""
        from assetwire.services.near_duplicates import similar_to

        return similar_to(asset_id, index=self._index, catalog=self._catalog)


class ReviewApi:
    """The use cases behind the API of reviews."""

    def __init__(self) -> None:
        from assetwire.adapters.catalog.matches import DynamoMatches
        from assetwire.adapters.catalog.products import DynamoProducts
        from assetwire.adapters.catalog.repository import DynamoCatalog
        from assetwire.adapters.catalog.reviews import DynamoReviews
        from assetwire.adapters.catalog.similarity import DynamoSimilarityIndex
        from assetwire.adapters.catalog.worklist import DynamoWorklist
        from assetwire.services.review import Reviewing

        known = settings.load(settings.ReviewApiSettings)
        place = {"table": known.catalog_table, "region": known.aws_region}
        catalog, products, worklist = DynamoCatalog(**place), DynamoProducts(**place), DynamoWorklist(**place)
        matches, index = DynamoMatches(**place), DynamoSimilarityIndex(**place)
        self._ports = Reviewing(worklist, DynamoReviews(**place), products, catalog)
        self._seen: dict[str, Any] = {"worklist": worklist, "catalog": catalog, "products": products}
        self._seen |= {"matches": matches, "index": index}

    def read(self, work_id: str) -> "Case":
        """Return an item with all that there is to see of it."""
        from assetwire.services.review_case import read_case

        return read_case(work_id, **self._seen)

    def decide(self, decisions: "Sequence[ReviewDecision]", *, by: str) -> "list[WorkItem | AssetwireError]":
        """Take decisions, each on its own."""
        from assetwire.services.review import Decision, Wanted, decide_all

        asked = [
            Decision(
                each.work_id,
                each.decision,
                skus=each.skus,
                links=tuple(Wanted(link.sku, link.role, link.market) for link in each.links),
                note=each.note,
                if_revision=each.if_revision,
            )
            for each in decisions
        ]
        return decide_all(asked, by=by, ports=self._ports, now=moment.now())


@cache
def review_api() -> ReviewApi:
    """Return the API of reviews."""
    return ReviewApi()


@cache
def worklist_api() -> WorklistApi:
    """Return the API of work items."""
    return WorklistApi()
