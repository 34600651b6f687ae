"""The door of webhooks lets in what a known source signed; the mirror writes what it says."""

import json
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from assetwire.adapters.webhook_signatures import signed_delivery
from assetwire.domain.akeneo_mapping import mapping_named
from assetwire.domain.errors import AssetwireError, InvalidRequest, NotUnderstood, TooLarge, Unauthenticated
from assetwire.domain.product import ProductStatus
from assetwire.domain.reconciliation import PATIENCE
from assetwire.domain.webhook import LARGEST_DELIVERY, Form, Source
from assetwire.services.products import delete_product, put_product
from assetwire.services.webhooks import mirror, receive
from fakes import webhooks
from fakes.catalog import FakeCatalog
from fakes.feeds import FakeFeeds
from fakes.products import FakeProducts
from fakes.some import NOW
from fakes.webhooks import (
    PIM,
    PLATFORM,
    SHOP,
    FakeDeliveries,
    FakeSources,
    by_akeneo,
    by_standard,
    cloud_event,
    encoded,
)

EXAMPLES = Path(__file__).parents[2] / "events" / "akeneo"
PLATFORM_EXAMPLES = EXAMPLES.parent / "akeneo_platform"
UPDATED = (EXAMPLES / "product_updated.json").read_bytes()


class Door:
    """The door, with the shop and Akeneo known."""

    def __init__(self) -> None:
        self.sources, self.queue = FakeSources(shop=SHOP, akeneo=PIM, platform=PLATFORM), FakeDeliveries()

    def receive(self, body: bytes, headers: dict[str, str], name: str = "shop") -> str:
        verify = partial(signed_delivery, now=NOW)
        ports: dict[str, Any] = {"sources": self.sources, "queue": self.queue, "verify": verify}
        return receive(name, headers, body, **ports, now=NOW)

    def refusal(self, body: bytes, headers: dict[str, str], name: str = "shop") -> AssetwireError:
        with pytest.raises(AssetwireError) as caught:
            self.receive(body, headers, name)
        assert self.queue.waiting == []
        return caught.value


def test_what_a_known_source_signed_waits_byte_for_byte() -> None:
    door, body = Door(), encoded(cloud_event())
    assert door.receive(body, by_standard(body)) == "msg_1"
    (waiting,) = door.queue.waiting
    assert (waiting.source, waiting.form, waiting.delivery_id, waiting.received_at) == (
        "shop",
        Form.CLOUDEVENTS,
        "msg_1",
        NOW,
    )
    assert (waiting.body, waiting.headers) == (body, {"content-type": "application/json"})


def test_what_akeneo_signed_waits_and_the_try_of_an_address_does_not() -> None:
    door = Door()
    door.receive(UPDATED, by_akeneo(UPDATED), "akeneo")
    assert [waiting.body for waiting in door.queue.waiting] == [UPDATED]
    door.queue.waiting.clear()
    assert door.receive(b"", by_akeneo(b""), "akeneo")
    assert door.queue.waiting == []


@pytest.mark.parametrize(
    ("headers", "name", "code"),
    [
        ({}, "shop", "missing_signature"),
        (by_standard(UPDATED, secret=webhooks.OTHER), "shop", "wrong_signature"),
        (by_standard(UPDATED, at=NOW.replace(hour=11)), "shop", "outside_window"),
        (by_standard(UPDATED), "other", "unknown_source"),
        (by_standard(UPDATED), "akeneo", "missing_signature"),
    ],
)
def test_what_nobody_known_signed_just_now_is_refused(headers: dict[str, str], name: str, code: str) -> None:
    error = Door().refusal(UPDATED, headers, name)
    assert isinstance(error, Unauthenticated)
    assert error.code == code


def test_a_body_that_is_too_large_is_refused_before_anything_is_read() -> None:
    door = Door()
    error = door.refusal(b"x" * (LARGEST_DELIVERY + 1), {})
    assert isinstance(error, TooLarge)
    assert (error.code, door.sources.reads) == ("body_too_large", 0)


def test_the_largest_body_is_taken() -> None:
    door = Door()
    empty = encoded(cloud_event(texts={"de": {"caption": "x"}}))
    body = empty + b" " * (LARGEST_DELIVERY - len(empty))
    door.receive(body, by_standard(body))
    (waiting,) = door.queue.waiting
    assert len(waiting.model_dump_json()) < 1024 * 1024 - 1024


