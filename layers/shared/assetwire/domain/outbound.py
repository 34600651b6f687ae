"""What others see of records: everything but what is private, and nothing that names money."""

from typing import Any

from assetwire.domain.asset import Asset
from assetwire.domain.declaration import Declaration
from assetwire.domain.errors import InvalidRequest
from assetwire.domain.imagery import Imagery
from assetwire.domain.link import Link, MediaOrder
from assetwire.domain.link_operations import Effect, OperationOutcome
from assetwire.domain.metadata import FieldValue
from assetwire.domain.product import Product
from assetwire.domain.rendition import Rendition
from assetwire.domain.transcode_spec import media_type_of
from assetwire.domain.validation import outbound

_OPERATION = ("op", "sku", "role", "market", "asset_id")
"""The fields of an operation that say which it is."""


def public_asset(asset: Asset) -> dict[str, Any]:
    """Return an asset as JSON for answers of the API: its metadata only where the allow-list lets it out.

    `metadata` is what counts, edits included; the inspection says what the master says. What was overruled is shown
    without its value, and what never leaves the house (GPS, serial numbers) is not there at all.
    """
    answer = asset.model_dump(mode="json")
    read = answer["inspection"]["metadata"]
    read.pop("private", None)
    read["fields"] = _shown(asset.inspection.metadata.fields)
    visible = set(read["fields"])
    read["conflicts"] = [
        {"field": conflict.field, "kept": conflict.kept.value, "overruled": conflict.overruled.value}
        for conflict in asset.inspection.metadata.conflicts
        if conflict.field in visible
    ]
    edited = {name: FieldValue(value=edit.value, source=edit.source) for name, edit in asset.edits.items()}
    shown = outbound(edited)
    answer["edits"] = {
        name: answer["edits"][name] | {"value": shown[name].value} for name in sorted(shown) if name in answer["edits"]
    }
    answer["metadata"] = _shown(asset.fields)
    return answer


def public_rendition(rendition: Rendition, asset: Asset) -> dict[str, Any]:
    """Return a rendition as JSON for answers of the API: its facts, and whether it is delivered under this name."""
    there = asset.delivered
    delivered = (
        there is not None
        and (there.generation, there.version_of(rendition.name)) == (asset.generation, rendition.version_id)
        and rendition.name in there.renditions
    )
    facts = rendition.model_dump(mode="json", exclude={"asset_id", "etag", "superseded_at", "made"})
    return facts | {"media_type": media_type_of(rendition.format), "delivered": delivered}


def public_declaration(declaration: Declaration) -> dict[str, Any]:
    """Return what is declared of a master as JSON for answers of the API: metadata as of an asset."""
    said = {name: FieldValue(value=value, source=declaration.origin) for name, value in declaration.fields.items()}
    shown = {name: field.value for name, field in sorted(outbound(said).items())}
    return declaration.model_dump(mode="json") | {"fields": shown}


def public_product(product: Product) -> dict[str, Any]:
    """Return a product as JSON for answers of the API."""
    answer = product.model_dump(mode="json")
    return {"sku": product.sku, **answer.pop("facts"), **answer}


def public_link(link: Link) -> dict[str, Any]:
    """Return a link as JSON for answers of the API."""
    return link.model_dump(mode="json", exclude={"sku"})


def public_list(order: MediaOrder) -> dict[str, Any]:
    """Return the list of a product's assets in a role and market as JSON for answers of the API."""
    return order.model_dump(mode="json")


def public_imagery(imagery: Imagery) -> dict[str, Any]:
    """Return which assets show a product, by its own links and lists, and by what it inherits from whom, as JSON."""
    media = imagery.own
    lent = [
        {
            "role": each.role.value,
            "market": each.market,
            "assets": [{"asset_id": shown.asset_id, "from": shown.lender} for shown in each.shown],
        }
        for each in imagery.inherited()
    ]
    links = [public_link(link) for link in media.links]
    return {
        "sku": media.product.sku,
        "links": links,
        "lists": [public_list(order) for order in media.orders],
        "inherited": lent,
    }


def public_outcome(asked: Any, outcome: OperationOutcome | InvalidRequest) -> dict[str, Any]:
    """Return an operation on a list, as far as it says which, and what became of it, as JSON for answers of the API."""
    said = asked if isinstance(asked, dict) else {}
    which = {name: said[name] for name in _OPERATION if isinstance(said.get(name), str)}
    if isinstance(outcome, InvalidRequest):
        refused = {"effect": Effect.REFUSED.value, "revision": None, "code": outcome.code, "message": outcome.message}
        return which | refused | {"problems": list(outcome.problems)}
    return which | outcome.model_dump(mode="json")


def _shown(fields: dict[str, FieldValue]) -> dict[str, Any]:
    return {name: field.model_dump(mode="json") for name, field in sorted(outbound(fields).items())}
