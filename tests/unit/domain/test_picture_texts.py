"""Alt texts are never empty, and are PIM's before the file's before the name's."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.link import LinkRole
from assetwire.domain.metadata import FieldValue, Origin
from assetwire.domain.money import labelled_amount
from assetwire.domain.picture_texts import alt_text_of, caption_of, said_by, unsaid_locales
from assetwire.domain.product import ProductTexts
from fakes import some

TOLD = ProductTexts(name="Schuh", alt_text="Ein roter Schuh", caption="Der Schuh des Jahres")
NAMED = ProductTexts(name="Schuh")
COLOURED = ProductTexts(name="Schuh", attributes={"colour": "rot", "material": "Leder"})


def fields(**values: Any) -> dict[str, FieldValue]:
    return {name: FieldValue(value=value, source=Origin.XMP) for name, value in values.items()}


def _is_told(text: str) -> bool:
    """Tell whether an attribute may have this text."""
    return bool(text.strip()) and labelled_amount(text) is None


_WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=5)
_TAGS = ("de", "de-AT", "fr", "ja")
EMBEDDED = fields(alt_text={"de": "Die Sohle", "x-default": "The sole"})


@pytest.mark.parametrize(
    ("texts", "embedded", "role", "number", "locale", "expected"),
    [
        ({"de": TOLD}, EMBEDDED, LinkRole.HERO, 1, "de-DE", ("Ein roter Schuh", "product")),
        ({"de": TOLD}, EMBEDDED, LinkRole.DETAIL, 1, "de-DE", ("Die Sohle", "embedded")),
        ({"de": TOLD}, EMBEDDED, LinkRole.DETAIL, 1, "fr-FR", ("The sole", "embedded")),
        ({"de": TOLD}, {}, LinkRole.DETAIL, 2, "de-DE", ("Ein roter Schuh (Detail 2)", "product")),
        ({"de": TOLD}, {}, LinkRole.HERO, 1, "de-DE", ("Ein roter Schuh", "product")),
        ({"de": NAMED}, {}, LinkRole.HERO, 1, "de-DE", ("Schuh", "template")),
        ({"de": NAMED}, {}, LinkRole.HERO, 2, "de-DE", ("Schuh, Bild 2", "template")),
        ({"ja": NAMED}, {}, LinkRole.DETAIL, 2, "ja", ("Schuh, 2", "template")),
        ({"de": COLOURED}, {}, LinkRole.DETAIL, 2, "de-DE", ("Schuh, rot, Leder, Detail 2", "template")),
        ({"de": TOLD, "de-AT": NAMED}, {}, LinkRole.HERO, 1, "de-AT", ("Ein roter Schuh", "product")),
        ({"de": NAMED, "de-AT": ProductTexts(name="Latsche")}, {}, LinkRole.HERO, 1, "de-AT", ("Latsche", "template")),
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


@given(
    said=st.dictionaries(st.sampled_from(_TAGS), st.builds(ProductTexts, name=_WORDS, alt_text=_WORDS)),
    attributes=st.dictionaries(st.sampled_from(["colour", "name", "role", "size"]), _WORDS.filter(_is_told)),
    embedded=st.dictionaries(st.sampled_from([*_TAGS, "x-default"]), _WORDS),
    role=st.sampled_from(LinkRole),
    number=st.integers(1, 250),
    locale=st.sampled_from(_TAGS),
)
def test_an_alt_text_is_never_empty(
    said: Any, attributes: Any, embedded: Any, role: LinkRole, number: int, locale: str
) -> None:
    product = some.product(texts=said, attributes=attributes)
    alt = alt_text_of(product, fields(alt_text=embedded), role=role, number=number, locale=locale)
    assert alt.text.strip()
    if locale in said and said[locale].name:
        is_unsaid = locale in unsaid_locales(product, fields(alt_text=embedded))
        assert is_unsaid is (alt.source not in {"product", "embedded"})


def test_the_languages_in_which_nobody_speaks_are_those_in_which_there_is_a_name() -> None:
    product = some.product(texts={"fr": NAMED, "de": TOLD, "de-AT": NAMED, "es": ProductTexts(), "en": NAMED})
    assert unsaid_locales(product, {}) == ("en", "fr")
    assert unsaid_locales(product, fields(alt_text={"fr-CA": "Une semelle"})) == ("en",)
    assert unsaid_locales(product, EMBEDDED) == ()


def test_an_attribute_that_has_no_words_in_the_language_is_said_as_pim_calls_it() -> None:
    product = some.product(texts={"de": COLOURED}, attributes={"colour": "red", "material": "leather"})
    assert alt_text_of(product, {}, role=LinkRole.HERO, number=1, locale="de").text == "Schuh, rot, Leder"
    plain = some.product(texts={"de": NAMED}, attributes={"colour": "Rubin"})
    assert alt_text_of(plain, {}, role=LinkRole.HERO, number=1, locale="de").text == "Schuh, Rubin"


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
