"""Wiring of what compares PIM's view of associations with ours, and tells it."""

from functools import cache
from typing import TYPE_CHECKING, Any

from assetwire import settings
from assetwire.bootstrap import moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from assetwire.product_requests import DriftRequest


@cache
def notify() -> "Callable[[str], bool]":
    """Return what tells PIM what it does not know of a product, by its SKU."""
    from functools import partial

    from assetwire.adapters.catalog.associations import DynamoAssociations
    from assetwire.adapters.catalog.product_reader import DynamoProductMediaReader
    from assetwire.adapters.webhook_receiver import WebhookReceiver
    from assetwire.adapters.webhook_secrets import SecretSources
    from assetwire.services.notify import notify as service

    known = settings.load(settings.NotifySettings)
    secrets = SecretSources(known.outbound_secret_id)
    return partial(
        service,
        products=DynamoProductMediaReader(known.catalog_table),
        associations=DynamoAssociations(known.catalog_table, region=known.aws_region),
        receiver=WebhookReceiver("pim", known.pim_endpoint, secrets=secrets, clock=moment.now),
        clock=moment.now,
    )


@cache
def put_off() -> "Callable[[str, int], None]":
    """Return what lets a message wait that failed, by its receipt and how often it came."""
    from assetwire.adapters.queues import SqsWaiting
    from assetwire.domain.associations import seconds_after

    queue = SqsWaiting(settings.load(settings.NotifySettings).notify_queue_url)
    return lambda receipt, times: queue.put_off(receipt, seconds=seconds_after(times))


@cache
def drift() -> "Callable[[DriftRequest, str], list[dict[str, Any]]]":
    """Return what compares a page of PIM's view with ours, and repairs it for a caller; as JSON."""
    from assetwire.adapters.catalog.associations import DynamoAssociations
    from assetwire.adapters.catalog.products import DynamoProducts
    from assetwire.adapters.catalog.reader import DynamoAssetReader
    from assetwire.services.drift import compare

    known = settings.load(settings.DriftSettings)
    place = {"region": known.aws_region}
    ports: dict[str, Any] = {
        "products": DynamoProducts(known.catalog_table, **place),
        "assets": DynamoAssetReader(known.catalog_table),
        "associations": DynamoAssociations(known.catalog_table, **place),
    }

    def call(asked: "DriftRequest", by: str) -> list[dict[str, Any]]:
        found = compare(asked.products, repair=asked.repair, by=by, **ports, now=moment.now())
        return [each.as_json() for each in found]

    return call
