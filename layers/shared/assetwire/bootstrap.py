"""Wiring: each function's service with its adapters, made at the first call and kept for the process's life.

Imports stand inside the functions, so that a handler loads the adapters it uses and no others.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from assetwire import settings

if TYPE_CHECKING:
    from assetwire.domain.asset import Asset, Upload, UploadRecord
    from assetwire.domain.rights import Rights
    from assetwire.services.assets import Listing, UploadForm
    from assetwire.services.clock import Swept
    from assetwire.services.custody import Outcome as CustodyOutcome
    from assetwire.services.enforce import Enforced
    from assetwire.services.ingest import Ingested
    from assetwire.services.lifecycle import Step
    from assetwire.services.renditions import Made
    from assetwire.services.signed_url import SignedUrl


def now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


@cache
def ingest() -> "Callable[[Upload], Ingested]":
    """Return the ingest of one upload."""
    from functools import partial

    from assetwire.adapters.catalog.repository import DynamoCatalog
    from assetwire.adapters.media_store import S3Masters
    from assetwire.media.inspect import inspect
    from assetwire.services.ingest import ingest as service

    known = settings.load(settings.IngestSettings)
    catalog = DynamoCatalog(known.catalog_table, region=known.aws_region)
    masters = S3Masters()
    inspector = partial(inspect, maximum_bytes=known.maximum_master_bytes, maximum_pixels=known.maximum_master_pixels)
    return lambda upload: service(
        upload,
        catalog=catalog,
        masters=masters,
        inspector=inspector,
        maximum_bytes=known.maximum_master_bytes,
        now=now(),
    )


@cache
def relay() -> Callable[[list[dict[str, Any]]], int]:
    """Return the relay of a batch of stream records."""
    from assetwire.adapters.catalog.images import change_of
    from assetwire.adapters.event_bus import EventBridgeBus
    from assetwire.adapters.queues import SqsFailures
    from assetwire.services.relay import relay as service

    known = settings.load(settings.RelaySettings)
    bus = EventBridgeBus(known.event_bus)
    failures = SqsFailures(known.relay_failures_queue_url)
    return lambda records: service(records, decode=change_of, bus=bus, failures=failures)


@cache
def renditions() -> "Callable[[str], Made]":
    """Return the making of one asset's renditions."""
    from assetwire.adapters.catalog.repository import DynamoCatalog
    from assetwire.adapters.media_store import S3Masters, S3Renditions
    from assetwire.domain.rendition import profile
    from assetwire.media.render import render
    from assetwire.services.renditions import make_renditions

    known = settings.load(settings.RenditionsSettings)
    catalog = DynamoCatalog(known.catalog_table, region=known.aws_region)
    masters, store = S3Masters(), S3Renditions(known.renditions_bucket)
    return lambda asset_id: make_renditions(
        asset_id, catalog=catalog, masters=masters, store=store, renderer=render, profile=profile(), now=now()
    )


@cache
def enforce() -> "Callable[[str], Enforced]":
    """Return the enforcement of one asset's rights."""
    from assetwire.adapters.catalog.repository import DynamoCatalog
    from assetwire.adapters.cdn import CloudFrontEdge
    from assetwire.adapters.media_store import S3Delivery
    from assetwire.services.enforce import enforce as service

    known = settings.load(settings.EnforceSettings)
    catalog = DynamoCatalog(known.catalog_table, region=known.aws_region)
    delivery = S3Delivery(known.delivery_bucket, renditions=known.renditions_bucket)
    edge = CloudFrontEdge(known.distribution_id)
    return lambda asset_id: service(asset_id, catalog=catalog, delivery=delivery, edge=edge, now=now())


@cache
def custody() -> "Callable[[Upload | str], CustodyOutcome]":
    """Return the keeping of the masters of an asset, by its id or one of its masters."""
    from datetime import timedelta

    from assetwire.adapters.catalog.repository import DynamoCatalog
    from assetwire.adapters.media_store import S3Renditions
    from assetwire.adapters.vault import S3Vault
    from assetwire.services.custody import keep, keep_master

    known = settings.load(settings.CustodySettings)
    ports: dict[str, Any] = {
        "catalog": DynamoCatalog(known.catalog_table, region=known.aws_region),
        "vault": S3Vault(),
        "renditions": S3Renditions(known.renditions_bucket),
        "archive_after": timedelta(days=known.archive_after_days) if known.archive_after_days else None,
    }

    def service(concerned: "Upload | str") -> "CustodyOutcome":
        if isinstance(concerned, str):
            return keep(concerned, **ports, now=now())
        return keep_master(concerned, **ports, now=now())

    return service


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

        return take(step, asset_id, by=by, reason=reason, if_revision=if_revision, catalog=self._catalog, now=now())

    def deletion(self, grace_days: int | None) -> "Step":
        """Return the step that schedules a deletion in so many days, or after the stack's own period."""
        from datetime import timedelta

        from assetwire.services.lifecycle import deletion

        return deletion(grace=timedelta(days=grace_days or self._grace_days), catalog=self._catalog)


@cache
def lifecycle_api() -> LifecycleApi:
    """Return the API of assets' life cycle."""
    return LifecycleApi()


@cache
def clock() -> "Callable[[], Swept]":
    """Return the sweep of what is due."""
    from assetwire.adapters.catalog.agenda import DynamoAgenda
    from assetwire.services.clock import sweep

    known = settings.load(settings.ClockSettings)
    agenda = DynamoAgenda(known.catalog_table, region=known.aws_region)
    return lambda: sweep(agenda=agenda, now=now())


class CatalogApi:
    """The use cases behind the API of assets."""

    def __init__(self) -> None:
        from assetwire.adapters.catalog.repository import DynamoCatalog
        from assetwire.adapters.media_store import S3Masters

        known = settings.load(settings.CatalogApiSettings)
        self._catalog = DynamoCatalog(known.catalog_table, region=known.aws_region)
        self._bucket = known.masters_bucket
        self._masters = S3Masters(self._bucket)
        self._maximum_bytes = known.maximum_master_bytes

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

        return set_rights(asset_id, rights, if_revision=if_revision, catalog=self._catalog, now=now())

    def find_upload(self, key: str, s3_version: str) -> "UploadRecord":
        """Return what became of an upload."""
        from assetwire.services.assets import find_upload

        return find_upload(self._bucket, key, s3_version, catalog=self._catalog)

    def request_upload(self, key: str) -> "UploadForm":
        """Return a form to upload one file with."""
        from assetwire.services.assets import request_upload

        return request_upload(key, masters=self._masters, maximum_bytes=self._maximum_bytes)


@cache
def catalog_api() -> CatalogApi:
    """Return the API of assets."""
    return CatalogApi()


@cache
def signed_url() -> "Callable[..., SignedUrl]":
    """Return the minting of one URL."""
    from assetwire.adapters.catalog.reader import DynamoAssetReader
    from assetwire.adapters.url_signer import signer_from_secret
    from assetwire.services.signed_url import sign_url

    known = settings.load(settings.SignedUrlSettings)
    assets = DynamoAssetReader(known.catalog_table)
    signer = signer_from_secret(known.signing_secret_id, key=known.signing_key, key_pair_id=known.signing_key_pair_id)
    return lambda **request: sign_url(
        **request,
        assets=assets,
        signer=signer,
        base_url=known.delivery_base_url,
        maximum_ttl=known.maximum_url_seconds,
        now=now(),
    )
