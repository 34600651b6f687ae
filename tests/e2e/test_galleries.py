"""Galleries on the deployed stack: what a page gets is answered, and ends with the product's publication."""

import urllib.error
import urllib.request
import uuid
from typing import Any
from urllib.parse import quote

import pytest

from assetwire_cli.target import ApiError, Target
from watching import ANYWHERE, eventually, get, picture


@pytest.fixture
def product(target: Target, put: Any, ingested: Any, delivered: Any) -> tuple[str, list[str]]:
    """A published product with a hero and a detail, both in delivery: its SKU and their ids."""
    sku, assets = f"S {uuid.uuid4()}", []
    for _ in range(2):
        key = f"galleries/{uuid.uuid4()}.jpg"
        asset_id = ingested(key, put(key, picture(side=400)))["asset_id"]
        target.call("PUT", f"/assets/{asset_id}/rights", body=ANYWHERE)
        delivered(asset_id)
        assets.append(asset_id)
    facts = {"status": "published", "texts": {"de-DE": {"name": "Schuh"}}}
    target.call("PUT", f"/products/{sku}", body=facts)
    for role, asset_id in zip(("hero", "detail"), assets, strict=True):
        target.call("PUT", f"/products/{sku}/links/{role}", body={"assets": [asset_id]})
    return sku, assets


def gallery(target: Target, sku: str, **query: str) -> Any:
    return target.call("GET", f"/products/{sku}/media", query={"territory": "AT", "locale": "de-AT"} | query)


def urls(slot: dict[str, Any]) -> list[str]:
    """Return every URL of a slot."""
    sources = [candidate.split(" ")[0] for s in slot["picture"]["sources"] for candidate in s["srcset"].split(", ")]
    return [slot["picture"]["src"], *sources, *(file["url"] for file in slot["files"])]


def test_every_url_of_a_gallery_is_answered_where_it_is_for(target: Target, product: tuple[str, list[str]]) -> None:
    sku, assets = product
    found = gallery(target, sku)
    assert [(slot["role"], slot["asset_id"]) for slot in found["slots"]] == list(
        zip(("hero", "detail"), assets, strict=True)
    )
    assert [slot["alt_text"] for slot in found["slots"]] == ["Schuh", "Schuh, Detail 1"]
    assert {slot["alt_text_source"] for slot in found["slots"]} == {"template"}
    asked = [url for slot in found["slots"] for url in urls(slot)]
    assert len(asked) > 8
    assert {get(url, "AT")[0] for url in asked} == {200}
    assert {get(url, "DE")[0] for url in asked} == {403}


def test_a_gallery_that_did_not_change_is_not_sent_again(target: Target, product: tuple[str, list[str]]) -> None:
    url = f"{target.api_url}/products/{quote(product[0])}/media?territory=AT&locale=de-AT&ttl=3600"

    def ask(**headers: str) -> tuple[int, bytes, str]:
        request = urllib.request.Request(url, headers=target.credentials() | headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read(), answer.headers["ETag"]
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(), error.headers["ETag"]

    _, _, tag = ask()
    status, body, _ = ask(**{"If-None-Match": tag})
    assert (status, body) in {(304, b""), (200, body)}
    if status == 200:  # a time bucket ended between the two
        assert ask(**{"If-None-Match": ask()[2]})[0] == 304


def test_the_end_of_a_publication_ends_every_url(target: Target, product: tuple[str, list[str]]) -> None:
    sku, assets = product
    before = [url for slot in gallery(target, sku)["slots"] for url in urls(slot)]
    assert {get(url, "AT")[0] for url in before} == {200}
    eventually(
        lambda: {target.call("GET", f"/assets/{each}")["product_use"] for each in assets} == {"live"}, "use to be known"
    )
    facts = {"status": "unpublished", "texts": {"de-DE": {"name": "Schuh"}}}
    target.call("PUT", f"/products/{sku}", body=facts)
    with pytest.raises(ApiError, match="product_unpublished"):
        gallery(target, sku)
    eventually(lambda: {get(url, "AT")[0] for url in before} == {403}, "every URL to end")
    for asset_id in assets:
        noted = eventually(lambda a=asset_id: target.call("GET", f"/assets/{a}/revocations")["revocations"], "a record")
        assert [each["cause"] for each in noted] == ["product_unpublished"]
    target.call("PUT", f"/products/{sku}", body=facts | {"status": "published"})
    again = eventually(lambda: [s for s in gallery(target, sku)["slots"] if s["picture"]], "the gallery to come back")
    assert {get(url, "AT")[0] for slot in again for url in urls(slot)} == {200}


def test_alt_texts_that_nobody_wrote_are_asked_for_until_somebody_does(
    target: Target, product: tuple[str, list[str]]
) -> None:
    sku, assets = product

    def questions() -> dict[str, Any]:
        items = target.call("GET", "/work", query={"queue": "alt_text", "limit": "100"})["items"]
        return {item["asset_id"]: item["evidence"]["missing"] for item in items if item["evidence"]["sku"] == sku}

    eventually(lambda: questions() == {each: ["de-DE"] for each in assets}, "a question for each picture")
    edit = {"set": {"alt_text": {"de": "Die Sohle von unten"}}}
    target.call("PATCH", f"/assets/{assets[1]}/metadata", body=edit)
    eventually(lambda: questions() == {assets[0]: ["de-DE"]}, "the written one to be settled")
    assert gallery(target, sku)["slots"][1]["alt_text"] == "Die Sohle von unten"
    target.call("PUT", f"/products/{sku}", body={"status": "unpublished", "texts": {"de-DE": {"name": "Schuh"}}})
    eventually(lambda: questions() == {}, "the others to be settled, as nobody sees them")
