"""The API of products: what PIM says of them, and which assets show them, in which role, market and order."""

from typing import Any

from assetwire import bootstrap
from assetwire.api import Api, Request
from assetwire.domain.outbound import public_imagery, public_list, public_outcome, public_product
from assetwire.domain.product import ProductFacts
from assetwire.ports.history import LinkChangesPage
from assetwire.product_requests import ArrangeQuery, ArrangeRequest, LinksRequest
from assetwire.requests import ChangeLogQuery


def put_product(request: Request) -> dict[str, Any]:
    known = {"by": request.actor, "if_revision": request.if_revision()}
    return public_product(bootstrap.products_api().put(request.sku, request.body(ProductFacts), **known))


def delete_product(request: Request) -> dict[str, Any]:
    known = {"by": request.actor, "if_revision": request.if_revision()}
    return public_product(bootstrap.products_api().delete(request.sku, **known))


def arrange(request: Request) -> dict[str, Any]:
    place = {"sku": request.sku, "role": request.link_role, "market": request.parameters(ArrangeQuery).market}
    known = {"revision": request.if_revision(), "is_new": request.if_new()}
    asked = request.body(ArrangeRequest)
    return public_list(bootstrap.products_api().arrange(place, asked, known=known, by=request.actor))


def change_links(request: Request) -> dict[str, Any]:
    said = request.body(LinksRequest).operations
    outcomes = bootstrap.products_api().change(said, key=request.idempotency_key, by=request.actor)
    return {"operations": [public_outcome(*each) for each in zip(said, outcomes, strict=True)]}


def read_history(request: Request) -> dict[str, Any]:
    page = request.parameters(ChangeLogQuery).model_dump()
    if "asset_id" in request.path:
        return _page(bootstrap.products_api().history_of_asset(request.asset_id, **page))
    return _page(bootstrap.products_api().history(request.sku, **page))


def _page(found: LinkChangesPage) -> dict[str, Any]:
    return {"changes": [change.model_dump(mode="json") for change in found.changes], "next_cursor": found.next}


handler = Api(
    {
        "PUT /products/{sku}": put_product,
        "DELETE /products/{sku}": delete_product,
        "GET /products/{sku}": lambda request: public_product(bootstrap.products_api().read(request.sku)),
        "GET /products/{sku}/links": lambda request: public_imagery(bootstrap.products_api().imagery(request.sku)),
        "GET /products/{sku}/links/history": read_history,
        "GET /assets/{asset_id}/links/history": read_history,
        "PUT /products/{sku}/links/{role}": arrange,
        "POST /links": change_links,
    }
)
