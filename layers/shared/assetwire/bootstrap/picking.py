"""Wiring of the picker."""

from functools import cache
from typing import TYPE_CHECKING, Any

from assetwire import settings
from assetwire.bootstrap import moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from assetwire.product_requests import PickerQuery


@cache
def picker() -> "Callable[[PickerQuery], dict[str, Any]]":
    """Return what finds assets that a caller of the API may choose; as JSON."""
    from functools import partial

    from assetwire.adapters.catalog.collections import DynamoCollections
    from assetwire.adapters.catalog.matches import DynamoMatches
    from assetwire.adapters.catalog.products import DynamoProducts
    from assetwire.adapters.catalog.repository import DynamoCatalog
    from assetwire.adapters.catalog.similarity import DynamoSimilarityIndex
    from assetwire.adapters.signing_secret import signer_from_secret
    from assetwire.services.picker import Ports, Wanted, pick
    from assetwire.services.signed_url import sign_urls

    known = settings.load(settings.PickerSettings)
    place = {"region": known.aws_region}
    catalog = DynamoCatalog(known.catalog_table, **place)
    sign = partial(
        sign_urls,
        assets=catalog,
        signer=signer_from_secret(
            known.signing_secret_id, key=known.signing_key, key_pair_id=known.signing_key_pair_id
        ),
        base_url=known.delivery_base_url,
        maximum_ttl=known.maximum_url_seconds,
        bucket=known.url_bucket_seconds,
    )
    ports = Ports(
        catalog,
        DynamoProducts(known.catalog_table, **place),
        DynamoMatches(known.catalog_table, **place),
        DynamoCollections(known.catalog_table, **place),
        DynamoSimilarityIndex(known.catalog_table, **place),
        sign=lambda wanted: sign(wanted, now=moment.now()),
    )
    return lambda query: pick(Wanted(**query.model_dump()), ports=ports, now=moment.now())
