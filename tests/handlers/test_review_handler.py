"""The API of reviews answers real proxy events: what there is to see, and many answers by one call."""

import json
from typing import Any

import pytest

from assetwire.adapters.catalog.products import DynamoProducts
from assetwire.adapters.catalog.similarity import DynamoSimilarityIndex
from assetwire.adapters.catalog.worklist import DynamoWorklist
from assetwire.domain import ids
from assetwire.domain.asset import Asset, UploadRecord
from assetwire.domain.inspection import Identifier
from assetwire.domain.link import Arrangement, LinkRole
from assetwire.domain.near_duplicates import likenesses
from assetwire.domain.product import ProductFacts, ProductStatus, ProductTexts
from assetwire.domain.source import Source
from assetwire.domain.work import Queue, WorkItem, WorkState
from assetwire.services.products import put_product
from crash.cases import Message, hint, message
from crash.world import NOW, REGION, TABLE, World
from fakes import some

HASH = "0123456789abcdef" * 3 + "00000000"
ACTOR = "arn:aws:sts::123456789012:assumed-role/pim/pim"
SHOE, OTHER = some.asset_id("shoe.jpg"), some.asset_id("other.jpg")


def _call(world: World, route: str, *, body: object = None, by: str = ACTOR, **path: str) -> tuple[int, Any]:
    method, resource = route.split(" ")
    event: Message = message("api_close_work.json") | {"httpMethod": method, "resource": resource, "headers": {}}
    event |= {"pathParameters": path, "body": None if body is None else json.dumps(body)}
    event["requestContext"]["authorizer"]["by"] = by
    answer, _ = world.deliver("review", event)
    return answer["statusCode"], json.loads(answer["body"])


def _decide(world: World, *decisions: object, by: str = ACTOR) -> tuple[int, Any]:
    return _call(world, "POST /work/decisions", body={"decisions": decisions}, by=by)


@pytest.fixture
def item(world: World) -> WorkItem:
    """Have `shoe.jpg` suggested for S-1 and S-2, and a near-duplicate of it linked to S-3."""
    products, index = DynamoProducts(TABLE, region=REGION), DynamoSimilarityIndex(TABLE, region=REGION)
    facts = ProductFacts(status=ProductStatus.PUBLISHED, texts={"de": ProductTexts(name="Schuh")})
    for sku in ("S-1", "S-2", "S-3"):
        put_product(sku, facts, products=products, now=NOW)
    said = tuple(Identifier(kind="sku", value=s, source="manifest", where="", confidence=0.6) for s in ("S-1", "S-2"))
    for key, perceptual_hash in (("shoe.jpg", HASH), ("other.jpg", "1" + HASH[1:])):
        version = some.pictured(key, perceptual_hash)
        world.catalog.record(
            UploadRecord(upload=version.upload, asset_id=version.asset_id, version_id=version.version_id),
            source=Source(bucket=version.upload.bucket, key=key, asset_id=version.asset_id),
            version=version,
            asset=Asset.of(version, now=NOW),
        )
        index.add(likenesses(version))
    world.catalog.save_asset(world.catalog.asset(SHOE).with_declared(declared=said, now=NOW))
    products.arrange(
        Arrangement(some.media_order("other.jpg", sku="S-3"), (some.link("other.jpg", "S-3", LinkRole.HERO),))
    )
    world.deliver("associate", hint(world.catalog.asset(SHOE)))
    (found,) = (
        DynamoWorklist(TABLE, region=REGION).items([Queue.LINK_REVIEW], WorkState.OPEN, limit=9, after=None).items
    )
    return found


def test_an_item_is_shown_with_all_that_speaks_for_an_answer(world: World, item: WorkItem) -> None:
    status, case = _call(world, "GET /work/{work_id}/review", work_id=item.work_id)
    assert status == 200
    assert WorkItem.model_validate(case["item"]) == item
    assert (case["asset"]["asset_id"], case["asset"]["file_name"]) == (SHOE, "shoe.jpg")
    told = [(each["witness"], each["value"], each["confidence"], each["skus"]) for each in case["witnesses"]]
    assert told == [("declared", "S-1", 0.6, ["S-1"]), ("declared", "S-2", 0.6, ["S-2"])]
    assert {(link["sku"], link["state"]) for link in case["links"]} == {("S-1", "proposed"), ("S-2", "proposed")}
    (near,) = case["near_duplicates"]
    assert (near["asset_id"], near["distance"], near["file_name"]) == (OTHER, 1, "other.jpg")
    assert [(link["sku"], link["role"], link["state"]) for link in near["links"]] == [("S-3", "hero", "confirmed")]
    assert case["suggested"] == ["S-1", "S-2", "S-3"]
    assert case["products"]["S-3"]["names"] == {"de": "Schuh"}


def test_what_was_refused_is_suggested_no_more(world: World, item: WorkItem) -> None:
    _decide(world, {"work_id": item.work_id, "decision": "confirm", "skus": ["S-1"]})
    _, case = _call(world, "GET /work/{work_id}/review", work_id=item.work_id)
    assert case["suggested"] == ["S-3"]
    assert case["item"]["resolution"] == "linked"


def test_an_item_about_no_asset_is_shown_alone(world: World) -> None:
    worklist = DynamoWorklist(TABLE, region=REGION)
    opened = WorkItem.opened(Queue.COLD_MASTER, "x", now=NOW)
    worklist.open(opened)
    status, case = _call(world, "GET /work/{work_id}/review", work_id=opened.work_id)
    assert (status, case["asset"], case["suggested"]) == (200, None, [])
    assert _call(world, "GET /work/{work_id}/review", work_id=ids.work_id("none"))[0] == 404


def test_many_answers_have_each_its_result_in_its_place(world: World, item: WorkItem) -> None:
    unknown = ids.work_id("none")
    status, body = _decide(
        world,
        {"work_id": unknown, "decision": "reject"},
        "nonsense",
        {"work_id": item.work_id, "decision": "correct", "links": [{"sku": "S-3", "role": "hero", "market": "DE"}]},
        {"work_id": item.work_id, "decision": "reject"},
        {"work_id": item.work_id, "decision": "correct"},
    )
    assert status == 200
    codes = [result.get("code") for result in body["results"]]
    assert codes == ["work_item_not_found", "invalid_request", None, "already_closed", "invalid_request"]
    assert [result["work_id"] for result in body["results"]] == [unknown, None, *[item.work_id] * 3]
    taken = body["results"][2]["item"]
    assert (taken["resolution"], taken["closed_by"]) == ("corrected", ACTOR)
    assert taken["linked"] == [{"sku": "S-3", "role": "hero", "market": "DE"}]
    assert {answer["outcome"] for answer in taken["answers"]} == {"corrected"}
    media = DynamoProducts(TABLE, region=REGION).media("S-3")
    assert media.assets(LinkRole.HERO, "DE") == (SHOE,)


def test_somebody_elses_item_takes_no_answer(world: World, item: WorkItem) -> None:
    DynamoWorklist(TABLE, region=REGION).save(item.claimed("cognito:ben", now=NOW))
    decision = {"work_id": item.work_id, "decision": "confirm", "skus": ["S-1"]}
    _, refused = _decide(world, decision)
    assert refused["results"][0]["code"] == "claimed_by_other"
    _, taken = _decide(world, decision, by="cognito:ben")
    assert taken["results"][0]["item"]["closed_by"] == "cognito:ben"


@pytest.mark.parametrize("decisions", [[], [{}] * 101])
def test_none_and_too_many_answers_are_refused(world: World, decisions: list[object]) -> None:
    assert _decide(world, *decisions)[0] == 422
