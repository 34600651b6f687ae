"""Validation: money has no place in metadata, and others see what is on the allow-list."""

from typing import Any

import pytest

from assetwire.domain.metadata import FIELDS, FieldValue, Origin
from assetwire.domain.template import shipped_templates
from assetwire.domain.validation import forbidden_field, outbound, validate
from fakes import some
from fakes.judged_fields import fields, found


class TestMoney:
    """A price that someone typed into the metadata is refused by name, whatever the template asks."""

    @pytest.mark.parametrize(
        ("held", "place"),
        [
            ({"price": "12"}, "price"),
            ({"Purchase-Price": "12"}, "Purchase-Price"),
            ({"licensor": [{"LicensorName": "A", "wholesale_price": "3"}]}, "licensor.0.wholesale_price"),
            ({"licensor": [{"deal": {"EK": None}}]}, "licensor.0.deal.EK"),
            ({"keywords": ["mug", "EK: 4,50"]}, "keywords.1"),
            ({"instructions": "Preis: 12,99 €"}, "instructions"),
            ({"title": {"de": "Tasse, UVP 12,99 €"}}, "title.de"),
        ],
    )
    def test_it_is_found_by_name_wherever_it_stands(self, held: dict[str, Any], place: str) -> None:
        assert found(fields(**held)) == [("forbidden_field", place)]

    def test_its_amount_is_not_repeated(self) -> None:
        (problem,) = validate(fields(headline="EK: 4711"), some.inspection(), shipped_templates()["default"], {})
        assert "4711" not in problem.message
        assert "ek" in problem.message

    def test_a_name_alone_is_asked_the_same_way(self) -> None:
        assert forbidden_field("PurchasePrice") == "price"
        assert forbidden_field("alt_text") is None


class TestOutbound:
    """Others see allow-listed fields, without money."""

    def test_private_and_unknown_fields_stay(self) -> None:
        held = fields(**dict.fromkeys([*FIELDS, "made_up", "price"], "a"))
        assert set(outbound(held)) == {name for name, facts in FIELDS.items() if facts.public}
        assert {"instructions", "person_in_image", "location_created"} & set(outbound(held)) == set()

    def test_a_part_that_names_money_is_left_out_with_its_name(self) -> None:
        held = fields(
            keywords=["mug", "EK: 4,50", "red"],
            title={"de": "Preis: 3", "en": "Mug"},
            licensor=[{"LicensorName": "A", "Price": "3", "deep": {"cost": 1, "note": "b"}}],
            headline="EK: 4,50",
            description={"de": "Preis: 3"},
            rating=5,
        )
        assert {name: field.value for name, field in outbound(held).items()} == {
            "keywords": ["mug", "red"],
            "title": {"en": "Mug"},
            "licensor": [{"LicensorName": "A", "deep": {"note": "b"}}],
            "rating": 5,
        }

    def test_the_source_of_a_value_stays_with_it(self) -> None:
        held = {"headline": FieldValue(value="a", source=Origin.IPTC)}
        assert outbound(held) == held
