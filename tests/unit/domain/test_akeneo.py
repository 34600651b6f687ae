"""Akeneo's payloads become changes of products, by a mapping, and nothing that no mapping names is taken.

`tests/events/akeneo` holds events of the shapes that Akeneo's documentation shows: of version 5, of 7 and later.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from assetwire.domain.akeneo import Kind, change_of
from assetwire.domain.akeneo_events import read
from assetwire.domain.akeneo_mapping import AkeneoMapping, mapping_named
from assetwire.domain.errors import InvalidRequest, Misconfigured, NotUnderstood
from assetwire.domain.product import ProductStatus
from assetwire.domain.product_change import ProductChange
from assetwire.domain.webhook import Read
from fakes.some import NOW

EXAMPLES = Path(__file__).parents[2] / "events" / "akeneo"
AT = datetime(2020, 10, 20, 9, 13, 59, tzinfo=UTC)
MAPPING = mapping_named("default")


def example(name: str) -> bytes:
    return (EXAMPLES / f"{name}.json").read_bytes()


def reading(body: bytes, mapping: AkeneoMapping = MAPPING) -> Read:
    return read(body, source="akeneo", mapping=mapping, now=NOW)


def value(data: Any, locale: str | None = None, scope: str | None = None, **more: Any) -> dict[str, Any]:
    return {"locale": locale, "scope": scope, "data": data, **more}


def said(values: Any = None, *, mapping: Any = None, kind: Kind = Kind.PRODUCT, **fields: Any) -> ProductChange:
    resource = {"identifier": "S-1", "uuid": "u-1", "updated": "2020-10-20T09:13:59+00:00", "values": values or {}}
    change = change_of(
        resource | fields, kind=kind, mapping=MAPPING.model_copy(update=mapping or {}), source="akeneo", seen_at=NOW
    )
    assert change is not None
    return change


def left_out(change: ProductChange) -> list[tuple[str, str]]:
    return [(each.field, each.code) for each in change.told.left_out]


@pytest.mark.parametrize("name", sorted(path.stem for path in EXAMPLES.glob("*.json")))
def test_each_documented_event_is_taken(name: str) -> None:
    found = reading(example(name))
    assert (len(found.changes), found.problems, found.ignored) == (1, (), 0)
    (change,) = found.changes
    assert change.sku == ("sunglasses" if "model" in name else "1111111304")
    assert (change.told.changed_at, change.told.seen_at) == (AT, AT)
    assert (change.facts is None) == name.endswith("removed")


def test_of_all_values_those_are_taken_that_the_mapping_names() -> None:
    (change,) = reading(example("product_updated")).changes
    assert change.facts is not None
    assert change.facts.model_dump(exclude_defaults=True, mode="json") == {
        "status": "published",
        "texts": {"en": {"name": "Sunglasses"}},
    }
    assert "99.00" not in str(change)
    assert left_out(change) == [("ean", "no_gtin")]  # the example's has no check digit


def test_what_a_source_calls_it_is_its_uuid_or_its_code() -> None:
    refs = {name: reading(example(name)).changes[0].told.ref for name in ("product_updated", "product_updated_5")}
    assert refs == {
        "product_updated": "product:1fd20ad8-ef95-49d7-a581-fb9f8ac0c5ad",
        "product_updated_5": "product:1111111304",
    }
    assert reading(example("product_model_removed")).changes[0].told.ref == "product_model:sunglasses"


def test_texts_are_said_in_their_languages_and_in_the_mappings_channel() -> None:
    values = {
        "name": [value("Schuh", "de_DE"), value("Shoe", "en_US", "ecommerce"), value("Print", "en_US", "print")],
        "image_alt_text": [value("<p>Ein <b>roter</b> Schuh<br/>am Fuß</p>", "de_DE")],
        "image_caption": [value("in any language")],
    }
    facts = said(values).facts
    assert facts is not None
    texts = {locale: each.model_dump(exclude_defaults=True) for locale, each in facts.texts.items()}
    assert texts == {
        "de-DE": {"name": "Schuh", "alt_text": "Ein roter Schuh am Fuß"},
        "en": {"caption": "in any language"},
        "en-US": {"name": "Shoe"},
    }


def test_numbers_aliases_and_attributes_are_taken_where_they_are_sound() -> None:
    values = {
        "ean": [value("4012345123456")],
        "gtin": [value("04012345123456"), value("4012345123457")],
        "mpn": [value("M-7"), value("a/b")],
        "color": [
            value("red", linked_data={"attribute": "color", "code": "red", "labels": {"de_DE": "Rot", "en_US": "Red"}})
        ],
        "size": [value(42)],
        "material": [value(["wool", "silk"])],
    }
    change = said(values, mapping={"aliases": ("mpn",)})
    assert change.facts is not None
    assert (change.facts.gtins, change.facts.aliases) == (("04012345123456",), ("M-7",))
    assert change.facts.attributes == {"colour": "red", "size": "42", "material": "wool, silk"}
    assert {locale: texts.attributes for locale, texts in change.facts.texts.items()} == {
        "de-DE": {"colour": "Rot"},
        "en-US": {"colour": "Red"},
    }
    assert left_out(change) == [("gtin", "no_gtin"), ("mpn", "invalid_sku")]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"name": [value("x" * 1001)]}, ("name", "invalid_text")),
        ({"name": [value("a\x00b")]}, ("name", "invalid_text")),
        ({"name": [value({"amount": "1", "unit": "GRAM"})]}, ("name", "wrong_type")),
        ({"name": [value("Nom", "valencià")]}, ("name", "unknown_locale")),
        ({"size": [value("42\n")]}, None),
        ({"size": [value("4\n2")]}, ("size", "invalid_attribute")),
        ({"ean": [value({"amount": "1"})]}, ("ean", "wrong_type")),
    ],
)
def test_what_cannot_be_taken_is_left_out_and_told(values: Any, expected: Any) -> None:
    change = said({"image_caption": [value("stays")], **values})
    assert left_out(change) == ([expected] if expected else [])
    assert change.facts is not None
    assert change.facts.texts["en"].caption == "stays"


def test_a_locale_may_have_a_tag_of_its_own() -> None:
    change = said({"name": [value("Sabata", "ca_ES_valencia")]}, mapping={"locales": {"ca_ES_valencia": "ca-ES"}})
    assert change.facts is not None
    assert list(change.facts.texts) == ["ca-ES"]


@pytest.mark.parametrize(("enabled", "status"), [(True, "published"), (False, "unpublished"), (None, "published")])
def test_what_is_enabled_is_published_and_a_model_always(enabled: bool | None, status: str) -> None:
    facts = said(enabled=enabled).facts
    assert facts is not None
    assert facts.status is ProductStatus(status)


def test_a_variant_names_its_model() -> None:
    facts = said(parent="shoes").facts
    model = said(kind=Kind.MODEL, code="shoes-red", parent="shoes")
    assert facts is not None
    assert model.facts is not None
    assert (facts.parent, model.sku, model.facts.parent) == ("shoes", "shoes-red", "shoes")
    assert left_out(said(parent="a/b")) == [("parent", "invalid_sku")]


def test_the_sku_may_stand_in_an_attribute() -> None:
    assert said({"article": [value("A-7")]}, mapping={"sku": "article"}).sku == "A-7"


def test_a_product_without_a_sku_is_nobodys_yet() -> None:
    event = {"action": "product.updated", "event_datetime": "2020-10-20T09:13:59+00:00"}
    event["data"] = {"resource": {"identifier": None, "uuid": "u"}}  # type: ignore[assignment]
    found = reading(json.dumps({"events": [event, {"action": "category.created"}]}).encode())
    assert found == Read(ignored=2)


@pytest.mark.parametrize(
    "price",
    [
        value([{"amount": "9.99", "currency": "EUR"}]),
        value([], attribute_type="pim_catalog_price_collection"),
        value({"amount": 9.99, "currency": "EUR"}),
    ],
)
def test_a_mapping_that_turns_out_to_name_prices_takes_nothing(price: Any) -> None:
    with pytest.raises(Misconfigured) as caught:
        said({"name": [price]})
    assert caught.value.code == "price_mapped"


@pytest.mark.parametrize("place", [{"sku": "price"}, {"gtins": ["ean", "msrp"]}, {"texts": {"name": ["unit_price"]}}])
def test_a_mapping_that_names_prices_is_refused_by_their_name(place: Any) -> None:
    with pytest.raises(ValidationError, match="prices have no place here"):
        AkeneoMapping.model_validate({"name": "house", **place})


def test_a_mapping_that_is_not_there_is_named() -> None:
    with pytest.raises(Misconfigured) as caught:
        mapping_named("house")
    assert caught.value.code == "unknown_mapping"


def test_every_attribute_that_is_read_is_asked_for() -> None:
    assert MAPPING.model_copy(update={"sku": "article"}).codes[:2] == ("article", "name")
    assert {"color", "ean", "image_alt_text"} <= set(MAPPING.codes)
    assert "identifier" not in MAPPING.codes


def test_an_event_that_cannot_be_taken_does_not_keep_the_others_from_counting() -> None:
    good = json.loads(example("product_updated"))["events"][0]
    wrong = json.loads(json.dumps(good))
    wrong["data"]["resource"]["identifier"] = "A/B 7"
    timeless = {key: each for key, each in good.items() if key != "event_datetime"}
    tomorrow = json.loads(json.dumps(good))
    tomorrow["data"]["resource"]["updated"] = "2099-01-01T00:00:00+00:00"
    ahead = [tomorrow, {**good, "event_datetime": "2099-01-01T00:00:00+00:00"}]
    found = reading(json.dumps({"events": [wrong, good, timeless, {**good, "data": None}, *ahead]}).encode())
    assert [change.sku for change in found.changes] == ["1111111304"]
    assert [(each.field, each.code) for each in found.problems] == [
        ("events.0", "invalid_sku"),
        ("events.2", "not_understood"),
        ("events.3", "not_understood"),
        ("events.4", "in_future"),
        ("events.5", "in_future"),
    ]


def test_values_of_no_shape_are_no_product() -> None:
    with pytest.raises(NotUnderstood):
        said(["name"])


def test_the_request_by_which_akeneo_tries_an_address_says_nothing() -> None:
    assert reading(b"") == Read()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "invalid_json"),
        (b"\xff\xfe", "invalid_json"),
        (b"[" * 100_000, "invalid_json"),
        (b"[]", "invalid_request"),
        (b'{"events": {}}', "invalid_request"),
        (b'{"events": [1]}', "invalid_request"),
        (b'{"events": [' + b"{}," * 100 + b"{}]}", "too_many_events"),
    ],
)
def test_what_is_no_delivery_of_akeneos_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        reading(body)
    assert caught.value.code == code
