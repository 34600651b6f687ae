"""Evidence and products meet on the deployed stack, whichever comes first; what is uncertain is asked."""

import json
import uuid
from typing import Any

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