def test_prices_are_refused_at_the_door_by_name() -> None:
    body = encoded(cloud_event(price="9.99"))
    error = Door().refusal(body, by_standard(body))
    assert isinstance(error, InvalidRequest)
    assert [(each["field"], each["code"]) for each in error.problems] == [("data.price", "forbidden_field")]


def test_what_no_signature_covers_and_what_is_yet_to_come_is_refused_at_the_door() -> None:
    facts = encoded(webhooks.FACTS)
    said = {"ce-specversion": "1.0", "ce-type": "product.deleted", "ce-subject": "S-2", "ce-time": NOW.isoformat()}
    assert Door().refusal(facts, by_standard(facts) | said).code == "binary_mode"
    body = encoded(cloud_event(minutes=6))
    error = Door().refusal(body, by_standard(body))
    assert isinstance(error, InvalidRequest)
    assert [(each["field"], each["code"]) for each in error.problems] == [("time", "in_future")]


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"events": 1}'])
def test_what_is_no_delivery_of_akeneos_is_refused_at_the_door(body: bytes) -> None:
    assert isinstance(Door().refusal(body, by_akeneo(body), "akeneo"), InvalidRequest)


def test_a_secret_that_was_just_made_is_found() -> None:
    door, body = Door(), encoded(cloud_event())
    headers = by_standard(body, secret=webhooks.OTHER)
    assert door.refusal(body, headers).code == "wrong_signature"
    door.sources.later = {"shop": Source(form=Form.CLOUDEVENTS, secrets=(webhooks.OTHER, webhooks.SECRET))}
    assert door.receive(body, headers) == "msg_1"
    door.sources.later = {"new": SHOP}
    assert door.receive(body, by_standard(body), "new") == "msg_1"


class Mirror:
    """The mirror, empty at first."""

    def __init__(self) -> None:
        self.products, self.agenda = FakeProducts(), FakeCatalog()
        self.feeds = FakeFeeds(self.agenda, self.products)

    def hear(self, body: bytes, form: Form = Form.CLOUDEVENTS, **headers: str) -> dict[str, int]:
        ports: dict[str, Any] = {"mapping": mapping_named("default"), "products": self.products, "now": NOW}
        ports |= {"matches": self.products, "feeds": self.feeds, "agenda": self.agenda}
        return dict(mirror(webhooks.delivery(body, form, **headers), **ports))

    def name(self, sku: str, locale: str = "de-DE") -> str:
        return self.products.product(sku).facts.texts[locale].name


def test_products_become_what_a_delivery_says() -> None:
    house = Mirror()
    batch = encoded([cloud_event("S-1"), cloud_event("S-2", gone=True)])
    kind = {"content-type": "application/cloudevents-batch+json"}
    assert house.hear(batch, **kind) == {"applied": 2}
    assert house.hear(batch, **kind) == {"unchanged": 2}
    assert (house.name("S-1"), house.products.product("S-2").is_deleted) == ("Schuh", True)
    assert house.products.writes == 2


def test_late_and_doubled_deliveries_are_harmless() -> None:
    house = Mirror()
    new, old = (encoded(cloud_event(minutes=m, texts={"de-DE": {"name": str(m)}})) for m in (5, 1))
    assert [house.hear(body) for body in (new, old, new)] == [{"applied": 1}, {"older": 1}, {"unchanged": 1}]
    assert house.name("S-1") == "5"


def test_a_delivery_that_comes_again_undoes_nothing_that_a_caller_of_the_api_said_since() -> None:
    house, body = Mirror(), encoded(cloud_event())
    house.hear(body)
    facts = house.products.product("S-1").facts.model_copy(
        update={"gtins": ("04006381333931",), "status": ProductStatus.UNPUBLISHED}
    )
    put_product("S-1", facts, products=house.products, now=NOW)
    assert (house.hear(body), house.products.product("S-1").facts) == ({"older": 1}, facts)
    delete_product("S-1", products=house.products, now=NOW)
    assert (house.hear(body), house.products.product("S-1").is_deleted) == ({"older": 1}, True)
    assert house.hear(encoded(cloud_event(minutes=1))) == {"applied": 1}
    assert house.name("S-1") == "Schuh"


