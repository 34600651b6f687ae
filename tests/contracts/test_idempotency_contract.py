"""The IdempotentRequests port: the fake and DynamoDB keep the same promises."""

from typing import Any, NamedTuple

import pytest

from assetwire.adapters.catalog.idempotency import DynamoIdempotentRequests
from assetwire.adapters.catalog.products import DynamoProducts
from assetwire.domain.errors import Conflict
from assetwire.domain.idempotency import IdempotentRequest, RequestPart, begun
from assetwire.domain.link import Arrangement
from assetwire.domain.link_operations import Effect, OperationOutcome
from assetwire.ports.idempotency import IdempotentRequests
from assetwire.ports.products import Products
from fakes import some
from fakes.products import FakeProducts
from fakes.some import NOW

REQUEST = begun(None, "r", "d", now=NOW)
ARRANGEMENT = Arrangement(some.media_order("a.jpg"), (some.link("a.jpg"),))


class Kept(NamedTuple):
    """Products, and requests about them."""

    products: Products
    requests: IdempotentRequests


@pytest.fixture(params=["fake", "dynamodb"])
def kept(request: pytest.FixtureRequest) -> Kept:
    if request.param == "fake":
        fake = FakeProducts()
        found = Kept(fake, fake)
    else:
        table = request.getfixturevalue("table")
        found = Kept(*(kind(table, region="us-east-1") for kind in (DynamoProducts, DynamoIdempotentRequests)))
    found.products.save(some.product())
    return found


def part(sku: str = "S-1", **fields: Any) -> RequestPart:
    outcome = OperationOutcome(effect=Effect.APPLIED, revision=0)
    place = {"request_id": "r", "serial": 1, "sku": sku, "role": "hero", "market": "any"}
    return RequestPart(**(place | {"outcomes": {"0": outcome}, "expires_at": REQUEST.expires_at} | fields))


def test_a_request_is_written_by_who_read_it_last(kept: Kept) -> None:
    assert kept.requests.request("r") is None
    kept.requests.save_request(REQUEST)
    with pytest.raises(Conflict):
        kept.requests.save_request(REQUEST)
    kept.requests.save_request(REQUEST.done())
    assert kept.requests.request("r") == REQUEST.done()
    with pytest.raises(Conflict):
        kept.requests.save_request(REQUEST.released(NOW))


def test_a_part_is_carried_out_once_with_what_it_changes(kept: Kept) -> None:
    kept.requests.carry_out(part(), ARRANGEMENT)
    with pytest.raises(Conflict):
        kept.requests.carry_out(part(), None)
    kept.requests.carry_out(part("S-2"), None)
    kept.requests.carry_out(part(serial=2), None)
    assert sorted(kept.requests.parts(REQUEST), key=lambda each: each.sku) == [part(), part("S-2")]
    assert kept.products.media("S-1").orders == (ARRANGEMENT.order,)


def test_a_part_whose_list_moved_is_not_carried_out(kept: Kept) -> None:
    kept.products.arrange(ARRANGEMENT)
    with pytest.raises(Conflict):
        kept.requests.carry_out(part(), ARRANGEMENT)
    assert kept.requests.parts(REQUEST) == []
    assert IdempotentRequest.model_validate(REQUEST.model_dump()) == REQUEST
