"""The API of product feeds answers real proxy events, and looks at PIMs go on as their messages come."""

import json
from datetime import timedelta
from typing import Any

import pytest

from assetwire.adapters import web
from assetwire.adapters.catalog.agenda import DynamoAgenda
from assetwire.adapters.catalog.feeds import DynamoFeeds
from assetwire.adapters.catalog.products import DynamoProducts
from assetwire.domain.events import AssetDeleted, ItemDue
from assetwire.domain.reconciliation import Feed
from crash.cases import Message, batch_of, bus_message, message
from crash.world import NOW, REGION, TABLE, World, aws
from fakes import some
from fakes.akeneo import CREDENTIALS, URL, AkeneoDouble

PLACE: dict[str, Any] = {"region": REGION}


def call(world: World, route: str, body: object = None, **path: str) -> tuple[int, Any, list[str]]:
    method, resource = route.split(" ")
    event: Message = message("api_set_rights.json") | {"httpMethod": method, "resource": resource, "headers": {}}
    event |= {"pathParameters": path or None, "body": None if body is None else json.dumps(body)}
    answer, calls = world.deliver("feeds", event)
    return answer["statusCode"], json.loads(answer["body"]), calls


def take(world: World, *products: object) -> tuple[list[Any], list[str]]:
    status, answer, calls = call(world, "POST /feeds/import", {"products": products})
    assert status == 200, answer
    return answer["results"], calls


@pytest.fixture
def pim(world: World, monkeypatch: pytest.MonkeyPatch) -> AkeneoDouble:
    """An Akeneo that the account knows."""
    double = AkeneoDouble(NOW)
    monkeypatch.setattr(web, "ask", double.ask)
    connection = json.dumps({"akeneo": {"url": URL, **CREDENTIALS}})
    aws("secretsmanager").create_secret(Name="pims", SecretString=connection)
    return double


def due(job_id: str) -> Message:
    return bus_message(ItemDue(event_id="e", occurred_at=NOW, item="job", item_id=job_id, kind="products"))


def test_products_are_written_by_the_hundred_and_those_that_are_as_they_were_cost_one_read(world: World) -> None:
    said = [{"sku": f"S-{n}", "status": "published", "texts": {"de": {"name": str(n)}}} for n in range(100)]
    results, _ = take(world, *said)
    assert results == [{"sku": f"S-{n}", "result": "created", "revision": 0} for n in range(100)]
    results, calls = take(world, *said)
    assert {result["result"] for result in results} == {"unchanged"}
    assert calls == ["dynamodb.BatchGetItem"]
    results, _ = take(world, said[0] | {"status": "unpublished"})
    assert results == [{"sku": "S-0", "result": "changed", "revision": 1}]


def test_what_cannot_be_taken_is_refused_in_its_place(world: World) -> None:
    good = {"sku": "S-1", "status": "published"}
    wrong = [{"sku": "S-2", "status": "published", "price": 1}, 7, {"sku": "a/b", "status": "published"}]
    results, _ = take(world, wrong[0], good, wrong[1], wrong[2], good | {"sku": "S-3", "parent": "S-3"})
    assert [(each["sku"], each["result"]) for each in results] == [
        ("S-2", "refused"),
        ("S-1", "created"),
        (None, "refused"),
        ("a/b", "refused"),
        ("S-3", "refused"),
    ]
    assert results[0]["problems"][0]["code"] == "forbidden_field"
    assert [product.sku for product in DynamoProducts(TABLE, **PLACE).products_named(["S-1", "S-2"])] == ["S-1"]


@pytest.mark.parametrize("products", [[], [{}] * 101])
def test_an_import_has_a_size(world: World, products: list[object]) -> None:
    status, problem, _ = call(world, "POST /feeds/import", {"products": products})
    assert (status, problem["code"]) == (422, "invalid_request")


def test_a_look_is_started_goes_on_and_is_told_of(world: World, pim: AkeneoDouble) -> None:
    pim.put("S-1", "Schuh")
    status, job, _ = call(world, "POST /feeds/{source}/reconcile", {}, source="akeneo")
    assert (status, job["state"], job["request"]["full"]) == (200, "running", True)
    result, _ = world.deliver("reconcile_products", due(job["job_id"]))
    assert not result["batchItemFailures"]
    assert DynamoProducts(TABLE, **PLACE).product("S-1").facts.texts["de-DE"].name == "Schuh"
    status, answer, _ = call(world, "GET /feeds")
    assert [(each["source"], each["since"]) for each in answer["feeds"]] == [("akeneo", "2026-11-20T12:00:00Z")]


def test_what_is_no_source_is_not_looked_at(world: World) -> None:
    assert call(world, "POST /feeds/{source}/reconcile", {}, source="A/B")[0] == 404


def test_a_look_that_fails_and_what_is_none_do_not_keep_a_good_one_from_going_on(
    world: World, pim: AkeneoDouble
) -> None:
    jobs = [call(world, "POST /feeds/{source}/reconcile", {}, source=each)[1]["job_id"] for each in ("other", "akeneo")]
    other = bus_message(AssetDeleted(event_id="e", occurred_at=NOW, asset_id=some.asset_id(), sha256="0" * 64))
    result, _ = world.deliver("reconcile_products", batch_of(due(jobs[0]), other, due(jobs[1])))
    assert [each["itemIdentifier"] for each in result["batchItemFailures"]] == ["message-0", "message-1"]
    states = [DynamoAgenda(TABLE, **PLACE).job(job_id).state for job_id in jobs]
    assert states == ["running", "done"]


def test_the_clock_starts_looks_when_it_is_time(world: World) -> None:
    feeds = DynamoFeeds(TABLE, **PLACE)
    feeds.save(Feed(source="akeneo", since=NOW, started_at=NOW - timedelta(minutes=59), full_started_at=NOW))
    world.deliver("clock", {})
    assert feeds.feed("akeneo") == Feed(
        source="akeneo", since=NOW, started_at=NOW - timedelta(minutes=59), full_started_at=NOW
    )
    feeds.save(Feed(source="b", since=NOW, started_at=NOW - timedelta(minutes=60), full_started_at=NOW))
    world.deliver("clock", {})
    feed = feeds.feed("b")
    assert feed is not None
    job = DynamoAgenda(TABLE, **PLACE).job(feed.job_id)
    assert (feed.started_at, job.request["full"], job.due and job.due.kind) == (NOW, False, "products")
