"""Alt texts are never empty, and are PIM's before the file's before the name's."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.link import LinkRole
from assetwire.domain.metadata import FieldValue, Origin
from assetwire.domain.picture_texts import alt_text_of, caption_of, said_by
from assetwire.domain.product import ProductTexts
from fakes import some

TOLD = ProductTexts(name="Schuh", alt_text="Ein roter Schuh", caption="Der Schuh des Jahres")
NAMED = ProductTexts(name="Schuh")


def fields(**values: Any) -> dict[str, FieldValue]:
    return {name: FieldValue(value=value, source=Origin.XMP) for name, value in values.items()}


_WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=5)
EMBEDDED = fields(alt_text={"de": "Die Sohle", "x-default": "The sole"})


@pytest.mark.parametrize(
    ("texts", "embedded", "role", "number", "locale", "expected"),
    [
        ({"de": TOLD}, EMBEDDED, LinkRole.HERO, 1, "de-DE", ("Ein roter Schuh", "product")),
        ({"de": TOLD}, EMBEDDED, LinkRole.DETAIL, 1, "de-DE", ("Die Sohle", "embedded")),
        ({"de": TOLD}, EMBEDDED, LinkRole.DETAIL, 1, "fr-FR", ("The sole", "embedded")),
        ({"de": TOLD}, {}, LinkRole.DETAIL, 2, "de-DE", ("Ein roter Schuh (detail 2)", "product")),
        ({"de": NAMED}, {}, LinkRole.HERO, 1, "de-DE", ("Schuh", "name")),
        ({"de": NAMED}, {}, LinkRole.HERO, 2, "de-DE", ("Schuh (hero 2)", "name")),
        ({"de": NAMED}, EMBEDDED, LinkRole.HERO, 1, "de-DE", ("Die Sohle", "embedded")),
        ({"de": NAMED}, {}, LinkRole.HERO, 1, "fr", ("S-1", "sku")),
        ({}, fields(alt_text={"en": "A shoe"}), LinkRole.HERO, 1, "fr", ("S-1", "sku")),
        ({}, fields(alt_text={"de": "   "}), LinkRole.SWATCH, 1, "de", ("S-1", "sku")),
    ],
)
def test_who_speaks_for_a_picture(
    texts: Any, embedded: Any, role: LinkRole, number: int, locale: str, expected: tuple[str, str]
) -> None:
    product = some.product(texts=texts)
    assert alt_text_of(product, embedded, role=role, number=number, locale=locale) == expected


@given(st.builds(ProductTexts, name=_WORDS, alt_text=_WORDS), st.sampled_from(LinkRole))
def test_an_alt_text_is_never_empty(texts: ProductTexts, role: LinkRole) -> None:
    product = some.product(texts={"de": texts})
    assert alt_text_of(product, {}, role=role, number=1, locale="de").text.strip()


def test_a_caption_is_pims_of_the_hero_and_the_files_of_the_others() -> None:
    product = some.product(texts={"de": TOLD})
    embedded = fields(description={"de": "Im Regen"})
    assert caption_of(product, embedded, role=LinkRole.HERO, locale="de") == "Der Schuh des Jahres"
    assert caption_of(product, embedded, role=LinkRole.DETAIL, locale="de") == "Im Regen"
    assert caption_of(product, {}, role=LinkRole.DETAIL, locale="de") == ""


def test_fields_of_every_type_speak() -> None:
    found = fields(credit_line=" Studio ", creator=["A", "B"], rating=3, broken={"de": 3})
    assert [said_by(found, name, "de") for name in ("credit_line", "creator", "rating", "broken", "none")] == [
        *("Studio", "A, B"),
        *("", "", ""),
    ]
