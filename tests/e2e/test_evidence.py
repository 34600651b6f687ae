"""Evidence and products meet on the deployed stack, whichever comes first; what is uncertain is asked."""

import json
import uuid
from typing import Any

import pytest
from typer.testing import CliRunner

from assetwire_cli import review_commands
from assetwire_cli.main import app
from assetwire_cli.target import Target
from watching import eventually, picture


def links(target: Target, sku: str) -> dict[str, str]:
    """Return the state of each link of a product, by its asset."""
    return {each["asset_id"]: each["state"] for each in target.call("GET", f"/products/{sku}/links")["links"]}


def declare(target: Target, key: str, sku: str) -> None:
    """Declare by a manifest that a master shows a product."""
    folder, _, file = key.rpartition("/")
    target.call("POST", "/manifests", body={"folder": folder, "csv": f"file,sku\n{file},{sku}\n"})


def test_a_photograph_finds_its_product_whichever_comes_first(target: Target, put: Any, ingested: Any) -> None:
    facts = {"status": "published"}
    skus = [f"S-{uuid.uuid4()}" for _ in range(2)]
    keys = [f"matching/{uuid.uuid4()}.jpg" for _ in range(2)]
    target.call("PUT", f"/products/{skus[0]}", body=facts)
    assets = []
    for key, sku in zip(keys, skus, strict=True):
        declare(target, key, sku)
        assets.append(ingested(key, put(key, picture()))["asset_id"])
    eventually(lambda: links(target, skus[0]) == {assets[0]: "confirmed"}, "the link to the product that was there")
    target.call("PUT", f"/products/{skus[1]}", body=facts)
    eventually(lambda: links(target, skus[1]) == {assets[1]: "confirmed"}, "the link to the product that came later")
    (order,) = target.call("GET", f"/products/{skus[1]}/links")["lists"]
    assert (order["role"], order["market"], order["assets"]) == ("alternate", "any", [assets[1]])


def test_a_file_name_alone_is_asked_and_the_answer_closes_the_question(target: Target, put: Any, ingested: Any) -> None:
    sku = f"S-{uuid.uuid4()}"
    target.call("PUT", f"/products/{sku}", body={"status": "published"})
    key = f"matching/{sku}_front.jpg"
    asset_id = ingested(key, put(key, picture()))["asset_id"]

    def question(state: str) -> Any:
        query = {"queue": "link_review", "state": state, "limit": "100"}
        items = target.call("GET", "/work", query=query)["items"]
        return [item for item in items if item["asset_id"] == asset_id]

    (item,) = eventually(lambda: question("open"), "the question")
    assert [each["sku"] for each in item["evidence"]["suggestions"]] == [sku], json.dumps(item)
    assert links(target, sku) == {asset_id: "proposed"}
    target.call("PUT", f"/products/{sku}/links/alternate", body={"assets": [asset_id]})
    (closed,) = eventually(lambda: question("closed"), "the question to be closed")
    assert (closed["resolution"], closed["closed_by"]) == ("settled", "assetwire")
    assert links(target, sku) == {asset_id: "confirmed"}


def test_what_is_suggested_is_claimed_seen_and_corrected_from_a_terminal(
    target: Target, put: Any, ingested: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_commands, "target", lambda *_: target)

    def review(*words: str) -> str:
        result = CliRunner().invoke(app, ["review", *words])
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout

    suggested, meant = f"S-{uuid.uuid4()}", f"S-{uuid.uuid4()}"
    for sku in (suggested, meant):
        target.call("PUT", f"/products/{sku}", body={"status": "published", "texts": {"en": {"name": "Shoe"}}})
    key = f"matching/{suggested}_front.jpg"
    asset_id = ingested(key, put(key, picture()))["asset_id"]

    def question() -> Any:
        items = target.call("GET", "/work", query={"queue": "link_review", "limit": "100"})["items"]
        return next((item for item in items if item["asset_id"] == asset_id), None)

    work_id = eventually(question, "the question")["work_id"]
    claim = json.loads(review("claim", work_id, "--json"))["claim"]
    assert claim["until"] > claim["at"]
    assert f"file_name says sku {suggested}" in review("show", work_id)
    case = target.call("GET", f"/work/{work_id}/review")
    assert {each["witness"] for each in case["witnesses"]} == {"file_name"}
    assert suggested in case["suggested"]
    result = json.loads(review("correct", work_id, "--sku", meant, "--role", "hero", "--json"))
    assert (result["item"]["resolution"], result["item"]["linked"][0]["sku"]) == ("corrected", meant), result
    assert links(target, suggested) == {asset_id: "rejected"}
    assert links(target, meant) == {asset_id: "confirmed"}
    told = target.call("GET", f"/assets/{asset_id}/links/history")["changes"]
    by_person = [(each["sku"], each["after"]["state"]) for each in told if each["by"] == result["item"]["closed_by"]]
    assert sorted(by_person) == sorted([(suggested, "rejected"), (meant, "confirmed")])
    lists = [
        each["after"]["assets"]
        for each in target.call("GET", f"/products/{meant}/links/history")["changes"]
        if each["asset_id"] is None
    ]
    assert lists == [[asset_id]]
    found = json.loads(review("stats", "--queue", "link_review", "--json"))
    assert found["by_origin"]["file_name"]["corrected"] >= 1
    assert found["decided_in_a_day"] >= 1
    assert target.call("POST", "/work/next", body={"queue": "cold_master"}) == {"item": None}
