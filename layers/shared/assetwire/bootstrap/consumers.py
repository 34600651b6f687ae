"""Wiring of the functions that queues, the stream and the clock call."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from assetwire import settings
from assetwire.bootstrap import moment

if TYPE_CHECKING:
    from assetwire.domain.asset import Upload
    from assetwire.domain.drop import Drop
    from assetwire.domain.job import Job
    from assetwire.services.clock import Swept
    from assetwire.services.custody import Outcome as CustodyOutcome
    from assetwire.services.enforce import Enforced
    from assetwire.services.ingest import Ingested
    from assetwire.services.jobs import Advanced
    from assetwire.services.purge import Purged
    from assetwire.services.renditions import Made
    from assetwire.services.rights_expiry import Flipped
    from assetwire.services.transcode import Transcoded

_SPARE_SECONDS = 60.0
"""Seconds of a run of transcode in which masters are fetched and files stored: estimates count the rest."""
_OVERRUN_SECONDS = 60.0
"""How long a run of transcode may take beyond its seconds, before it is taken for dead."""
_SPARE_BYTES = 256 * 1024**2
"""Bytes of /tmp that estimates leave alone."""
_EXPIRY_SECONDS = 240.0
"""How long one run of rights_expiry begins pages: a minute less than its function has."""
_INSPECTION_SECONDS = 30.0
"""Seconds that ingest gives one master: a function's share of a processor is slower than the command line's."""


@cache
def ingest() -> "Callable[..., Ingested]":
    """Return the ingest of one upload; `recalled` says that its copy came out of cold storage."""
    from functools import partial

    from assetwire.adapters.catalog.declarations import DynamoDeclarations
    from assetwire.adapters.catalog.repository import DynamoCatalog
    from assetwire.adapters.catalog.rules import DynamoRules
    from assetwire.adapters.catalog.similarity import DynamoSimilarityIndex
    from assetwire.adapters.catalog.worklist import DynamoWorklist
    from assetwire.adapters.media_store import S3Masters
    from assetwire.adapters.vault import S3Vault
    from assetwire.media.inspect import inspect
    from assetwire.media.metadata import parse_xmp
    from assetwire.services.ingest import ingest as service
    from assetwire.services.ingest import ingest_recalled
    from assetwire.services.judging import Judge

    known = settings.load(settings.IngestSettings)
    place = {"table": known.catalog_table, "region": known.aws_region}
    catalog, index, worklist = DynamoCatalog(**place), DynamoSimilarityIndex(**place), DynamoWorklist(**place)
    declarations, judge = DynamoDeclarations(**place), Judge(DynamoRules(**place))
    masters, vault = S3Masters(), S3Vault()
    inspector = partial(
        inspect,
        maximum_bytes=known.maximum_master_bytes,
        maximum_pixels=known.maximum_master_pixels,
        seconds=_INSPECTION_SECONDS,
    )
    return lambda upload, *, recalled=False: (ingest_recalled if recalled else service)(
        upload,
        catalog=catalog,
        masters=masters,
        inspector=inspector,
        index=index,
        worklist=worklist,
        vault=vault,
        declarations=declarations,
        sidecar_reader=parse_xmp,
        maximum_bytes=known.maximum_master_bytes,
        judge=judge,
        now=moment.now(),
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
    from datetime import timedelta

    from assetwire.adapters.catalog.repository import DynamoCatalog
    from assetwire.adapters.media_store import S3Masters, S3Renditions
    from assetwire.domain.spec_book import house_book
    from assetwire.media.render_apart import render_apart
    from assetwire.services.renditions import make_renditions

    known = settings.load(settings.RenditionsSettings)
    ports: dict[str, Any] = {
        "catalog": DynamoCatalog(known.catalog_table, region=known.aws_region),
        "masters": S3Masters(),
        "store": S3Renditions(known.renditions_bucket),
        "renderer": render_apart,
    }
    grace = timedelta(days=known.renditions_grace_days)
    return lambda asset_id: make_renditions(
        asset_id, **ports, book=house_book(known.channels), grace=grace, now=moment.now()
    )


@cache
def transcode() -> "Callable[[str, float, str], Transcoded]":
    """Return what makes films, sounds, pages and spins of one asset, for so many seconds, in the run of this name."""
    import shutil
    import tempfile
    import time
    from datetime import timedelta

    from assetwire.adapters.catalog.repository import DynamoCatalog
    from assetwire.adapters.media_store import S3Masters, S3Renditions
    from assetwire.adapters.mediaconvert import MediaConvert, Place
    from assetwire.domain.spec_book import shipped_book
    from assetwire.domain.transcoding import Claim
    from assetwire.media.render_apart import render_apart
    from assetwire.media.transcode.local import LocalTranscoder
    from assetwire.services.spins import look_after
    from assetwire.services.transcode import Tools

    known = settings.load(settings.TranscodeSettings)
    catalog = DynamoCatalog(known.catalog_table, region=known.aws_region)
    masters, store = S3Masters(), S3Renditions(known.renditions_bucket)
    place = Place(known.mediaconvert_queue, known.mediaconvert_role, known.renditions_bucket)

    def run(asset_id: str, seconds: float, name: str) -> "Transcoded":
        now, ends = moment.now(), time.monotonic() + seconds
        room = shutil.disk_usage(tempfile.gettempdir()).free - _SPARE_BYTES
        here = LocalTranscoder(longest=seconds - _SPARE_SECONDS, room=room, left=lambda: ends - time.monotonic())
        tools = Tools(
            catalog=catalog,
            masters=masters,
            store=store,
            here=here,
            elsewhere=MediaConvert(place, labeller=here, room=room) if place.queue else None,
            labeller=here,
            renderer=render_apart,
            book=shipped_book(),
            grace=timedelta(days=known.renditions_grace_days),
            left=lambda: ends - time.monotonic(),
            claim=Claim(run=name, until=now + timedelta(seconds=seconds + _OVERRUN_SECONDS)),
        )
        return look_after(asset_id, tools=tools, now=now)

    return run


@cache
def enforce() -> "Callable[[str], Enforced]":
    """Return the enforcement of one asset's rights."""
    from assetwire.adapters.catalog.purges import DynamoPurges
    from assetwire.adapters.catalog.repository import DynamoCatalog
    from assetwire.adapters.catalog.revocations import DynamoRevocations
    from assetwire.adapters.media_store import S3Delivery
    from assetwire.domain.caching import EdgeSeconds
    from assetwire.services.enforce import enforce as service

    known = settings.load(settings.EnforceSettings)
    seconds = EdgeSeconds(known.picture_edge_seconds, known.film_edge_seconds, known.other_edge_seconds)
    ports: dict[str, Any] = {
        "catalog": DynamoCatalog(known.catalog_table, region=known.aws_region),
        "revocations": DynamoRevocations(known.catalog_table, region=known.aws_region),
        "delivery": S3Delivery(known.delivery_bucket, renditions=known.renditions_bucket, edge_seconds=seconds),
        "purges": DynamoPurges(known.catalog_table, region=known.aws_region),
    }
    return lambda asset_id: service(asset_id, **ports, clock=moment.now)


