"""What people see of an item that they review, as JSON for answers of the API."""

from collections.abc import Mapping, Sequence
from typing import Any

from assetwire.domain.asset import Asset
from assetwire.domain.evidence import Claim
from assetwire.domain.link import Link
from assetwire.domain.product import Product


def asset_seen(asset: Asset) -> dict[str, Any]:
    """Return what an asset is, in a few words."""
    read = asset.inspection
    look = read.appearance
    return {
        "asset_id": asset.asset_id,
        "status": asset.status.value,
        "file_name": asset.file_name,
        "category": asset.category,
        "kind": read.kind and read.kind.value,
        "width": read.width,
        "height": read.height,
        "thumbhash": look and look.thumbhash,
    }


def witness_seen(claim: Claim, skus: Sequence[str]) -> dict[str, Any]:
    """Return what a witness says, how surely, and which products bear the name that it says."""
    said = claim.identifier
    return {
        "witness": claim.witness.name.lower(),
        "confidence": claim.confidence,
        "source": said.source,
        "kind": said.kind,
        "value": said.value,
        "where": said.where[:200],
        "name": claim.name,
        "skus": list(skus),
    }


def link_seen(link: Link) -> dict[str, Any]:
    """Return a link without its evidence."""
    known = {"sku", "role", "market", "state", "origin", "confidence"}
    return link.model_dump(mode="json", include=known)


def products_seen(products: Mapping[str, Product]) -> dict[str, Any]:
    """Return what products are called, by SKU."""
    return {
        sku: {
            "names": {locale: texts.name for locale, texts in sorted(product.facts.texts.items()) if texts.name},
            "status": product.facts.status.value,
            "deleted": product.is_deleted,
            "parent": product.facts.parent,
            "gtins": list(product.facts.gtins),
        }
        for sku, product in sorted(products.items())
    }
