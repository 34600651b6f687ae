"""The local edge with the function of the template, and one signature for all files of an asset."""

import http.client
from collections.abc import Iterator
from datetime import timedelta

import pytest

from assetwire.adapters.url_signer import CloudFrontSigner
from assetwire.domain.rights import Usage, Window
from assetwire.domain.shown import Delivered
from assetwire.services.gallery_urls import AssetCookies, AssetUrls, Viewers, sign_assets, sign_cookies
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.edge_world import BASE, BODY, PRIVATE_PEM, World, refusal

VERSION = some.version().version_id
NAMES = ("web-320.jpg", "web-640.jpg")
ASSET = some.asset(
    rights=some.rights(windows=(Window(),)),
    delivered=Delivered(generation=1, version_id=VERSION, renditions=NAMES, usages=(Usage.WEB,)),
)
FILE = f"{ASSET.asset_id}/g1/{VERSION}/web-320.jpg"
SIGNER = CloudFrontSigner("SigningKeyA", PRIVATE_PEM)
TERMS = {"signer": SIGNER, "base_url": BASE, "maximum_ttl": 86400, "bucket": 0}


@pytest.fixture
def world() -> Iterator[World]:
    with World(functions=True, key=FILE) as world:
        for key in (FILE.replace("320", "640"), FILE.replace("/g1/", "/g10/"), FILE.replace("/g1/", "/g2/")):
            world.bucket.put(key, BODY)
        yield world


def urls(world: World, *territories: str, seconds: int = 600) -> AssetUrls:
    viewers = Viewers(territories or ("DE",), "web", seconds)
    (found,) = sign_assets([ASSET], viewers=viewers, **TERMS, now=world.now).values()
    assert isinstance(found, AssetUrls)
    return found


def cookies(world: World) -> str:
    catalog = FakeCatalog()
    catalog.records["asset", ASSET.asset_id] = ASSET
    viewers = Viewers(("DE",), "web", 600)
    (found,) = sign_cookies([ASSET.asset_id], viewers=viewers, assets=catalog, **TERMS, now=world.now).values()
    assert isinstance(found, AssetCookies)
    return "; ".join(f"{name}={value}" for name, value in found.cookies.items())


def ask(world: World, target: str, country: str = "DE", cookie: str = "") -> http.client.HTTPResponse:
    headers = {"CloudFront-Viewer-Country": country} | ({"Cookie": cookie} if cookie else {})
    response, _ = world.ask(target.removeprefix(BASE), **headers)
    return response


def test_one_query_opens_every_file_and_none_elsewhere(world: World) -> None:
    found = urls(world)
    for name in NAMES:
        assert ask(world, found.url(name)).status == 200
        assert refusal(ask(world, found.url(name), "FR")) == (403, "other_territory")
    world.now += timedelta(seconds=600)
    assert refusal(ask(world, found.url(NAMES[0]))) == (403, "expired")


def test_cookies_open_every_file_by_its_plain_url_and_browsers_keep_it_until_they_end(world: World) -> None:
    held, found = cookies(world), urls(world)
    for name in NAMES:
        assert ask(world, found.opened.url(name), cookie=held).status == 200
        assert refusal(ask(world, found.opened.url(name))) == (403, "unsigned")
        assert refusal(ask(world, found.opened.url(name), "FR", held)) == (403, "other_territory")
    world.now += timedelta(seconds=595)
    kept = ask(world, found.opened.url(NAMES[0]), cookie=held).headers["Cache-Control"]
    assert kept == "private, max-age=5"
    world.now += timedelta(seconds=5)
    assert refusal(ask(world, found.opened.url(NAMES[0]), cookie=held)) == (403, "expired")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("/DE/", "/AT/"), "resource_mismatch"),
        (("/DE/", "/AT-DE/"), "resource_mismatch"),
        (("/DE/", "/any/"), "resource_mismatch"),
        (("/DE/", "//DE/"), "resource_mismatch"),
        (("/g1/", "/g2/"), "resource_mismatch"),
        (("/g1/", "/g10/"), "resource_mismatch"),
        (("/g1/", "/g1/../g2/"), "malformed"),
        (("/g1/", "/g1/%2e%2e/g2/"), "malformed"),
        (("/g1/", "/g1//"), "malformed"),
        (("/web-320.jpg", "/%2e%2e/%2e%2e/g2/" + VERSION + "/web-320.jpg"), "malformed"),
        (("/web-320.jpg", "/web-320.jpg/../web-640.jpg"), "malformed"),
        (("/web-320.jpg", "/web%2D320.jpg"), "malformed"),
        (("/web-320.jpg", "/web-320.jpg%00"), "malformed"),
        (("/web-320.jpg", "/web-320.jpg%3Fx"), "malformed"),
        (("/web-320.jpg", "/web-320.jpg;x"), "malformed"),
    ],
)
def test_the_wildcard_opens_nothing_beyond_the_generation_whatever_a_viewer_writes(
    world: World, change: tuple[str, str], reason: str
) -> None:
    found, held = urls(world), cookies(world)
    assert refusal(ask(world, found.url(NAMES[0]).replace(*change))) == (403, reason)
    assert refusal(ask(world, found.opened.url(NAMES[0]).replace(*change), cookie=held)) == (403, reason)
    assert world.bucket.reads == []


@pytest.mark.parametrize("smuggled", ["w=9", "/g2/", "territory=AT", "x=/../../g2/y", "Policy", "*", "a?b", "%3F"])
def test_a_query_that_a_viewer_adds_to_a_wildcard_changes_nothing_of_the_answer(world: World, smuggled: str) -> None:
    found, held = urls(world), cookies(world)
    assert ask(world, found.url(NAMES[0])).headers["X-Cache"].startswith("Miss")
    for answer in (
        ask(world, f"{found.opened.url(NAMES[0])}?{smuggled}&{found.query}"),
        ask(world, f"{found.opened.url(NAMES[0])}?{smuggled}", cookie=held),
    ):
        if answer.status == 200:
            assert answer.headers["X-Cache"].startswith("Hit")  # the very file that is kept: the query is no part of it
        else:
            assert refusal(answer) == (403, "malformed")
    assert world.bucket.reads == [FILE]


@pytest.mark.parametrize(
    "name", ["Expires=9999999999", "Policy=e30_", "Signature=x", "Key-Pair-Id=K", "Hash-Algorithm=SHA1"]
)
def test_a_parameter_of_cloudfronts_own_beside_the_signature_opens_nothing(world: World, name: str) -> None:
    found, held = urls(world), cookies(world)
    assert ask(world, f"{found.url(NAMES[0])}&{name}").status == 403
    assert ask(world, f"{found.opened.url(NAMES[0])}?{name}", cookie=held).status == 403
    assert world.bucket.reads == []
