"""What the API answers where a gallery is asked for: signed URLs, and nothing where nothing changed."""

import json
import re
from typing import Any

import pytest

from assetwire_cli.edge.signature import judge
from crash.api_calls import proxy_event
from crash.cases import delivered_asset, offer
from crash.world import NOW, World
from fakes.signing_key import PUBLIC_PEM


def ask(world: World, sku: str = "S-1", *, known: str | None = None, **query: str) -> tuple[dict[str, Any], list[str]]:
    """Ask for a gallery in Austria, in German; return the proxy's answer and the calls that it took."""
    event = proxy_event("read_asset") | {"httpMethod": "GET", "resource": "/products/{sku}/media"}
    event |= {"pathParameters": {"sku": sku}, "queryStringParameters": {"territory": "AT", "locale": "de"} | query}
    event["headers"] = {} if known is None else {"If-None-Match": known}
    answer, calls = world.deliver("gallery", event)
    return answer, calls


def test_every_url_of_a_gallery_is_signed_for_its_viewers(signing: World) -> None:
    asset = delivered_asset(signing)
    offer("S-1", asset)
    answer, calls = ask(signing)
    manifest = json.loads(answer["body"])
    assert answer["statusCode"] == 200
    (slot,) = manifest["slots"]
    assert (slot["asset_id"], slot["alt_text"], manifest["left_out"]) == (asset.asset_id, "S-1", [])
    urls = [
        slot["picture"]["src"],
        *re.findall(r"https://\S+", " ".join(s["srcset"] for s in slot["picture"]["sources"])),
    ]
    assert {judge(url, {"K2JCJMDEHXQW5F": PUBLIC_PEM}, NOW, "192.0.2.7").reason for url in urls} == {"ok"}
    assert {url.split("/")[3] for url in urls} == {"AT"}
    assert calls == ["secrets-manager.GetSecretValue", "dynamodb.Query", "dynamodb.BatchGetItem"]


def test_a_gallery_that_did_not_change_is_not_sent_again(signing: World) -> None:
    offer("S-1", delivered_asset(signing))
    first, _ = ask(signing)
    again, _ = ask(signing, known=first["headers"]["ETag"])
    assert (again["statusCode"], again["body"]) == (304, "")
    assert ask(signing, known=first["headers"]["ETag"], locale="en")[0]["statusCode"] == 200


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"territory": "AUT"}, 422, "invalid_request"),
        ({"locale": "german"}, 422, "invalid_request"),
        ({"ttl": "0"}, 422, "invalid_request"),
        ({"channel": "nowhere"}, 404, "channel_not_found"),
        ({"channel": "ebay-de"}, 422, "other_territory"),
        ({"price": "1"}, 422, "invalid_request"),
    ],
)
def test_what_cannot_be_asked_is_refused(signing: World, query: dict[str, str], status: int, code: str) -> None:
    offer("S-1", delivered_asset(signing))
    answer, _ = ask(signing, **query)
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (status, code)


def test_a_product_that_nobody_knows_has_no_gallery(signing: World) -> None:
    answer, _ = ask(signing, "S-9")
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (404, "product_not_found")