@cache
def purge() -> "Callable[[list[str], float], Purged]":
    """Return the purge of many assets from the caches, for so many seconds at the most."""
    import time

    from assetwire.adapters.catalog.purges import DynamoPurges
    from assetwire.adapters.catalog.revocations import DynamoRevocations
    from assetwire.adapters.cdn import CloudFrontEdge
    from assetwire.services.purge import purge as service

    known = settings.load(settings.PurgeSettings)
    ports: dict[str, Any] = {
        "purges": DynamoPurges(known.catalog_table, region=known.aws_region),
        "revocations": DynamoRevocations(known.catalog_table, region=known.aws_region),
        "edge": CloudFrontEdge(known.distribution_id, by_tag=known.purge_by_tag),
    }

    def run(asset_ids: list[str], seconds: float) -> "Purged":
        ends = time.monotonic() + seconds
        left = lambda: ends - time.monotonic()  # noqa: E731
        return service(asset_ids, **ports, clock=moment.now, left=left, pause=time.sleep)

    return run


@cache
def custody() -> "Callable[[Upload | str], CustodyOutcome]":
    """Return the keeping of the masters of an asset, by its id or one of its masters."""
    from datetime import timedelta

    from assetwire.adapters.catalog.declarations import DynamoDeclarations
    from assetwire.adapters.catalog.repository import DynamoCatalog
    from assetwire.adapters.media_store import S3Renditions
    from assetwire.adapters.vault import S3Vault
    from assetwire.services.custody import keep, keep_master

    known = settings.load(settings.CustodySettings)
    ports: dict[str, Any] = {
        "catalog": DynamoCatalog(known.catalog_table, region=known.aws_region),
        "declarations": DynamoDeclarations(known.catalog_table, region=known.aws_region),
        "vault": S3Vault(),
        "renditions": S3Renditions(known.renditions_bucket),
        "archive_after": timedelta(days=known.archive_after_days) if known.archive_after_days else None,
    }

    def service(concerned: "Upload | str") -> "CustodyOutcome":
        if isinstance(concerned, str):
            return keep(concerned, **ports, now=moment.now())
        return keep_master(concerned, **ports, now=moment.now())

    return service


@cache
def clock() -> "Callable[[], tuple[Swept, list[Job]]]":
    """Return the sweep of what is due, and the looks whether other specs hold, and whether PIMs are to be looked at."""
    from datetime import timedelta

    from assetwire.adapters.catalog.agenda import DynamoAgenda
    from assetwire.adapters.catalog.feeds import DynamoFeeds
    from assetwire.adapters.catalog.specs import DynamoSpecs
    from assetwire.domain.spec_book import house_book
    from assetwire.services.clock import sweep
    from assetwire.services.reconcile_products import start_wanted
    from assetwire.services.refresh import apply_specs

    known = settings.load(settings.ClockSettings)
    agenda = DynamoAgenda(known.catalog_table, region=known.aws_region)
    store = DynamoSpecs(known.catalog_table, region=known.aws_region)
    feeds = DynamoFeeds(known.catalog_table, region=known.aws_region)
    often = {
        "every": timedelta(minutes=known.reconcile_minutes),
        "full_every": timedelta(hours=known.reconcile_all_hours),
    }

    def tick() -> "tuple[Swept, list[Job]]":
        now = moment.now()
        swept = sweep(agenda=agenda, now=now)
        refresh = apply_specs(book=house_book(known.channels), store=store, now=now)
        looks = start_wanted(**often, feeds=feeds, agenda=agenda, now=now)
        return swept, [*([refresh] if refresh else []), *looks]

    return tick


