"""Policies: byte for byte what AWS's own tools sign; and URLs that can have one."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.signers import CloudFrontSigner
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.errors import InvalidRequest
from assetwire.domain.signed_policy import (
    LAST_EPOCH,
    LONGEST_URL,
    RESERVED,
    canned_policy,
    checked_conditions,
    checked_key_pair_id,
    checked_length,
    checked_literal,
    checked_resource,
    checked_url,
    custom_policy,
)

URL = "https://media.example/AT-DE/a1/g1/v1/web-320.jpg"
END = 1_900_000_000
AWS = CloudFrontSigner("K1", lambda _: b"")

paths = st.text("abcXYZ019-._~!$&()*+,;=:@/", max_size=40).filter(lambda path: not {".", ".."} & set(path.split("/")))
queries = st.none() | st.text("abc019-._~=&+", min_size=1, max_size=30)
urls = st.builds(
    lambda path, query: f"https://d1.example/{path}" + ("" if query is None else f"?{query}"), paths, queries
)
moments = st.integers(2, LAST_EPOCH)
networks = st.none() | st.ip_addresses(v=4).map(str) | st.ip_addresses(v=4).map(lambda each: f"{each}/24")


def moment(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


@given(urls, moments)
def test_a_canned_policy_is_the_text_that_aws_signs(url: str, expires: int) -> None:
    assert canned_policy(checked_url(url), expires) == AWS.build_policy(url, moment(expires))


@given(urls, moments, st.none() | st.integers(1, 1_000), networks)
def test_a_custom_policy_is_the_text_that_aws_signs(url: str, end: int, before: int | None, ip: str | None) -> None:
    start = None if before is None or before >= end else end - before
    conditions = checked_conditions(end, start, ip)
    theirs = AWS.build_policy(url, moment(end), date_greater_than=start and moment(start), ip_address=ip)
    assert custom_policy(url, conditions) == theirs
    assert json.loads(theirs)["Statement"][0]["Resource"] == url


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "http://127.0.0.1:4580/a%20b/%C3%BC.jpg?v=2&w=3",
        "https://d1.example/",
        "https://d1.example/.well-known/a..b/...",
        "http://[::1]:4580/a.jpg",
        "https://d1.example/*?a=b?c",
        f"{URL}?expires=1&policy=x&KEY-PAIR-ID=y&Expires2=1&a=Expires",
    ],
)
def test_a_url_is_signed_as_it_is(url: str) -> None:
    assert checked_url(url) == url


@pytest.mark.parametrize(
    "part", ['"', "'", "\\", " ", "\n", "\x00", "\x7f", "ü", "<", ">", "^", "`", "{", "|", "}", "#x", "%", "%2g", "%zz"]
)
@pytest.mark.parametrize("place", ["https://d1.example/a{}b", "https://d1.example/a?b={}", "https://d1{}.example/a"])
def test_what_must_be_percent_encoded_is_refused_and_never_changed(part: str, place: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        checked_url(place.format(part) if part not in {"{", "}"} else place.replace("{}", part))
    assert refused.value.code == "invalid_url"


@pytest.mark.parametrize(
    ("part", "written"),
    [(" ", "%20"), ('"', "%22"), ("'", "%27"), ("\n", "%0A"), ("ü", "%C3%BC"), ("\udcff", "%FF"), ("%", "%25")],
)
def test_a_refusal_names_the_character_and_what_to_write(part: str, written: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        checked_url(f"{URL}{part}.jpg")
    assert f"{part!a} at {len(URL)}: percent-encode it as {written}" in refused.value.message
    assert refused.value.message.isascii()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://D1.example/a", "small letters"),
        ("HTTPS://d1.example/a", "small letters"),
        ("https://d1.example", "a path"),
        ("https://d1.example?a=1", "a path"),
        ("https://d1.example:443/a", "default port"),
        ("http://d1.example:80/a", "default port"),
        ("https://d1.example:99999/a", "no port"),
        ("https://d1.example:65536/a", "no port"),
        ("https://d1.example:0/a", "no port"),
        ("https://d1.example:0443/a", "no port"),
        ("https://d1.example/a/../b", "resolve"),
        ("https://d1.example/./b", "resolve"),
        ("https://d1.example/a/%2e%2E", "resolve"),
        (f"{URL}?", "question mark"),
        ("https://d1.example/a[1]", "a URL is"),
    ],
)
def test_what_viewers_ask_for_otherwise_is_refused(url: str, why: str) -> None:
    with pytest.raises(InvalidRequest, match=why) as refused:
        checked_url(url)
    assert refused.value.code == "invalid_url"


@pytest.mark.parametrize("url", ["https://d1.example/a/*", f"{URL}?a=*", f"{URL}?a=b?c"])
def test_a_wildcard_by_accident_is_refused_in_a_custom_policy(url: str) -> None:
    assert checked_literal(f"{URL}?a=b") == f"{URL}?a=b"
    with pytest.raises(InvalidRequest, match="wildcard") as refused:
        checked_literal(checked_url(url))
    assert refused.value.code == "invalid_url"


def test_a_signature_counts_as_a_part_of_the_url() -> None:
    assert checked_length("x" * LONGEST_URL)
    with pytest.raises(InvalidRequest, match="with its signature"):
        checked_length("x" * (LONGEST_URL + 1))


@pytest.mark.parametrize(
    "url", ["", "d1.example/a", "ftp://d1.example/a", "https:///a", "https://u@d1.example/a", "//d1/a"]
)
def test_what_is_no_url_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        checked_url(url)
    assert refused.value.code == "invalid_url"


def test_a_url_has_a_length() -> None:
    longest = "https://d1.example/".ljust(LONGEST_URL, "a")
    assert checked_url(longest) == longest
    with pytest.raises(InvalidRequest, match="8192 characters"):
        checked_url(f"{longest}a")


@pytest.mark.parametrize("name", sorted(RESERVED))
@pytest.mark.parametrize("query", ["{}=1", "a=1&{}=2", "{}", "{}=1&a=2"])
def test_parameters_of_cloudfront_are_refused_however_they_are_written(name: str, query: str) -> None:
    encoded = "".join(f"%{ord(letter):02x}" for letter in name)
    for written in (name, encoded, f"{name[0]}%{ord(name[1]):02X}{name[2:]}"):
        with pytest.raises(InvalidRequest) as refused:
            checked_url(f"{URL}?{query.format(written)}")
        assert refused.value.code == "reserved_parameter"
    assert checked_url(f"{URL}?{query.format(f'my{name}')}")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ((0,), "invalid_expiry"),
        ((-5,), "invalid_expiry"),
        ((LAST_EPOCH + 1,), "invalid_expiry"),
        ((END, END), "invalid_start"),
        ((END, -1), "invalid_start"),
        *(
            ((END, None, ip), "invalid_ip")
            for ip in ("::1", "1.2.3", "10.0.0.0/33", "10.0.0.0/255.0.0.0", "", "x", "01.2.3.4", "1.2.3.4\n", "*")
        ),
    ],
)
def test_conditions_that_are_none_are_refused(asked: tuple[Any, ...], code: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        checked_conditions(*asked)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        "http*://d1.example/*",
        "https://d1.example/a/g3/*",
        "https://d1.example/?.jpg",
        "*d1.example/a",
        "https://d1.example*",
    ],
)
def test_a_resource_may_have_wildcards(resource: str) -> None:
    assert checked_resource(resource) == resource


@pytest.mark.parametrize(
    "resource", ["", "http", "https://", "http*", "d1.example/*", "ftp://a/*", 'https://a/"', "https://a/ü"]
)
def test_what_is_no_resource_is_refused(resource: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        checked_resource(resource)
    assert refused.value.code == "invalid_resource"


def test_a_resource_has_none_of_cloudfronts_parameters() -> None:
    with pytest.raises(InvalidRequest) as refused:
        checked_resource("https://d1.example/*?Key-Pair-Id=*")
    assert refused.value.code == "reserved_parameter"


@pytest.mark.parametrize("key_pair_id", ["", "a&b", "a b", "ü", "x" * 129])
def test_a_key_pair_id_is_a_word(key_pair_id: str) -> None:
    assert checked_key_pair_id("K2JCJMDEHXQW5F") == "K2JCJMDEHXQW5F"
    with pytest.raises(InvalidRequest):
        checked_key_pair_id(key_pair_id)
