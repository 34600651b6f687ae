"""Wiring of product feeds: the door of webhooks, and the mirror behind it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from assetwire import settings
from assetwire.bootstrap import moment

if TYPE_CHECKING:
    from assetwire.domain.job import Job
    from assetwire.domain.reconciliation import Feed
    from assetwire.domain.webhook import Delivery
    from assetwire.ports.feeds import Pim
    from assetwire.services.jobs import Advanced


@cache
def webhooks() -> Callable[[str, Mapping[str, str], bytes], str]:
    """Return what lets a delivery in, by the name of its source, its headers and its body; it returns its id."""
    from assetwire.adapters.queues import SqsDeliveries
    from assetwire.adapters.webhook_secrets import SecretSources
    from assetwire.adapters.webhook_signatures import signed_delivery
    from assetwire.services.webhooks import receive

    known = settings.load(settings.WebhooksSettings)
    sources, queue = SecretSources(known.webhook_secret_id), SqsDeliveries(known.mirror_queue_url)

    def call(name: str, headers: Mapping[str, str], body: bytes) -> str:
        now = moment.now()
        verify = partial(signed_delivery, now=now)
        return receive(name, headers, body, sources=sources, verify=verify, queue=queue, now=now)

    return call


class FeedsApi:
    """The use cases behind the API of product feeds."""

    def __init__(self) -> None:
        from assetwire.adapters.catalog.agenda import DynamoAgenda
        from assetwire.adapters.catalog.feeds import DynamoFeeds
        from assetwire.adapters.catalog.products import DynamoProducts

        known = settings.load(settings.FeedsApiSettings)
        place = {"region": known.aws_region}
        self._feeds = DynamoFeeds(known.catalog_table, **place)
        self._agenda = DynamoAgenda(known.catalog_table, **place)
        self._products = DynamoProducts(known.catalog_table, **place)

    def feeds(self) -> "list[Feed]":
        """Return every PIM that was ever looked at."""
        return self._feeds.feeds()

    def reconcile(self, source: str, **asked: Any) -> "Job":
        """Start a look at a PIM."""
        from assetwire.services.reconcile_products import start_reconciliation

        return start_reconciliation(source, **asked, feeds=self._feeds, agenda=self._agenda, now=moment.now())

    def take(self, said: "Sequence[Any]", *, by: str) -> list[dict[str, Any]]:
        """Write products, and return what became of each in its place."""
        from assetwire.services.product_import import take

        return take(said, by=by, products=self._products, now=moment.now())


@cache
def feeds_api() -> FeedsApi:
    """Return the API of product feeds."""
    return FeedsApi()


@cache
def mirror() -> "Callable[[Delivery], Counter[str]]":
    """Return what writes a delivery into the mirror of products."""
    from assetwire.adapters.catalog.agenda import DynamoAgenda
    from assetwire.adapters.catalog.feeds import DynamoFeeds
    from assetwire.adapters.catalog.matches import DynamoMatches
    from assetwire.adapters.catalog.products import DynamoProducts
    from assetwire.domain.akeneo_mapping import mapping_named
    from assetwire.services.webhooks import mirror as service

    known = settings.load(settings.MirrorSettings)
    place = {"region": known.aws_region}
    ports: dict[str, Any] = {
        "products": DynamoProducts(known.catalog_table, **place),
        "matches": DynamoMatches(known.catalog_table, **place),
        "feeds": DynamoFeeds(known.catalog_table, **place),
        "agenda": DynamoAgenda(known.catalog_table, **place),
        "mapping": mapping_named(known.akeneo_mapping),
    }
    return lambda delivery: service(delivery, **ports, now=moment.now())


@cache
def reconcile_products() -> "Callable[[str, float], Advanced]":
    """Return what takes a look at a PIM further, by its job, for so many seconds."""
    import time

    from assetwire.adapters.akeneo import AkeneoPim, connections
    from assetwire.adapters.catalog.agenda import DynamoAgenda
    from assetwire.adapters.catalog.feeds import DynamoFeeds
    from assetwire.adapters.catalog.products import DynamoProducts
    from assetwire.domain.akeneo_mapping import mapping_named
    from assetwire.domain.errors import Misconfigured
    from assetwire.services.reconcile_products import Patience
    from assetwire.services.reconcile_products import reconcile_products as service

    known = settings.load(settings.ReconcileProductsSettings)
    place = {"region": known.aws_region}
    ports: dict[str, Any] = {
        "feeds": DynamoFeeds(known.catalog_table, **place),
        "products": DynamoProducts(known.catalog_table, **place),
        "agenda": DynamoAgenda(known.catalog_table, **place),
        "mapping": mapping_named(known.akeneo_mapping),
    }

    def connect(source: str) -> "Pim":
        found = connections(known.pim_secret_id).get(source)
        if found is None:
            raise Misconfigured(f"nothing is known of {source}: see `assetwire product connect`", code="no_connection")
        return AkeneoPim(found)

    def run(job_id: str, seconds: float) -> "Advanced":
        ends = time.monotonic() + seconds
        patience = Patience(left=lambda: ends - time.monotonic(), pause=time.sleep)
        return service(job_id, connect=connect, patience=patience, clock=moment.now, **ports)

    return run