@cache
def rights_expiry() -> "Callable[[], Flipped]":
    """Return the run that brings rights into the phase of this moment; it begins nothing in its last minute."""
    from datetime import timedelta

    from assetwire.adapters.catalog.agenda import DynamoAgenda
    from assetwire.services.rights_expiry import flip

    known = settings.load(settings.RightsExpirySettings)
    agenda = DynamoAgenda(known.catalog_table, region=known.aws_region)
    return lambda: flip(agenda=agenda, now=moment.now, until=moment.now() + timedelta(seconds=_EXPIRY_SECONDS))


@cache
def unpack() -> "Callable[[Upload], Drop | None]":
    """Return the unpacking of one drop."""
    from assetwire.adapters.catalog.declarations import DynamoDeclarations, DynamoDrops
    from assetwire.adapters.catalog.repository import DynamoCatalog
    from assetwire.adapters.catalog.rules import DynamoRules
    from assetwire.adapters.media_store import S3Masters
    from assetwire.domain.expansion import Limits
    from assetwire.media.zip_reader import Archive
    from assetwire.services.judging import Judge
    from assetwire.services.unpack import Unpacking
    from assetwire.services.unpack import unpack as service

    known = settings.load(settings.UnpackSettings)
    world = Unpacking(
        masters=S3Masters(known.masters_bucket),
        drops=DynamoDrops(known.catalog_table, region=known.aws_region),
        declarations=DynamoDeclarations(known.catalog_table, region=known.aws_region),
        catalog=DynamoCatalog(known.catalog_table, region=known.aws_region),
        opener=Archive,
        maximum_bytes=known.maximum_master_bytes,
        limits=Limits(member_bytes=known.maximum_master_bytes),
        judge=Judge(DynamoRules(known.catalog_table, region=known.aws_region)),
    )
    return lambda upload: service(upload, world=world, now=moment.now())


@cache
def revalidate() -> "Callable[[str, float], Advanced]":
    """Return what takes a job further for so many seconds."""
    import time
    from datetime import timedelta

    from assetwire.adapters.catalog.agenda import DynamoAgenda
    from assetwire.adapters.catalog.collections import DynamoCollections
    from assetwire.adapters.catalog.purges import DynamoPurges
    from assetwire.adapters.catalog.repository import DynamoCatalog
    from assetwire.adapters.catalog.rules import DynamoProgress, DynamoRules
    from assetwire.adapters.media_store import S3Delivery, S3Renditions
    from assetwire.domain.collection import INHERITANCE
    from assetwire.domain.spec_book import house_book
    from assetwire.services.inheritance import spread
    from assetwire.services.jobs import Work, advance
    from assetwire.services.judging import Judge
    from assetwire.services.reconcile import RECONCILE, Reconcile
    from assetwire.services.refresh import REFRESH_RENDITIONS, Refresh
    from assetwire.services.revalidation import judging_works

    known = settings.load(settings.RevalidateSettings)
    table, region = known.catalog_table, known.aws_region
    catalog, agenda = DynamoCatalog(table, region=region), DynamoAgenda(table, region=region)
    progress, judge = DynamoProgress(table, region=region), Judge(DynamoRules(table, region=region))
    collections = DynamoCollections(table, region=region)
    buckets: dict[str, Any] = {
        "renditions": S3Renditions(known.renditions_bucket),
        "delivery": S3Delivery(known.delivery_bucket, renditions=known.renditions_bucket),
        "purges": DynamoPurges(table, region=region),
        "grace": timedelta(days=known.renditions_grace_days),
    }

    def works() -> dict[str, Work]:
        now, book = moment.now(), house_book(known.channels)
        return judging_works(catalog=catalog, judge=judge, now=now) | {
            REFRESH_RENDITIONS: Refresh(book, now=now),
            RECONCILE: Reconcile(
                catalog=catalog, **buckets, collections=collections, agenda=agenda, book=book, now=now
            ),
        }

    def run(job_id: str, seconds: float) -> "Advanced":
        ends = time.monotonic() + seconds
        ports: dict[str, Any] = {"agenda": agenda, "catalog": catalog, "goes_on": lambda: time.monotonic() < ends}
        job = agenda.job(job_id)
        if job.kind == INHERITANCE:
            return spread(job, **ports, collections=collections, now=moment.now())
        return advance(job_id, **ports, progress=progress, works=works(), now=moment.now())

    return run
