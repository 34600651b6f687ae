"""The CloudFront Function, the very file that is deployed, in an environment that offers what CloudFront's does."""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from oracles.edge_oracle import OWN

from assetwire.domain.viewer_paths import TokenKey
from assetwire_cli.edge.function import FunctionError, FunctionRuntime
from fakes.viewers import CODE, EPOCH, FILE, KEYS, MALFORMED, NOW, A, B, event, request, token_uri, verdict

MAXIMUM_BYTES = 10_240
"""Source: CloudFront Developer Guide, "Quotas on CloudFront Functions"."""


@pytest.fixture(scope="module")
def runtime() -> Iterator[FunctionRuntime]:
    runtime = FunctionRuntime(CODE, KEYS)
    yield runtime
    runtime.close()


# --- the file ---------------------------------------------------------------------------------------------------


def test_the_function_is_as_small_as_cloudfront_demands() -> None:
    assert len(CODE.encode()) <= MAXIMUM_BYTES


def test_the_function_keeps_to_the_language_that_the_runtime_documents() -> None:
    bare = re.sub(r"//[^\n]*|'(?:\\.|[^'\\])*'|/(?:\\.|[^/\\\n*])+/[.g]", "", CODE)
    for beyond in (r"\bclass\b", r"\.\.\.", r"\bof\b", r"\?\.", r"\?\?", r"\byield\b", r"\brequire\b", r"\beval\b"):
        assert not re.search(beyond, bare), beyond
    assert re.findall(r"^import (\w+) from '(\w+)';$", CODE, re.MULTILINE) == [
        ("cf", "cloudfront"),
        ("crypto", "crypto"),
    ]
    assert CODE.count("import") == 2


@pytest.mark.parametrize(
    "beyond",
    [
        "setTimeout(function () {}, 1)",
        "fetch('https://example.com')",
        "process.exit()",
        "require('fs')",
        "eval('1')",
        "new Function('return 1')",
        "(function () {}).constructor('return 1')()",
        "new Map()",
        "crypto.randomBytes(8)",
        "crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('a'))",
        "crypto.createHmac('sha512', 'key')",
        "crypto.createHash('sha256').update('a').digest('latin1')",
    ],
)
def test_the_environment_offers_nothing_that_cloudfronts_does_not(beyond: str) -> None:
    code = f"import crypto from 'crypto';\nfunction handler(event) {{ {beyond}; return {{}}; }}"
    runtime = FunctionRuntime(code)
    with pytest.raises(FunctionError):
        runtime.run({}, NOW)
    runtime.close()


def test_a_function_that_is_none_is_an_error() -> None:
    for code in ("function other() {}", "import fs from 'fs';\nfunction handler() {}", "no javascript"):
        with pytest.raises(FunctionError):
            FunctionRuntime(code)


# --- territories ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("territories", ["DE", "AT-DE", "DE-FR", "AT-CH-DE", "any"])
def test_a_viewer_in_one_of_the_territories_gets_the_file_that_all_of_them_share(
    runtime: FunctionRuntime, territories: str
) -> None:
    assert verdict(runtime, request(f"/{territories}/{FILE}")) == ("", f"/{FILE}")


@pytest.mark.parametrize("territories", ["AT", "AT-CH", "FR"])
def test_a_viewer_elsewhere_gets_nothing(runtime: FunctionRuntime, territories: str) -> None:
    assert verdict(runtime, request(f"/{territories}/{FILE}")) == ("other_territory", "")


@pytest.mark.parametrize("territories", ["DE", "any"])
@pytest.mark.parametrize("country", [None, "", "D", "DEU"])
def test_a_viewer_of_unknown_country_gets_nothing_not_even_what_is_for_everywhere(
    runtime: FunctionRuntime, territories: str, country: str | None
) -> None:
    assert verdict(runtime, request(f"/{territories}/{FILE}", country)) == ("no_viewer_country", "")


def test_a_viewer_who_names_two_countries_gets_nothing(runtime: FunctionRuntime) -> None:
    asked = request(f"/DE/{FILE}")
    asked["headers"]["cloudfront-viewer-country"]["multiValue"] = [{"value": "DE"}, {"value": "FR"}]
    assert verdict(runtime, asked) == ("no_viewer_country", "")


def test_a_country_is_compared_to_the_letter(runtime: FunctionRuntime) -> None:
    assert verdict(runtime, request(f"/DE/{FILE}", "de"))[0] == "other_territory"


