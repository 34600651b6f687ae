"""Akeneo's API is asked as its documentation says, and its refusals are told as what they are."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from assetwire.adapters import web
from assetwire.adapters.akeneo import AkeneoPim, Connection
from assetwire.adapters.web import Answered
from assetwire.domain.akeneo import Kind
from assetwire.domain.errors import AssetwireError, Misconfigured, Throttled, Unavailable
from fakes.akeneo import CREDENTIALS, URL, AkeneoDouble
from fakes.some import NOW

CONNECTION: dict[str, Any] = {"url": URL, **CREDENTIALS}


class Wire:
    """The double's answers, and every URL that was asked."""

    def __init__(self) -> None:
        self.double = AkeneoDouble(NOW)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.instead: Answered | None = None

    def ask(self, method: str, url: str, headers: Any, body: bytes | None = None, **limits: object) -> Answered:
        assert limits["seconds"]
        split = urlsplit(url)
        self.asked.append((split.path, {name: value[0] for name, value in parse_qs(split.query).items()}))
        if self.instead is not None and split.path != "/api/oauth/v1/token":
            return self.instead
        return self.double.ask(method, url, headers, body)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    found = Wire()
    monkeypatch.setattr(web, "ask", found.ask)
    return found


def pim(**changes: Any) -> AkeneoPim:
    return AkeneoPim(Connection(**CONNECTION | changes))


def test_what_changed_is_asked_for_by_pages_of_a_hundred(wire: Wire) -> None:
    since = NOW + timedelta(minutes=30, seconds=5)
    pim().first_page(Kind.PRODUCT, since=since, codes=("name", "ean"))
    path, asked = wire.asked[-1]
    assert path == "/api/rest/v1/products-uuid"
    assert json.loads(asked.pop("search")) == {"updated": [{"operator": ">", "value": "2026-06-01 12:30:05"}]}
    assert asked == {
        "pagination_type": "search_after",
        "limit": "100",
        "with_attribute_options": "true",
        "attributes": "name,ean",
    }


def test_models_and_older_pims_have_places_of_their_own(wire: Wire) -> None:
    for known, kind in ((pim(), Kind.MODEL), (pim(by_uuid=False), Kind.PRODUCT)):
        known.first_page(kind, since=None, codes=())
    assert [path for path, _ in wire.asked if "rest" in path] == [
        "/api/rest/v1/product-models",
        "/api/rest/v1/products",
    ]


def test_pages_follow_each_other_by_the_links_that_the_pim_gives(wire: Wire) -> None:
    for number in range(205):
        wire.double.put(f"S-{number}", "x")
    known = pim()
    page = known.first_page(Kind.PRODUCT, since=None, codes=())
    sizes, keys = [len(page.items)], {item["uuid"] for item in page.items}
    while page.next_page is not None:
        page = known.page(page.next_page)
        sizes.append(len(page.items))
        keys |= {item["uuid"] for item in page.items}
    assert (sizes, len(keys), page.as_of) == ([100, 100, 5], 205, NOW)


def test_a_link_to_another_host_leads_to_the_pim_that_is_known(wire: Wire) -> None:
    for number in range(100):
        wire.double.put(f"S-{number}", "x")
    known = pim(url="http://localhost:8080")
    wire.double.ask = lambda *_, **__: Answered(  # type: ignore[method-assign,assignment]
        200,
        json.dumps(
            {
                "access_token": "t",
                "_embedded": {"items": []},
                "_links": {"next": {"href": "https://elsewhere.example/api/rest/v1/products?a=b"}},
            }
        ),
        {"date": "Mon, 01 Jun 2026 12:00:00 GMT"},
    )
    assert known.first_page(Kind.PRODUCT, since=None, codes=()).next_page == "/api/rest/v1/products?a=b"


def test_the_attributes_that_there_are_are_told_with_their_types(wire: Wire) -> None:
    found = pim().attributes(["name", "price", "nothing"])
    assert found == {"name": "pim_catalog_text", "price": "pim_catalog_price_collection"}
    assert pim().attributes([]) == {}


def test_one_token_is_good_for_many_calls_and_an_apps_own_is_asked_of_nobody(wire: Wire) -> None:
    known = pim()
    for _ in range(3):
        known.attributes(["name"])
    assert [path for path, _ in wire.asked].count("/api/oauth/v1/token") == 1
    wire.asked.clear()
    with pytest.raises(Misconfigured):
        AkeneoPim(Connection(url=URL, token="t")).attributes(["name"])
    assert [path for path, _ in wire.asked] == ["/api/rest/v1/attributes"]


@pytest.mark.parametrize(
    ("answer", "kind", "seconds"),
    [
        (Answered(429, "", {"retry-after": "7"}), Throttled, 7),
        (Answered(429, "", {}), Throttled, 10),
        (Answered(429, "", {"retry-after": "Mon, 01 Jun 2026 12:00:00 GMT"}), Throttled, 10),
        (Answered(429, "", {"retry-after": "86400"}), Throttled, 600),
        (Answered(503, "", {}), Unavailable, None),
        (Answered(200, "<html>", {}), Unavailable, None),
        (Answered(200, "[]", {}), Unavailable, None),
        (Answered(200, '{"_embedded": {}}', {}), Unavailable, None),
        (Answered(302, "", {"location": "https://elsewhere.example"}), Misconfigured, None),
        (Answered(403, "Access forbidden", {}), Misconfigured, None),
        (Answered(404, "No route found", {}), Misconfigured, None),
        (Answered(422, "The ean attribute does not exist", {}), Misconfigured, None),
    ],
)
def test_what_is_no_answer_is_told_as_what_it_is(
    wire: Wire, answer: Answered, kind: type[AssetwireError], seconds: float | None
) -> None:
    wire.instead = answer
    with pytest.raises(kind) as caught:
        pim().attributes(["name"])
    assert type(caught.value) is kind
    assert getattr(caught.value, "seconds", None) == seconds


def test_a_pim_that_does_not_say_what_time_it_is_is_not_believed(wire: Wire) -> None:
    wire.instead = Answered(200, '{"_embedded": {"items": []}}', {})
    with pytest.raises(Unavailable):
        pim().first_page(Kind.PRODUCT, since=None, codes=())


def test_wrong_credentials_are_the_houses_fault(wire: Wire) -> None:
    with pytest.raises(Misconfigured) as caught:
        pim(password="other").attributes(["name"])
    assert caught.value.code == "pim_refused"


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://pim.example.com"},
        {"url": "https://pim.example.com/"},
        {"url": "ftp://pim.example.com"},
        {"password": ""},
        {"secret": "x"},
    ],
)
def test_a_connection_that_opens_nothing_or_is_not_safe_is_none(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Connection(**CONNECTION | wrong)


def test_a_pim_on_this_machine_needs_no_https() -> None:
    assert Connection(**CONNECTION | {"url": "http://127.0.0.1:8080"}).url
