"""The API of renditions answers real proxy events, its jobs go on, and the clock has other specs applied."""

import json
from typing import Any

from assetwire.domain.events import DeliveryOutdated, ItemDue, RenditionsOutdated
from assetwire.domain.rights import Rights, Usage, Window
from assetwire.domain.spec import Spec
from assetwire.domain.spec_book import SpecBook
from crash.cases import EVERYWHERE, NAMES, WEB, bus_message, hint, message, picture, record_master, set_rights
from crash.world import DELIVERY, NOW, RENDITIONS, World, aws, objects

WEB_ONLY = Rights(windows=(Window(),), territories=("DE",), usages=(Usage.WEB,))


def call(world: World, method: str, resource: str, body: Any = None, **path: str) -> tuple[int, Any]:
    event = message("api_set_rights.json")
    event |= {"httpMethod": method, "resource": resource, "pathParameters": path, "queryStringParameters": None}
    event["body"] = None if body is None else json.dumps(body)
    event["headers"] = {"content-type": "application/json"}
    answer, _ = world.deliver("catalog", event)
    return answer["statusCode"], json.loads(answer["body"])


def job(world: World, job_id: str) -> dict[str, Any]:
    """Take a job to its end, and return it."""
    due = ItemDue(event_id="e", occurred_at=NOW, item="job", item_id=job_id, kind="job")
    result, _ = world.deliver("revalidate", bus_message(due))
    assert result["batchItemFailures"] == []
    (found,) = (i["data"]["M"] for i in world.items() if i["pk"]["S"] == f"JOB#{job_id}")
    return {name: next(iter(value.values())) for name, value in found.items()}


def test_what_is_rendered_is_listed_with_its_facts_and_what_lacks(world: World) -> None:
    asset = record_master(world, picture())
    one = {"asset_id": asset.asset_id}
    status, found = call(world, "GET", "/assets/{asset_id}/renditions", **one)
    assert (status, found) == (
        200,
        {**one, "version_id": None, "renditions": [], "missing": sorted(NAMES), "left_out": {}},
    )

    world.deliver("renditions", hint(asset))
    _, found = call(world, "GET", "/assets/{asset_id}/renditions", **one)
    assert (found["version_id"], found["missing"]) == (asset.current_version, [])
    assert {each["name"] for each in found["renditions"]} == NAMES
    (jpeg,) = (each for each in found["renditions"] if each["name"] == "web-320.jpg")
    stored = aws("s3").get_object(Bucket=RENDITIONS, Key=next(k for k in objects(RENDITIONS) if k.endswith(".jpg")))
    assert jpeg.keys() == {
        *("name", "version_id", "digest", "usage", "format", "media_type"),
        *("width", "height", "seconds", "bytes", "sha256", "delivered"),
    }
    assert (jpeg["width"], jpeg["height"], jpeg["bytes"]) == (64, 48, stored["ContentLength"])
    assert (jpeg["usage"], jpeg["media_type"], jpeg["delivered"]) == ("web", "image/jpeg", False)

    set_rights(world, asset.asset_id, WEB_ONLY)
    world.deliver("enforce", hint(asset))
    _, found = call(world, "GET", "/assets/{asset_id}/renditions", **one)
    assert {each["delivered"] for each in found["renditions"]} == {True}


def test_an_asset_that_is_not_there_has_no_renditions(world: World) -> None:
    for asset_id in ("abcdefghijklmnopqrstuvwxyz", "x"):
        status, problem = call(world, "GET", "/assets/{asset_id}/renditions", asset_id=asset_id)
        assert (status, problem["code"]) == (404, "asset_not_found")


def test_a_refresh_is_a_job_of_whoever_asks_and_asks_for_what_is_outdated(world: World) -> None:
    done, outdated = (record_master(world, picture(n), key=f"{n}.png") for n in (1, 2))
    world.deliver("renditions", hint(done))
    status, started = call(world, "POST", "/renditions/refresh", {"token": "once"})
    assert (status, started["kind"], started["state"]) == (200, "refresh_renditions", "running")
    assert started["by"] == "arn:aws:sts::123456789012:assumed-role/pim/pim"
    assert call(world, "POST", "/renditions/refresh", {"token": "once"})[1]["job_id"] == started["job_id"]
    ended = job(world, started["job_id"])
    assert (ended["state"], ended["done"], ended["changed"], ended["total"]) == ("done", "2", "1", "2")
    assert world.catalog.asset(done.asset_id).rendering_asked == ""
    assert world.catalog.asset(outdated.asset_id).rendering_asked == started["job_id"]


def test_a_reconciliation_finds_what_the_buckets_lack_and_its_events_bring_it_back(world: World) -> None:
    assets = [record_master(world, picture(n), key=f"{n}.png") for n in (1, 2, 3)]
    for asset in assets:
        set_rights(world, asset.asset_id, EVERYWHERE)
        world.deliver("renditions", hint(asset))
        world.deliver("enforce", hint(asset))
    right = objects(RENDITIONS), objects(DELIVERY)
    lost = {RENDITIONS: assets[0].asset_id, DELIVERY: assets[1].asset_id}
    for bucket, asset_id in lost.items():
        key = next(key for key in objects(bucket) if key.startswith(asset_id))
        aws("s3").delete_object(Bucket=bucket, Key=key)

    _, started = call(world, "POST", "/renditions/reconcile", {})
    ended = job(world, started["job_id"])
    assert (ended["state"], ended["done"], ended["changed"]) == ("done", "3", "2")
    cause = {"event_id": "e", "occurred_at": NOW, "job_id": started["job_id"]}
    world.deliver("renditions", bus_message(RenditionsOutdated(**cause, asset_id=lost[RENDITIONS])))
    world.deliver("enforce", bus_message(DeliveryOutdated(**cause, asset_id=lost[DELIVERY])))
    assert (objects(RENDITIONS), objects(DELIVERY)) == right
    _, again = call(world, "POST", "/renditions/reconcile", {})
    assert job(world, again["job_id"])["changed"] == "0"


def test_requests_that_are_not_of_the_documented_shape_are_refused(world: World) -> None:
    for path, body in (
        ("/renditions/refresh", {"asset_ids": ["x"]}),
        ("/renditions/refresh", {"all": True}),
        ("/renditions/reconcile", {"recall": True}),
    ):
        assert call(world, "POST", path, body)[1]["code"] == "invalid_request"


def test_the_clock_has_other_specs_applied_once_and_only_what_they_touch_is_made(
    world: World, monkeypatch: Any
) -> None:
    def hold(*specs: Spec) -> None:
        monkeypatch.setattr("assetwire.domain.spec_book.shipped_book", lambda: SpecBook(specs))

    def tick() -> str | None:
        before = {i["pk"]["S"] for i in world.items()}
        world.deliver("clock", {})
        new = {i["pk"]["S"] for i in world.items()} - before - {"SPECS"}
        return new.pop().removeprefix("JOB#") if new else None

    asset = record_master(world, picture())
    world.deliver("renditions", hint(asset))
    first = tick()
    assert first is not None
    assert job(world, first)["changed"] == "0"
    assert tick() is None

    webp, jpeg = WEB.encodings
    hold(WEB.model_copy(update={"encodings": (webp, jpeg.model_copy(update={"quality": 50}))}))
    second = tick()
    assert second is not None
    assert tick() is None
    assert job(world, second)["changed"] == "1"
    before = objects(RENDITIONS)
    _, calls = world.deliver("renditions", hint(asset))
    assert calls.count("s3.PutObject") == 1
    (made,) = objects(RENDITIONS).keys() - before.keys()
    assert made.endswith("/web-320.jpg")
