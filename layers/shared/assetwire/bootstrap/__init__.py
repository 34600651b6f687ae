"""Wiring: each function's service with its adapters, made at the first call and kept for the process's life.

Imports stand inside the functions, so that a handler loads the adapters it uses and no others.
"""

from assetwire.bootstrap.access import authorize
from assetwire.bootstrap.apis import (
    lifecycle_api,
    manifests,
    review_api,
    uploads,
    worklist_api,
)
from assetwire.bootstrap.assets import catalog_api
from assetwire.bootstrap.collecting import collections_api
from assetwire.bootstrap.consumers import (
    clock,
    custody,
    enforce,
    ingest,
    purge,
    relay,
    renditions,
    revalidate,
    rights_expiry,
    transcode,
    unpack,
)
from assetwire.bootstrap.feeds import feeds_api, mirror, reconcile_products, webhooks
from assetwire.bootstrap.galleries import gallery
from assetwire.bootstrap.metadata import metadata_api
from assetwire.bootstrap.notifying import drift, notify, put_off
from assetwire.bootstrap.picking import picker
from assetwire.bootstrap.products import associate, products_api
from assetwire.bootstrap.spinning import spins
from assetwire.bootstrap.urls import signed_url

__all__ = [
    "associate",
    "authorize",
    "catalog_api",
    "clock",
    "collections_api",
    "custody",
    "drift",
    "enforce",
    "feeds_api",
    "gallery",
    "ingest",
    "lifecycle_api",
    "manifests",
    "metadata_api",
    "mirror",
    "notify",
    "picker",
    "products_api",
    "purge",
    "put_off",
    "reconcile_products",
    "relay",
    "renditions",
    "revalidate",
    "review_api",
    "rights_expiry",
    "signed_url",
    "spins",
    "transcode",
    "unpack",
    "uploads",
    "webhooks",
    "worklist_api",
]
