"""The door of webhooks answers real proxy events, and the mirror writes what waits behind it."""

import base64
import json
from functools import partial
from typing import Any

import pytest

from assetwire.adapters.catalog.products import DynamoProducts
from crash.cases import Message, batch_of, message
from crash.world import EVENTS, NOW, REGION, TABLE, World, aws
from fakes import some, webhooks
from fakes.webhooks import PIM, SHOP, cloud_event, encoded

QUEUE = "mirror.fifo"
_EXAMPLES = EVENTS / "akeneo"
by_standard, by_akeneo = (partial(signs, at=NOW) for signs in (webhooks.by_standard, webhooks.by_akeneo))


@pytest.fixture
def door(world: World) -> World:
    """An account in which the shop and Akeneo may send deliveries."""
    known = {"shop": SHOP.model_dump(mode="json"), "akeneo": PIM.model_dump(mode="json")}
    aws("secretsmanager").create_secret(Name="webhooks", SecretString=json.dumps(known))
    attributes = {"FifoQueue": "true", "DeduplicationScope": "messageGroup"}
    made = aws("sqs").create_queue(QueueName=QUEUE, Attributes=attributes)
    assert made["QueueUrl"] == world.environment["MIRROR_QUEUE_URL"]
    return world


def send(
    world: World, body: bytes, headers: dict[str, str], source: str = "shop", *, warm: bool = False
) -> tuple[int, Any]:
    event: Message = message("api_set_rights.json") | {"httpMethod": "POST", "resource": "/webhooks/{source}"}
    event |= {"pathParameters": {"source": source}, "headers": headers, "body": body.decode()}
    del event["requestContext"]["authorizer"]
    answer, calls = world.deliver("webhooks", event, warm=warm)
    assert set(calls) <= {"secrets-manager.GetSecretValue", "sqs.SendMessage"}
    return answer["statusCode"], json.loads(answer["body"])


def waiting(world: World) -> list[Message]:
    """Take what waits, each as the batch of one message in which the mirror hears of it."""
    found = aws("sqs").receive_message(QueueUrl=world.environment["MIRROR_QUEUE_URL"], MaxNumberOfMessages=10)
    batches = []
    for each in found.get("Messages", []):
        batch = message("sqs_asset_accepted.json")
        batch["Records"][0] |= {"body": each["Body"], "messageId": each["MessageId"]}
        batches.append(batch)
    return batches


def products() -> DynamoProducts:
    return DynamoProducts(TABLE, region=REGION)


def test_what_a_source_signed_becomes_a_product(door: World) -> None:
    body = encoded(cloud_event())
    assert send(door, body, by_standard(body)) == (202, {"id": "msg_1", "source": "shop"})
    (batch,) = waiting(door)
    result, _ = door.deliver("mirror", batch)
    assert result["batchItemFailures"] == []
    product = products().product("S-1")
    assert (product.facts.gtins, product.told and product.told.changed_at) == (("04012345123456",), some.NOW)


def test_what_akeneo_signed_becomes_a_product_and_its_prices_stay_there(door: World) -> None:
    body = encoded(json.loads((_EXAMPLES / "product_updated.json").read_bytes()))
    assert send(door, body, by_akeneo(body), "akeneo")[0] == 202
    (batch,) = waiting(door)
    door.deliver("mirror", batch)
    assert products().product("1111111304").facts.texts["en"].name == "Sunglasses"
    assert "99.00" not in json.dumps(door.items())


def test_a_replayed_id_is_answered_as_the_first_and_waits_once(door: World) -> None:
    body = encoded(cloud_event())
    assert [send(door, body, by_standard(body))[0] for _ in range(3)] == [202, 202, 202]
    assert len(waiting(door)) == 1


def test_one_id_of_two_sources_is_two_deliveries(door: World) -> None:
    aws("secretsmanager").put_secret_value(
        SecretId="webhooks", SecretString=json.dumps({name: SHOP.model_dump(mode="json") for name in ("shop", "b")})
    )
    body = encoded(cloud_event())
    assert [send(door, body, by_standard(body), name)[0] for name in ("shop", "b")] == [202, 202]
    assert len(waiting(door)) == 2