def test_a_product_that_nobody_knew_is_there_whatever_akeneo_calls_it() -> None:
    house = Mirror()
    assert house.hear(UPDATED, Form.AKENEO) == {"applied": 1}
    assert house.name("1111111304", "en") == "Sunglasses"
    removed = json.loads((EXAMPLES / "product_removed.json").read_bytes())
    removed["events"][0]["event_datetime"] = "2020-10-20T09:14:00+00:00"
    assert house.hear(encoded(removed), Form.AKENEO) == {"applied": 1}
    assert house.products.product("1111111304").is_deleted


def test_what_cannot_be_taken_is_kept_for_people_and_all_else_is_written() -> None:
    house = Mirror()
    good, wrong = (json.loads(UPDATED)["events"][0] for _ in range(2))
    wrong["data"]["resource"]["identifier"] = "A/B"
    for _ in range(2):
        with pytest.raises(NotUnderstood, match=r"events\.0: invalid_sku"):
            house.hear(encoded({"events": [wrong, good]}), Form.AKENEO)
    assert house.name("1111111304", "en") == "Sunglasses"
    assert house.products.writes == 1


def test_a_model_under_a_products_sku_is_kept_for_people() -> None:
    house = Mirror()
    house.hear(UPDATED, Form.AKENEO)
    model = json.loads((EXAMPLES / "product_model_created.json").read_bytes())
    model["events"][0]["data"]["resource"]["code"] = "1111111304"
    with pytest.raises(NotUnderstood, match="sku_taken"):
        house.hear(encoded(model), Form.AKENEO)


def test_what_does_not_concern_us_is_counted() -> None:
    assert Mirror().hear(b'{"events": [{"action": "asset.created"}]}', Form.AKENEO) == {"ignored": 1}


class TestTheEventPlatform:
    """Akeneo's Event Platform tells which product changed, and not how."""

    UUID = "1fd20ad8-ef95-49d7-a581-fb9f8ac0c5ad"

    def hear(self, house: Mirror, what: str, at: datetime = NOW, **data: Any) -> dict[str, int]:
        return house.hear(encoded(webhooks.platform_event(what, at, **data)), Form.AKENEO_PLATFORM)

    @pytest.mark.parametrize("name", sorted(path.stem for path in PLATFORM_EXAMPLES.glob("*.json")))
    def test_each_documented_event_is_let_in_and_understood(self, name: str) -> None:
        door, body = Door(), (PLATFORM_EXAMPLES / f"{name}.json").read_bytes()
        told = {**json.loads(body), "time": NOW.isoformat()}
        body = encoded(told)
        assert door.receive(body, webhooks.by_platform(body), "platform") == told["id"]
        assert len(door.queue.waiting) == (name != "category_updated")
        assert (
            Mirror().hear(body, Form.AKENEO_PLATFORM)
            == {
                "product_updated": {"looked_for": 1},
                "product_deleted": {"ignored": 1},  # nobody ever knew it
                "product_model_updated": {"looked_for": 1},
                "product_model_deleted": {"applied": 1},
                "category_updated": {"ignored": 1},
            }[name]
        )

    def test_many_changes_are_one_look(self) -> None:
        house = Mirror()
        for number in range(5):
            assert self.hear(house, "product.updated", product={"uuid": f"u-{number}"}) == {"looked_for": 1}
        (job,) = house.agenda.jobs(limit=10, after=None).jobs
        assert job.due is not None
        assert (job.kind, job.due.at) == ("reconcile_products", NOW + PATIENCE)

    def test_what_is_gone_is_found_by_what_akeneo_calls_it(self) -> None:
        house = Mirror()
        house.hear(UPDATED, Form.AKENEO)
        assert self.hear(house, "product.deleted", product={"uuid": self.UUID}) == {"applied": 1}
        assert house.products.product("1111111304").is_deleted
        assert self.hear(house, "product.deleted", product={"uuid": self.UUID}) == {"unchanged": 1}

    @pytest.mark.parametrize("data", [{}, {"product": 7}, {"product": {"uuid": ""}}, {"product": {"code": "c"}}])
    def test_what_does_not_say_of_which_is_refused_at_the_door(self, data: dict[str, Any]) -> None:
        body = encoded(webhooks.platform_event("product.updated", **data))
        error = Door().refusal(body, webhooks.by_platform(body), "platform")
        assert isinstance(error, InvalidRequest)
