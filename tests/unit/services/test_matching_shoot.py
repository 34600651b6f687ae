"""A scripted shoot: whatever comes first, and however often, the links are those that its script says."""

import pytest
from oracles.shoot import CONFIRMED, PROPOSED, Shoot, deliveries, shoot

from assetwire.domain.gtin import gtin14
from assetwire.domain.identifiers import of_fields
from assetwire.domain.metadata import FieldValue, Origin
from fakes.shoot_house import played


@pytest.mark.parametrize("seed", range(25))
def test_the_links_are_those_of_the_script_whatever_came_first(seed: int) -> None:
    house = played(shoot(seed, products=12, photos=36), seed)
    assert [*house.differences()] == []
    assert house.wrong() == 0


def test_what_comes_again_writes_nothing() -> None:
    script = shoot(5, products=12, photos=36)
    house = played(script, 5)
    writes = (house.products.writes, len(house.catalog.changes))
    for delivery in deliveries(script, 6):
        house.take(*delivery)
    house.settle()
    assert (house.products.writes, len(house.catalog.changes)) == writes


def test_everybody_who_would_decide_something_comes_to_do_so() -> None:
    script = shoot(9, products=20, photos=200)
    house = played(script, 9)
    assert sorted(house.decided) == [n for n, photo in enumerate(script.photos) if photo.visit is not None]
    assert {photo.visit.does for photo in script.photos if photo.visit is not None} == {
        *("confirm", "reject", "correct", "remove", "bind")
    }


def test_a_shoot_has_what_it_says() -> None:
    script = shoot(1, products=300, photos=900)
    said = [{statement.who for statement in photo.statements} for photo in script.photos]
    both = [len(who) == 2 and len(photo.links) > 1 for who, photo in zip(said, script.photos, strict=True)]
    nobody = [not photo.links for photo in script.photos]
    assert 0.08 < sum(both) / 900 < 0.12
    assert 0.03 < sum(nobody) / 900 < 0.07
    assert 0.25 < sum(item.parent is not None for item in script.items) / 300 < 0.4
    assert 0.2 < sum(len(item.tellings) > 1 for item in script.items) / 300 < 0.4
    lengths = {len(value) for item in script.items for value in item.tellings[-1].numbers}
    assert lengths == {8, 12, 13, 14}
    assert {photo.role for photo in script.photos} == {*("hero", "alternate", "detail", "lifestyle", "swatch", "video")}


def test_every_form_of_a_number_is_the_same_product() -> None:
    """What the script writes and what is read of it come to the same digits, by two ways."""
    script = shoot(2, products=300, photos=1)
    for item in script.items:
        assert {gtin14(form) for form in item.number.digits} == {item.number.gtin14}
        if item.number.short:
            fields = {"product_in_image": FieldValue(value=[{"ProductGTIN": item.number.short}], source=Origin.XMP)}
            assert [each.gtin for each in of_fields(fields)] == [item.number.gtin14]


@pytest.mark.parametrize(("products", "photos"), [(0, 1), (1, 0), (-1, 5)])
def test_a_shoot_of_nothing_is_refused(products: int, photos: int) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        shoot(1, products=products, photos=photos)


def test_a_house_without_what_was_said_is_told_from_the_script() -> None:
    """An empty house differs from the script in every photograph that shows something."""
    script = shoot(3, products=12, photos=36)
    bare = played(Shoot(script.items, ()), 3)
    bare.script = script
    told = "\n".join(bare.differences())
    for photo in script.photos:
        assert (photo.name in told) == bool(photo.has(CONFIRMED) | photo.has(PROPOSED) or photo.links)
