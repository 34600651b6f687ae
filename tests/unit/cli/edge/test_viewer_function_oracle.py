"""The CloudFront Function beside an oracle that is written from the documentation alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.edge_oracle import judged

from assetwire.domain.viewer_paths import TokenKey, path_by_token, territorial_path
from assetwire_cli.edge.function import FunctionError, FunctionRuntime
from fakes.viewers import CODE, EPOCH, FILE, KEYS, MALFORMED, NOW, A, B, request, token_uri, verdict


@pytest.fixture(scope="module")
def runtime() -> Iterator[FunctionRuntime]:
    runtime = FunctionRuntime(CODE, KEYS)
    yield runtime
    runtime.close()


COUNTRIES = st.sampled_from([None, "DE", "AT", "FR", "US", "de", "", "DEU", "XK"])
SEGMENTS = st.one_of(
    st.sampled_from(
        ["DE", "AT", "AT-DE", "DE-AT", "DE-DE", "any", "t", "", ".", "..", "a1", "g1", "g0", "v1", "web.jpg"]
    ),
    st.text(alphabet="aDE1g.-_%/\n", max_size=6),
)
PATHS = st.one_of(
    st.sets(st.sampled_from(["AT", "CH", "DE", "FR"]), min_size=1).map(
        lambda codes: territorial_path(sorted(codes), FILE)
    ),
    st.just(territorial_path(("*",), FILE)),
    st.builds(
        lambda channel, expires, by: path_by_token(FILE, channel=channel, expires=expires, by=by),
        st.sampled_from(["walmart-us", "x", "9", "A"]),
        st.integers(EPOCH - 2, EPOCH + 2),
        st.sampled_from([A, B, TokenKey("A", "another"), TokenKey("C", "x")]),
    ),
    st.lists(SEGMENTS, min_size=4, max_size=7).map("/".join),
)


def _with_a_slip(path: str, at: int, letter: str) -> str:
    at %= len(path) + 1
    return path[:at] + letter + path[at + (at % 2) :]


@settings(max_examples=500)
@given(PATHS | st.builds(_with_a_slip, PATHS, st.integers(0, 200), st.sampled_from(list("aD1./-%\n"))), COUNTRIES)
def test_every_request_is_judged_as_the_oracle_judges_it(
    runtime: FunctionRuntime, path: str, country: str | None
) -> None:
    asked = request(f"/{path}", country)
    assert verdict(runtime, asked) == judged(asked, KEYS, NOW.timestamp())


MUTANTS = [
    ("!country || ", "country && "),
    ("country.multiValue || ", ""),
    (" || country.value.length !== 2", ""),
    ("asked[1] !== 'any' && asked[1].split('-').indexOf(country.value) < 0", "false"),
    ("asked[1].split('-').indexOf(country.value) < 0", "asked[1].indexOf(country.value) < 0"),
    (" || !isCanonical(asked[1])", ""),
    ("codes[i - 1] >= codes[i]", "codes[i - 1] > codes[i]"),
    ("!key || !isSame(", "!isSame('', '') || (0, function () { return false; })("),
    ("[1], asked[2], asked[3], asked[5]]", "[1], asked[2], asked[3]]"),
    ("asked[1], asked[2], asked[3], asked[5]]", "asked[1], asked[2], asked[5]]"),
    ("Date.now() >= Number(asked[2]) * 1000", "Date.now() > Number(asked[2]) * 1000"),
    ("Date.now() >= Number(asked[2]) * 1000", "false"),
    ("difference |= ", "difference = "),
    ("{1,8})'", "{1,8}.*)'"),
    ("'(/[a-z0-9]{1,64}", "'(/[a-z0-9.]{1,64}"),
    ("request.uri = file;", "request.uri = request.uri;"),
]


def _hard_cases() -> Iterator[dict[str, Any]]:
    codes = ["DE", "AT", "AT-DE", "DE-AT", "DE-DE", "any"]
    countries = ("DE", "FR", None, "", "D", "DEU", "T-")
    yield from (request(f"/{each}/{FILE}", country) for each in codes for country in countries)
    twice = request(f"/DE/{FILE}")
    twice["headers"]["cloudfront-viewer-country"]["multiValue"] = [{"value": "DE"}, {"value": "FR"}]
    yield twice
    uri = token_uri()
    code = uri.index("walmart-us.") + len("walmart-us.")
    changed = uri[:code] + ("A" if uri[code] != "A" else "B") + uri[code + 1 :]
    yield from map(
        request, [uri, changed, uri.replace("/g1/", "/g2/"), uri.replace("walmart-us", "walmart-ca"), "/x" + uri]
    )
    yield from (request(token_uri(expires=EPOCH + late)) for late in (-60, -1, 0, 1))
    yield from map(request, MALFORMED)


@pytest.mark.parametrize(("right", "wrong"), MUTANTS)
def test_every_weakening_of_the_function_is_seen_by_the_oracle(right: str, wrong: str) -> None:
    assert CODE.count(right) == 1
    runtime = FunctionRuntime(CODE.replace(right, wrong), KEYS)
    differing = 0
    for asked in _hard_cases():
        expected = judged(asked, KEYS, NOW.timestamp())
        try:
            differing += verdict(runtime, asked) != expected
        except FunctionError:
            differing += 1
    runtime.close()
    assert differing
