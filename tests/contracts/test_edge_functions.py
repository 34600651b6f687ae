"""The local edge with the template's function: territories, tokens, and who keeps what for how long."""

import http.client
from collections.abc import Iterator

import pytest

from assetwire.domain.viewer_paths import TokenKey, path_by_token
from assetwire_cli.edge.function import FunctionError
from fakes.edge_world import BODY, World, refusal

FILE = "a1/g1/20261120t120000-abcdefgh/web-320.jpg"
KEY = TokenKey("A", "a secret")
COUNTRY = "CloudFront-Viewer-Country"


@pytest.fixture
def world() -> Iterator[World]:
    with World(functions=True, key=FILE) as world:
        for function in world.functions.values():
            function.hold({"TokenKeyA": KEY.secret})
        yield world


def ask(world: World, target: str, country: str | None = "DE", **headers: str) -> http.client.HTTPResponse:
    if country is not None:
        headers[COUNTRY.replace("-", "_")] = country
    response, body = world.ask(target, **headers)
    assert body in (BODY, b"") or response.status >= 400
    return response


def token(world: World, seconds: int = 60, file: str = FILE) -> str:
    return "/" + path_by_token(file, channel="walmart-us", expires=int(world.now.timestamp()) + seconds, by=KEY)


def test_all_territories_and_channels_share_one_cached_answer(world: World) -> None:
    targets = [world.sign(f"/{where}/{FILE}") for where in ("DE", "AT-DE", "any")] + [token(world)]
    answers = [ask(world, target) for target in targets]
    assert [(each.status, each.headers["X-Cache"].split()[0]) for each in answers] == [
        (200, "Miss"),
        *[(200, "Hit")] * 3,
    ]
    assert world.bucket.reads == [FILE]


def test_a_viewer_elsewhere_or_of_unknown_country_is_refused_with_a_warm_cache(world: World) -> None:
    target, anywhere = world.sign(f"/AT-DE/{FILE}"), world.sign(f"/any/{FILE}")
    assert ask(world, target).status == 200
    for refused, country, reason in (
        (target, "FR", "other_territory"),
        (target, None, "no_viewer_country"),
        (target, "", "no_viewer_country"),
        (anywhere, None, "no_viewer_country"),
    ):
        response = ask(world, refused, country)
        assert refusal(response) == (403, reason)
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert ask(world, anywhere, "FR").status == 200


def test_the_signature_covers_the_territories(world: World) -> None:
    signed = world.sign(f"/AT/{FILE}")
    assert refusal(ask(world, signed.replace("/AT/", "/AT-DE/"))) == (403, "bad_signature")
    assert refusal(ask(world, f"/DE/{FILE}")) == (403, "unsigned")
    assert refusal(ask(world, world.sign(f"/{FILE}"))) == (403, "malformed")
    assert world.bucket.reads == []


def test_a_token_opens_its_file_from_anywhere_until_it_ends_though_the_answer_is_cached(world: World) -> None:
    target = token(world, 60)
    assert ask(world, target, None).status == 200
    world.now = world.now.replace(minute=1)
    assert refusal(ask(world, target, None)) == (403, "expired")


def test_a_token_opens_no_other_generation(world: World) -> None:
    world.bucket.put(FILE.replace("/g1/", "/g2/"), b"more")
    assert refusal(ask(world, token(world).replace("/g1/", "/g2/"), None)) == (403, "bad_token")


def test_no_signature_opens_the_tokens_behaviour_and_no_token_the_signed_one(world: World) -> None:
    assert refusal(ask(world, world.sign(f"/t/DE/{FILE}"))) == (403, "malformed")
    assert refusal(ask(world, "/%74" + token(world)[2:])) == (403, "malformed")
    assert refusal(ask(world, "/T" + token(world)[2:])) == (403, "unsigned")
    assert refusal(ask(world, token(world)[2:])) == (403, "unsigned")
    assert world.bucket.reads == []


def test_a_key_that_is_taken_away_opens_nothing_any_more(world: World) -> None:
    assert ask(world, token(world)).status == 200
    for function in world.functions.values():
        function.hold({})
    assert refusal(ask(world, token(world))) == (403, "bad_token")


def test_a_browser_keeps_it_as_long_as_the_origin_says_and_the_url_lives(world: World) -> None:
    path = f"/DE/{FILE}"
    assert ask(world, world.sign(path)).headers["Cache-Control"] == "private, max-age=600"
    assert ask(world, world.sign(path, seconds=9)).headers["Cache-Control"] == "private, max-age=9"
    again = ask(world, world.sign(path, seconds=9), If_None_Match='"abc"')
    assert (again.status, again.headers["Cache-Control"]) == (304, "private, max-age=9")


def test_nobody_keeps_an_error(world: World) -> None:
    missing = world.sign(f"/DE/{FILE.replace('320', '640')}")
    response = ask(world, missing)
    assert (refusal(response), response.headers["Cache-Control"]) == ((403, "no_such_object"), "no-store")
    assert ask(world, f"/DE/{FILE}").headers["Cache-Control"] == "no-store"
    world.bucket.put(FILE.replace("320", "640"), BODY, CacheControl="public, max-age=60")
    assert ask(world, missing).status == 200


def test_a_purge_by_tag_forgets_every_file_of_an_asset_and_no_other(world: World) -> None:
    other = FILE.replace("a1", "a2")
    world.bucket.put(other, BODY, CacheControl="max-age=60", Metadata={"cache-tag": "x, ASSET:A2"})
    targets = [world.sign(f"/DE/{each}") for each in (FILE, other)]
    for target in targets:
        ask(world, target)
    assert world.cache.invalidate(["#asset:a1"]) == 1
    assert [ask(world, each).headers["X-Cache"].split()[0] for each in targets] == ["Miss", "Hit"]
    assert world.cache.invalidate(["#asset:a", "#asset:a2", "/nothing"]) == 1


def test_a_function_that_fails_lets_nothing_through(world: World) -> None:
    for function in world.functions.values():
        function.close()
        with pytest.raises(FunctionError):
            function.hold({})
    assert refusal(ask(world, world.sign(f"/DE/{FILE}"))) == (503, "function_failed")
    assert refusal(ask(world, token(world))) == (503, "function_failed")


def test_without_the_policy_that_asks_for_it_no_viewers_country_is_known() -> None:
    with World(functions=True, key=FILE, OriginRequestPolicyId={"Ref": "AWS::NoValue"}) as world:
        assert refusal(ask(world, world.sign(f"/DE/{FILE}"))) == (403, "no_viewer_country")