@pytest.mark.parametrize(
    ("body", "headers", "source", "status", "code"),
    [
        (b"{}", {}, "shop", 401, "missing_signature"),
        (b"{}", by_standard(b"{}", secret=webhooks.OTHER), "shop", 401, "wrong_signature"),
        (b"{}", by_standard(b"{}", at=NOW.replace(hour=11)), "shop", 401, "outside_window"),
        (b"{}", by_standard(b"{}"), "nobody", 401, "unknown_source"),
        (b"x" * 1_000_000, by_standard(b"x"), "shop", 413, "body_too_large"),
        (b"{}", by_standard(b"{}"), "shop", 422, "invalid_request"),
        (b"{", by_akeneo(b"{"), "akeneo", 422, "invalid_json"),
    ],
)
def test_what_is_not_let_in_has_its_answer(
    door: World, body: bytes, headers: dict[str, str], source: str, status: int, code: str
) -> None:
    answered, problem = send(door, body, headers, source)
    assert (answered, problem["code"]) == (status, code)
    assert waiting(door) == []


def test_prices_are_refused_by_name(door: World) -> None:
    body = encoded(cloud_event(cost_price=3))
    status, problem = send(door, body, by_standard(body))
    assert (status, problem["problems"][0]["field"]) == (422, "data.cost_price")


def test_bytes_come_as_they_were_sent_however_the_gateway_writes_them(door: World) -> None:
    body = encoded(cloud_event(texts={"de": {"name": "Fön für 2 Füße"}}))
    event: Message = message("api_set_rights.json") | {"httpMethod": "POST", "resource": "/webhooks/{source}"}
    event |= {"pathParameters": {"source": "shop"}, "headers": by_standard(body)}
    event |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    answer, _ = door.deliver("webhooks", event)
    assert answer["statusCode"] == 202


def test_sources_are_read_once_and_again_for_what_nobody_known_signed(door: World) -> None:
    body = encoded(cloud_event())
    assert send(door, body, by_standard(body))[0] == 202
    secrets = aws("secretsmanager")
    secrets.delete_secret(SecretId="webhooks", ForceDeleteWithoutRecovery=True)
    assert send(door, body, by_standard(body, name="msg_2"), warm=True)[0] == 202


def test_without_any_source_nobody_is_let_in(world: World) -> None:
    aws("secretsmanager").create_secret(Name="webhooks")
    status, problem = send(world, b"{}", by_standard(b"{}"))
    assert (status, problem["code"]) == (401, "unknown_source")


def test_a_secret_that_holds_no_sources_is_the_houses_fault(world: World) -> None:
    aws("secretsmanager").create_secret(Name="webhooks", SecretString='{"shop": "whsec_"}')
    status, problem = send(world, b"{}", by_standard(b"{}"))
    assert (status, problem["code"]) == (500, "misconfigured")


def _batch(body: bytes) -> Message:
    batch = message("sqs_asset_accepted.json")
    batch["Records"][0]["body"] = webhooks.delivery(body).model_dump_json()
    return batch


@pytest.mark.parametrize("bad", ["", "null", '{"source": "shop"}', None])
def test_the_mirror_names_the_bad_message_and_mirrors_both_good_ones(world: World, bad: str | None) -> None:
    first, wrong, last = (_batch(encoded(cloud_event(sku))) for sku in ("S-1", "S-2", "S-3"))
    record = wrong["Records"][0]
    record["body"] = webhooks.delivery(encoded(cloud_event("a/b"))).model_dump_json() if bad is None else bad
    result, _ = world.deliver("mirror", batch_of(first, wrong, last))
    assert [failure["itemIdentifier"] for failure in result["batchItemFailures"]] == ["message-1"]
    assert [each.sku for each in products().products_named(["S-1", "S-2", "S-3"])] == ["S-1", "S-3"]
