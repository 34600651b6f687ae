"""Wiring of product feeds: the door of webhooks, and the mirror behind it."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING

from assetwire import settings
from assetwire.bootstrap import moment

if TYPE_CHECKING:
    from assetwire.domain.webhook import Delivery


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


@cache
def mirror() -> "Callable[[Delivery], Counter[str]]":
    """Return what writes a delivery into the mirror of products."""
    from assetwire.adapters.catalog.products import DynamoProducts
    from assetwire.domain.akeneo_mapping import mapping_named
    from assetwire.services.webhooks import mirror as service

    known = settings.load(settings.MirrorSettings)
    products = DynamoProducts(known.catalog_table, region=known.aws_region)
    mapping = mapping_named(known.akeneo_mapping)
    return lambda delivery: service(delivery, mapping=mapping, products=products, now=moment.now())
