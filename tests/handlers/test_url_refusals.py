"""Whatever is written into a request for a URL: what is answered is a URL of what was delivered, or a refusal."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from unittest.mock import patch
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire import bootstrap
from assetwire.adapters.url_signer import CloudFrontSigner
from assetwire.bootstrap import moment
from assetwire.domain.rights import Usage, Window
from assetwire.domain.shown import Delivered
from assetwire.domain.signed_policy import RESERVED
from assetwire.domain.viewer_paths import TokenKey
from assetwire_cli.edge.signature import judge
from crash.api_calls import proxy_event
from crash.world import handler_module
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.harmful import pieces, spoilt
from fakes.signing_key import PRIVATE_PEM, PUBLIC_PEM
from fakes.some import NOW

BASE, NAME, VERSION = "https://media.example", "web-320.jpg", some.version().version_id
ASSET = some.asset(
    rights=some.rights(windows=(Window(),), territories=("*",), usages=tuple(Usage)),
    delivered=Delivered(generation=1, version_id=VERSION, renditions=(NAME,), usages=(Usage.WEB,)),
)
FILE = re.escape(f"{ASSET.asset_id}/g1/{VERSION}/{NAME}")
SIGNED = re.compile(rf"{re.escape(BASE)}/(any|[A-Z]{{2}}(-[A-Z]{{2}})*)/{FILE}\?[A-Za-z0-9=&~_-]+")
BY_TOKEN = re.compile(rf"{re.escape(BASE)}/t/A\.[0-9]+\.[a-z0-9-]+\.[A-Za-z0-9_-]{{43}}/{FILE}")
ENVIRONMENT = {
    "AWS_REGION": "eu-central-1",
    "CATALOG_TABLE": "catalog",
    "SIGNING_SECRET_ID": "signing",
    "SIGNING_KEY": "SigningKeyA",
    "SIGNING_KEY_PAIR_ID": "K1",
    "TOKEN_KEY": "TokenKeyA",
    "DELIVERY_BASE_URL": BASE,
    "MAXIMUM_URL_SECONDS": "86400",
    "URL_BUCKET_SECONDS": "600",
}
ONE_PATH = "/assets/{asset_id}/renditions/{rendition}/url"


@pytest.fixture(scope="module", autouse=True)
def minting() -> Iterator[None]:
    """The function as it is wired, with a Catalog and a secret in memory."""
    catalog = FakeCatalog()
    catalog.records["asset", ASSET.asset_id] = ASSET
    signer, token_key = CloudFrontSigner("K1", PRIVATE_PEM), TokenKey("A", "a secret")
    bootstrap.signed_url.cache_clear()
    with (
        patch("assetwire.adapters.catalog.reader.DynamoAssetReader", lambda _: catalog),
        patch("assetwire.adapters.signing_secret.signer_from_secret", lambda *_, **__: signer),
        patch("assetwire.adapters.signing_secret.token_key_from_secret", lambda *_, **__: token_key),
        patch.dict("os.environ", ENVIRONMENT),
        patch.object(moment, "now", lambda: NOW),
    ):
        yield
    bootstrap.signed_url.cache_clear()


def ask(
    method: str, resource: str, *, path: object = None, query: object = None, body: object = None
) -> tuple[int, Any]:
    event = proxy_event("mint_url", body=body, query=query)
    event |= {"httpMethod": method, "resource": resource, "pathParameters": path}
    answer = handler_module("signed_url").handler(event, None)
    return answer["statusCode"], json.loads(answer["body"])


def is_good(url: str, cookies: dict[str, str] | None = None) -> bool:
    """Tell whether a URL is one of the delivered file and opens it, and nothing is in it that does not belong there."""
    if BY_TOKEN.fullmatch(url):
        return True
    held = SIGNED.fullmatch(url if cookies is None else f"{url}?x")
    return bool(held) and judge(url, {"K1": PUBLIC_PEM}, NOW, "192.0.2.9", cookies or {}).reason in {"ok", "ip_denied"}


def one(query: dict[str, str], **path: str) -> tuple[int, Any]:
    named = {"asset_id": ASSET.asset_id, "rendition": NAME} | path
    return ask("GET", ONE_PATH, path=named, query=query)


GOOD = {"territory": "DE,AT", "usage": "web", "ttl": "600", "ip": "192.0.2.0/24"}


def test_what_is_spoilt_below_is_good_as_it_is() -> None:
    assert is_good(one(GOOD)[1]["url"])
    assert is_good(one({"form": "path", "channel": "walmart-us"})[1]["url"])
    assert is_good(ask("POST", "/urls", body={"items": [item()]})[1]["urls"][0]["url"])
    (found,) = ask("POST", "/cookies", body=gallery())[1]["assets"]
    assert is_good(found["urls"][NAME], found["cookies"])


def item(**changes: object) -> dict[str, object]:
    return {"asset_id": ASSET.asset_id, "rendition": NAME, **GOOD, "ttl": 600, **changes}


def gallery(**changes: object) -> dict[str, object]:
    return {"asset_ids": [ASSET.asset_id], **GOOD, "ttl": 600, **changes}


def is_refused(status: int, answer: dict[str, Any]) -> bool:
    """Tell whether this is a typed refusal without a URL: of the whole, or of the one that was asked for."""
    if status in {403, 404, 422}:
        return bool(answer["code"]) and "url" not in answer
    (only,) = answer.get("urls") or answer.get("assets") or [{}]
    return status == 200 and bool(only.get("code")) and "url" not in only and "cookies" not in only


@given(st.data(), st.sampled_from(["territory", "usage", "ip"]))
def test_what_breaks_out_is_refused_in_every_field_of_a_signed_url(data: st.DataObject, field: str) -> None:
    text = data.draw(spoilt(GOOD[field]).filter(lambda text: text != "*"))  # alone, it is every territory
    assert is_refused(*one({**GOOD, field: text})), text
    assert is_refused(*ask("POST", "/urls", body={"items": [item(**{field: text})]})), text
    assert is_refused(*ask("POST", "/cookies", body=gallery(**{field: text}))), text


@given(spoilt(ASSET.asset_id), spoilt(NAME))
def test_what_breaks_out_is_refused_as_an_asset_or_a_file_of_every_form(asset_id: str, rendition: str) -> None:
    for query in (GOOD, {"form": "path", "channel": "walmart-us"}):
        for encoded in (str, lambda text: quote(text, safe="")):
            assert is_refused(*one(query, asset_id=encoded(asset_id))), asset_id
            assert is_refused(*one(query, rendition=encoded(rendition))), rendition
    assert is_refused(*ask("POST", "/urls", body={"items": [item(asset_id=asset_id)]})), asset_id
    assert is_refused(*ask("POST", "/urls", body={"items": [item(rendition=rendition)]})), rendition
    assert is_refused(*ask("POST", "/cookies", body=gallery(asset_ids=[asset_id]))), asset_id


@given(spoilt("walmart-us"))
def test_what_breaks_out_is_refused_as_a_channel(channel: str) -> None:
    assert is_refused(*one({"form": "path", "channel": channel})), channel


@given(spoilt("signed"), spoilt("path"))
def test_what_breaks_out_is_refused_as_a_form(signed: str, path: str) -> None:
    assert is_refused(*one({**GOOD, "form": signed}))
    assert is_refused(*one({"channel": "walmart-us", "form": path}))


@given(st.sampled_from(sorted(RESERVED)) | pieces)
def test_a_parameter_that_nobody_knows_is_refused_cloudfronts_own_too(name: str) -> None:
    assert is_refused(*one({**GOOD, name: "x"}))
    assert is_refused(*one({"form": "path", "channel": "walmart-us", name: "x"}))
    assert is_refused(*ask("POST", "/urls", body={"items": [item(**{name: "x"})]}))
    assert is_refused(*ask("POST", "/cookies", body=gallery(**{name: "x"})))


@given(spoilt("600"))
def test_a_life_is_a_number_however_it_is_written(ttl: str) -> None:
    """Blanks around a number and the like are no harm: it is the number that is signed."""
    for query in ({**GOOD, "ttl": ttl}, {"form": "path", "channel": "walmart-us", "ttl": ttl}):
        status, answer = one(query)
        assert is_refused(status, answer) or is_good(answer["url"]), ttl
    (found,) = ask("POST", "/cookies", body=gallery(ttl=ttl))[1].get("assets", [{"code": "refused"}])
    assert "code" in found or is_good(found["urls"][NAME], found["cookies"]), ttl


@given(st.dictionaries(st.sampled_from([*GOOD, "form", "channel", "x"]), st.text(max_size=9) | pieces, max_size=5))
def test_whatever_is_asked_is_answered_with_a_good_url_or_a_typed_refusal(query: dict[str, str]) -> None:
    status, answer = one(query)
    assert is_refused(status, answer) or (is_good(answer["url"]) and datetime.fromisoformat(answer["expires_at"]) > NOW)
    assert urlsplit(answer.get("url", BASE)).fragment == ""