@pytest.mark.parametrize("uri", MALFORMED)
def test_a_path_of_any_other_form_gets_nothing(runtime: FunctionRuntime, uri: str) -> None:
    assert verdict(runtime, request(uri)) == ("malformed", "")


def test_only_cloudfronts_own_query_parameters_are_kept(runtime: FunctionRuntime) -> None:
    query = dict.fromkeys([*OWN, "w", "expires", "constructor", "__proto__", ""], "1")
    answer = runtime.run(event(request(f"/DE/{FILE}", query=query)), NOW)
    assert answer["querystring"].keys() == OWN


# --- tokens -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [A, B])
@pytest.mark.parametrize("country", [None, "US", "DE"])
def test_a_token_opens_its_file_wherever_it_is_fetched_from_by_either_key(
    runtime: FunctionRuntime, by: TokenKey, country: str | None
) -> None:
    assert verdict(runtime, request(token_uri(by=by), country)) == ("", f"/{FILE}")


def test_a_token_needs_no_query_and_none_goes_on(runtime: FunctionRuntime) -> None:
    uri = token_uri()
    assert re.fullmatch(r"/[A-Za-z0-9/._-]+\.jpg", uri)
    answer = runtime.run(event(request(uri, query={"Expires": "9", "w": "1"})), NOW)
    assert answer["querystring"] == {}


def test_a_token_ends_with_its_second(runtime: FunctionRuntime) -> None:
    uri = token_uri(expires=EPOCH + 1)
    before = NOW.replace(microsecond=999_000)
    assert verdict(runtime, request(uri), before) == ("", f"/{FILE}")
    assert verdict(runtime, request(uri), NOW.replace(second=1)) == ("expired", "")


def test_a_token_is_bound_to_everything_that_it_says_and_to_its_file(runtime: FunctionRuntime) -> None:
    uri, expires = token_uri(), EPOCH + 60
    forged = [
        uri.replace("/A.", "/B."),
        uri.replace(f".{expires}.", f".{expires + 1}."),
        uri.replace("walmart-us", "walmart-ca"),
        uri.replace("/a1/", "/a2/"),
        uri.replace("/g1/", "/g2/"),
        uri.replace("-abcdefgh/", "-abcdefgi/"),
        uri.replace("web-320.jpg", "web-640.jpg"),
        uri.replace("web-320.jpg", "web-320.png"),
        token_uri(by=TokenKey("A", "a guess")),
        token_uri(by=TokenKey("C", "a secret")),
        token_uri(by=TokenKey("A", "")),
    ]
    assert uri not in forged
    assert {verdict(runtime, request(each)) for each in forged} == {("bad_token", "")}


def test_no_letter_of_a_code_may_be_another(runtime: FunctionRuntime) -> None:
    uri = token_uri()
    start = uri.index("walmart-us.") + len("walmart-us.")
    for at in range(start, start + 43):
        other = "A" if uri[at] != "A" else "B"
        assert verdict(runtime, request(uri[:at] + other + uri[at + 1 :])) == ("bad_token", "")


@pytest.mark.parametrize(
    "change",
    [
        lambda uri: uri.replace("/t/", "/t//"),
        lambda uri: uri.replace("/t/", "//t/"),
        lambda uri: uri.replace("/t/", "/%74/"),
        lambda uri: uri.replace("/t/A.", "/t/A/"),
        lambda uri: uri.replace("/t/A.", "/t/."),
        lambda uri: uri.replace("/t/A.", "/t/__proto__."),
        lambda uri: uri.replace(f".{EPOCH + 60}.", f".0{EPOCH + 60}."),
        lambda uri: uri.replace(f".{EPOCH + 60}.", f".+{EPOCH + 60}."),
        lambda uri: uri.replace(f".{EPOCH + 60}.", ".1e99."),
        lambda uri: uri.replace("walmart-us", "Walmart"),
        lambda uri: uri.replace("/a1/", "=/a1/"),
        lambda uri: uri.replace("/g1/", "/g1/../g1/"),
        lambda uri: uri + "\n",
        lambda uri: uri + "/",
        lambda uri: uri.removesuffix(".jpg"),
        lambda uri: "/DE" + uri,
    ],
)
def test_a_token_path_of_any_other_form_gets_nothing(runtime: FunctionRuntime, change: Any) -> None:
    assert change(token_uri()) != token_uri()
    assert verdict(runtime, request(change(token_uri()))) == ("malformed", "")


