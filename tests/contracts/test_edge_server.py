"""The local edge over real loopback HTTP, with the real template and a bucket in memory."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from botocore.exceptions import EndpointConnectionError

from fakes.edge_world import BODY, DOCUMENT, KEY, PATH, World, client_error, refusal


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        yield world


@pytest.fixture
def unsigned_world() -> Iterator[World]:
    with World(TrustedKeyGroups=[]) as world:
        yield world


# --- signatures -------------------------------------------------------------------------------------------------


def test_a_signed_request_is_served_with_the_origins_and_the_policys_headers(world: World) -> None:
    response, body = world.ask(world.sign())
    assert (response.status, body) == (200, BODY)
    expected = {
        "Content-Type": "image/jpeg",
        "Content-Length": "200",
        "ETag": '"abc"',
        "Last-Modified": "Mon, 31 Dec 2029 23:00:01 GMT",
        "Cache-Control": "public, max-age=600",
        "Accept-Ranges": "bytes",
        "x-amz-meta-cache-tag": "asset:a1",
        "X-Cache": "Miss from cloudfront",
        "Via": "1.1 assetwire-edge (CloudFront)",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    }
    assert {name: response.headers[name] for name in expected} == expected
    assert "Access-Control-Allow-Origin" not in response.headers
    assert world.bucket.reads == [KEY]


def test_cookies_let_a_viewer_in_where_the_url_is_not_signed_and_share_its_cached_answer(world: World) -> None:
    query = parse_qs(world.sign().partition("?")[2])
    cookies = "; ".join(f"CloudFront-{name}={values[0]}" for name, values in query.items())
    response, body = world.ask(PATH, Cookie=f"theme=dark; {cookies}")
    assert (response.status, body) == (200, BODY)
    assert world.ask(world.sign())[0].headers["X-Cache"] == "Hit from cloudfront"
    assert refusal(world.ask(f"{PATH}?Expires=1", Cookie=cookies)[0]) == (403, "malformed")
    assert refusal(world.ask("/other.jpg", Cookie=cookies)[0]) == (403, "bad_signature")


def test_an_unsigned_request_is_refused_also_when_the_answer_is_cached(world: World) -> None:
    world.ask(world.sign())
    response, body = world.ask(PATH)
    assert refusal(response) == (403, "unsigned")
    assert b"<Code>AccessDenied</Code><Message>Access denied</Message>" in body
    assert response.headers["Content-Type"] == "application/xml"
    assert response.headers["X-Cache"] == "Error from cloudfront"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_url_dies_at_its_instant_although_the_answer_is_cached(world: World) -> None:
    target = world.sign(seconds=60)
    world.ask(target)
    world.now += timedelta(seconds=59)
    assert world.ask(target)[0].headers["X-Cache"] == "Hit from cloudfront"
    world.now += timedelta(seconds=1)
    assert refusal(world.ask(target)[0]) == (403, "expired")


def test_a_signature_for_another_path_or_another_host_is_refused(world: World) -> None:
    world.bucket.put("a1/other.jpg", b"x")
    assert refusal(world.ask(world.sign().replace(PATH, "/a1/other.jpg"))[0]) == (403, "bad_signature")
    assert refusal(world.ask(world.sign(base="http://evil.example"), Host="evil.example")[0]) == (403, "bad_signature")
    assert world.ask(world.sign(), Host="evil.example")[0].status == 200


def test_a_doubled_leading_slash_is_judged_as_it_was_sent(world: World) -> None:
    assert refusal(world.ask(f"/{world.sign()}")[0]) == (403, "bad_signature")


def test_without_the_key_group_in_the_template_unsigned_requests_succeed(unsigned_world: World) -> None:
    assert unsigned_world.ask(PATH)[0].status == 200


def test_refused_requests_never_reach_the_origin(world: World) -> None:
    world.ask(PATH)
    world.ask(world.sign().replace("Signature=", "Signature=A"))
    assert world.bucket.reads == []


# --- cache ------------------------------------------------------------------------------------------------------


def test_the_second_request_is_a_hit_with_its_age_whatever_its_signature(world: World) -> None:
    world.ask(world.sign())
    world.now += timedelta(seconds=42)
    response, body = world.ask(world.sign(seconds=99))
    assert (response.status, body) == (200, BODY)
    assert (response.headers["X-Cache"], response.headers["Age"]) == ("Hit from cloudfront", "42")
    assert len(world.bucket.reads) == 1


def test_the_origin_is_asked_again_when_its_max_age_is_over(world: World) -> None:
    world.ask(world.sign())
    world.now += timedelta(seconds=600)
    assert world.ask(world.sign())[0].headers["X-Cache"] == "Miss from cloudfront"


def test_deleted_bytes_stay_visible_until_they_are_purged(world: World) -> None:
    world.ask(world.sign())
    del world.bucket.objects[KEY]
    assert world.ask(world.sign())[0].status == 200
    world.cache.invalidate(["/a1/*"])
    assert refusal(world.ask(world.sign())[0]) == (403, "no_such_object")


def test_a_missing_object_is_forbidden_and_seen_as_soon_as_it_exists(world: World) -> None:
    target = world.sign("/a2/x.jpg")
    response, body = world.ask(target)
    assert (response.status, response.headers["X-Cache"]) == (403, "Error from cloudfront")
    assert b"AccessDenied" in body
    world.bucket.put("a2/x.jpg", b"x")
    assert world.ask(target)[0].status == 200


def test_spellings_of_one_path_share_one_answer(unsigned_world: World) -> None:
    unsigned_world.ask(PATH)
    assert unsigned_world.ask("/%61%31/g1/v1/web%20800.jpg")[0].headers["X-Cache"] == "Hit from cloudfront"


# --- methods ----------------------------------------------------------------------------------------------------


def test_head_answers_like_get_without_a_body(world: World) -> None:
    response, body = world.ask(world.sign(), "HEAD")
    assert (response.status, response.headers["Content-Length"], body) == (200, "200", b"")
    assert world.ask(world.sign())[1] == BODY


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_writing_methods_are_not_allowed(world: World, method: str) -> None:
    world.connection.request(method, world.sign(), body=b"x" * 10)
    response = world.connection.getresponse()
    response.read()
    assert refusal(response) == (405, "method_not_allowed")
    assert world.ask(world.sign())[0].status == 200


def test_a_method_that_the_behaviour_does_not_list_is_not_allowed() -> None:
    with World(AllowedMethods=["GET", "HEAD"]) as world:
        assert world.ask(world.sign(), "OPTIONS")[0].status == 405


def test_a_preflight_is_judged_and_then_answered_as_the_bucket_would(world: World) -> None:
    asking = {"Origin": "https://www.shop.example", "Access_Control_Request_Method": "GET"}
    assert refusal(world.ask(PATH, "OPTIONS", **asking)[0]) == (403, "unsigned")
    response, _ = world.ask(world.sign(), "OPTIONS", **asking)
    has_cors = "CorsConfiguration" in DOCUMENT["Resources"]["DeliveryBucket"]["Properties"]
    assert response.status == (200 if has_cors else 403)
    assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD"


def test_cors_headers_answer_allowed_origins_alone(world: World) -> None:
    allowed = world.ask(world.sign(), Origin="https://www.shop.example")[0].headers
    assert allowed["Access-Control-Allow-Origin"] == "https://www.shop.example"
    assert allowed["Vary"] == "Origin"
    assert "Access-Control-Allow-Methods" not in allowed
    refused = world.ask(world.sign(), Origin="https://www.shop.example.evil.example")[0].headers
    assert "Access-Control-Allow-Origin" not in refused


# --- conditions and ranges --------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", ['"abc"', 'W/"abc"', '"x", "abc"', "*"])
def test_a_known_entity_tag_is_not_modified(world: World, tag: str) -> None:
    response, body = world.ask(world.sign(), If_None_Match=tag)
    assert (response.status, body, response.headers["ETag"]) == (304, b"", '"abc"')
    assert "Content-Type" not in response.headers


def test_other_validators_get_the_whole_answer(world: World) -> None:
    assert world.ask(world.sign(), If_None_Match='"abd"')[0].status == 200
    assert world.ask(world.sign(), If_Modified_Since="Mon, 31 Dec 2029 23:00:00 GMT")[0].status == 200
    assert world.ask(world.sign(), If_Modified_Since="yesterday")[0].status == 200
    assert world.ask(world.sign(), If_Modified_Since="Mon, 31 Dec 2029 23:00:01 GMT")[0].status == 304


@pytest.mark.parametrize(
    ("asked", "content_range", "expected"),
    [
        ("bytes=0-9", "bytes 0-9/200", BODY[:10]),
        ("bytes=190-", "bytes 190-199/200", BODY[190:]),
        ("bytes=190-999", "bytes 190-199/200", BODY[190:]),
        ("bytes=-5", "bytes 195-199/200", BODY[195:]),
        ("bytes=-999", "bytes 0-199/200", BODY),
        ("bytes=0-0", "bytes 0-0/200", BODY[:1]),
    ],
)
def test_one_byte_range_is_served_from_the_whole_body(
    world: World, asked: str, content_range: str, expected: bytes
) -> None:
    response, body = world.ask(world.sign(), Range=asked)
    assert (response.status, response.headers["Content-Range"], body) == (206, content_range, expected)
    assert response.headers["Content-Length"] == str(len(expected))


@pytest.mark.parametrize("asked", ["bytes=200-", "bytes=-0", "bytes=500-600"])
def test_a_range_beyond_the_body_is_not_satisfiable(world: World, asked: str) -> None:
    response, _ = world.ask(world.sign(), Range=asked)
    assert (response.status, response.headers["Content-Range"]) == (416, "bytes */200")


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=-", "bytes=5-1", "items=0-1", "bytes=a-b"])
def test_ranges_of_another_shape_get_the_whole_body(world: World, asked: str) -> None:
    response, body = world.ask(world.sign(), Range=asked)
    assert (response.status, body) == (200, BODY)


def test_a_range_of_another_version_gets_the_whole_body(world: World) -> None:
    assert world.ask(world.sign(), Range="bytes=0-1", If_Range='"old"')[0].status == 200
    assert world.ask(world.sign(), Range="bytes=0-1", If_Range='"abc"')[0].status == 206


# --- origin errors and odd targets ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (client_error("AccessDenied", 403), (403, "no_such_object")),
        (client_error("NoSuchBucket", 404), (404, "origin_error")),
        (client_error("SlowDown", 503), (503, "origin_error")),
        (EndpointConnectionError(endpoint_url="http://x"), (502, "origin_unreachable")),
        (ConnectionResetError(), (502, "origin_unreachable")),
    ],
)
def test_an_origins_error_is_passed_on_and_not_kept(
    world: World, failure: Exception, expected: tuple[int, str]
) -> None:
    world.bucket.failure = failure
    assert refusal(world.ask(world.sign())[0]) == expected
    world.bucket.failure = None
    assert world.ask(world.sign())[0].status == 200


@pytest.mark.parametrize("target", ["/", "/a/../a1/x.jpg", "/a/%2e%2e/x.jpg", "/a/..%2fx.jpg", "/%ff.jpg"])
def test_targets_that_name_no_object_never_reach_the_origin(unsigned_world: World, target: str) -> None:
    assert refusal(unsigned_world.ask(target)[0]) == (403, "no_such_object")
    assert unsigned_world.bucket.reads == []


@pytest.mark.parametrize(("target", "status"), [("http://elsewhere/x", 400), ("*", 400), ("/" + "a" * 9000, 413)])
def test_targets_that_are_no_path_or_too_long_are_refused(world: World, target: str, status: int) -> None:
    assert world.ask(target)[0].status == status