def test_without_its_key_no_token_opens_anything() -> None:
    runtime = FunctionRuntime(CODE)
    assert verdict(runtime, request(token_uri())) == ("bad_token", "")
    runtime.hold({"TokenKeyA": ""})
    assert verdict(runtime, request(token_uri(by=TokenKey("A", "")))) == ("bad_token", "")
    runtime.hold(KEYS)
    assert verdict(runtime, request(token_uri())) == ("", f"/{FILE}")
    runtime.close()


# --- how long a browser keeps it --------------------------------------------------------------------------------


def policy(expires: object) -> str:
    said = {"Statement": [{"Resource": "*", "Condition": {"DateLessThan": {"AWS:EpochTime": expires}}}]}
    return base64.b64encode(json.dumps(said).encode()).decode().translate(str.maketrans("+=/", "-_~"))


def kept(
    runtime: FunctionRuntime, asked: dict[str, Any], said: str | None = "public, max-age=60, s-maxage=86400"
) -> str:
    """Return the Cache-Control that a viewer gets, whichever of both requests the response's event holds."""
    headers = {} if said is None else {"cache-control": {"value": said}}
    original = json.loads(json.dumps(asked))
    passed = runtime.run(event(asked), NOW)
    answers = [
        runtime.run(event(each, {"statusCode": 200, "headers": dict(headers)}), NOW) for each in (original, passed)
    ]
    assert answers[0] == answers[1]
    return str(answers[0]["headers"]["cache-control"]["value"])


def signed(**query: str) -> dict[str, Any]:
    return request(f"/DE/{FILE}", query=query)


@pytest.mark.parametrize(
    ("left", "expected"), [(3600, "private, max-age=60"), (60, "private, max-age=60"), (7, "private, max-age=7")]
)
def test_a_browser_keeps_a_file_no_longer_than_its_url_lives(
    runtime: FunctionRuntime, left: int, expected: str
) -> None:
    end = EPOCH + left
    cookies = {"CloudFront-Policy": {"value": policy(end)}}
    assert kept(runtime, signed(Expires=str(end))) == expected
    assert kept(runtime, signed(Policy=policy(end))) == expected
    assert kept(runtime, request(token_uri(expires=end))) == expected
    assert kept(runtime, request(f"/DE/{FILE}", cookies=cookies)) == expected
    assert kept(runtime, request(f"/DE/{FILE}", cookies={"CloudFront-Expires": {"value": str(end)}})) == expected


def test_the_earliest_of_several_ends_counts(runtime: FunctionRuntime) -> None:
    both = signed(Expires=str(EPOCH + 40), Policy=policy(EPOCH + 30))
    assert kept(runtime, both) == "private, max-age=30"


@pytest.mark.parametrize("text", ["nonsense", policy("soon"), policy(None), "e30_", ""])
def test_where_the_end_is_not_to_be_seen_a_browser_asks_again_each_time(runtime: FunctionRuntime, text: str) -> None:
    assert kept(runtime, signed(Policy=text)) == "private, max-age=0"
    assert kept(runtime, signed()) == "private, max-age=0"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (None, "private, max-age=0"),
        ("", "private, max-age=0"),
        ("no-store", "no-store"),
        ("s-maxage=500", "private, max-age=0"),
        ("max-age=5", "private, max-age=5"),
        ("s-maxage=9,max-age=5", "private, max-age=5"),
        ("max-age=99999999999", "private, max-age=3600"),
    ],
)
def test_a_browser_keeps_a_file_no_longer_than_the_origin_says(
    runtime: FunctionRuntime, said: str | None, expected: str
) -> None:
    assert kept(runtime, signed(Expires=str(EPOCH + 3600)), said) == expected


def test_what_a_viewer_claims_of_the_end_lengthens_nothing(runtime: FunctionRuntime) -> None:
    claim = {"x-assetwire-ends": {"value": str(EPOCH + 50)}}
    asked = signed(Expires=str(EPOCH + 20))
    asked["headers"] |= claim
    assert kept(runtime, asked) == "private, max-age=20"
    without = request(f"/DE/{FILE}")
    without["headers"] |= claim
    assert "x-assetwire-ends" not in runtime.run(event(without), NOW)["headers"]


def test_an_old_expires_header_does_not_stand_beside_it(runtime: FunctionRuntime) -> None:
    headers = {"cache-control": {"value": "max-age=5"}, "expires": {"value": "Thu, 01 Jan 2099 00:00:00 GMT"}}
    answer = runtime.run(event(signed(), {"statusCode": 200, "headers": headers}), NOW)
    assert answer == {"statusCode": 200, "headers": {"cache-control": {"value": "private, max-age=0"}}}
