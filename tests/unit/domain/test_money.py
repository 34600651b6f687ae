"""Money is recognised by its name, however it is written; what only looks like it is left alone."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.metadata import FIELDS
from assetwire.domain.money import labelled_amount, money_word


@pytest.mark.parametrize(
    "name",
    """
    price Price PRICE unit_price unitPrice UnitPrice unit-price unit.price unitprice purchase_price wholesale
    WHOLESALE_PRICE cost costs costPrice cost_center margin Margin_Percent MSRP msrpUSD rrp uvp UVP_brutto EK ek_netto
    EK-Preis ekPreis VK vk_brutto preis Verkaufspreis Einkaufspreis preis_netto prix prixHT Prix_d_achat coût
    coutUnitaire precio PrecioVenta coste prezzo prijs preço p_r_i_c_e P-R-I-C-E xmp:Price ｐｒｉｃｅ PRÍCE
    priceeur discount
    """.split(),
)
def test_a_name_of_money_is_known_in_any_casing_and_with_any_separator(name: str) -> None:
    assert money_word(name)


@pytest.mark.parametrize(
    "name",
    """
    costume Costa costar caprice priceless margarine ecology ekphrasis vkontakte scope_rice top_rice Preiselbeere
    enterprise precision credit_line rating source ProductGTIN LicensorName LicenseTransactionDate ImageSupplierID
    CiAdrExtadr RegItemId LocationShown AOCopyrightNotice
    """.split(),
)
def test_other_names_are_left_alone(name: str) -> None:
    assert money_word(name) is None


def test_characters_that_nobody_sees_hide_nothing() -> None:
    assert money_word("pri\u200bce")
    assert money_word("pri\u00adce")


def test_no_field_that_is_read_is_taken_for_money() -> None:
    assert [name for name in FIELDS if money_word(name)] == []
    assert [facts.xmp for facts in FIELDS.values() if money_word(facts.xmp)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Preis: 12,99 €",
        "EK: 4,50",
        "ek=4.50",
        "EK 4,50 EUR",
        "Verkaufspreis (brutto): 1.299,00",
        "Mug, red. Price: $ 12.99, in stock",
        "purchase price is 12 EUR",
        "$12.99 (MSRP)",
        "12,99 € UVP",
        "PRIX D'ACHAT : 12",
        "cost=3",
        "margin 40 %",
        "ＰＲＩＣＥ：１２",
        "pri\u200bce: 12",
        "coût: 12",
        "Price: EUR12",
        "Price: US$12.50",
        "price (USD) 12.50",
        '{"price": "12.5"}',
        "Preis: „12“",
        "UVP 49,-",
        "UVP 49,–",
        "UVP 49,95",
        "EK-Preis 4,50",
        "PVP 1.299,00",
    ],
)
def test_an_amount_with_its_name_is_known(text: str) -> None:
    assert labelled_amount(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "price tag",
        "a note of 50 €",
        "12,99 €",
        "Price Street 12",
        "margin: 5 mm",
        "Cost of living, 1990",
        "No costs. Room: 24",
        "Map: 3",
        "ISO 100, f/2.8",
        "Costa Rica: 7",
        "ASIN B00EK45EUR",
        "VK 12",
        "UVP 1.500 pieces",
        "margin 2.54 cm",
        "COGS v2.10.1",
    ],
)
def test_an_amount_without_a_name_of_money_is_left_alone(text: str) -> None:
    assert labelled_amount(text) is None


@given(st.sampled_from(["price", "einkaufspreis", "msrp", "cost"]), st.data())
def test_casing_and_separators_hide_nothing(word: str, data: st.DataObject) -> None:
    letters = [data.draw(st.sampled_from([letter, letter.upper()])) for letter in word]
    gap = data.draw(st.sampled_from(["", "_", "-", ".", "__", " "]))
    assert money_word(gap.join(letters))


@given(st.text(alphabet=st.characters()))
def test_any_text_has_an_answer(text: str) -> None:
    money_word(text)
    labelled_amount(text)


@pytest.mark.parametrize("piece", ["1 ", "price ", "1,234", "€", ":", "a1", "EK: ", "price: x", "1.", "  ", "A"])
def test_no_text_takes_more_than_its_length(piece: str) -> None:
    started = time.process_time()
    labelled_amount(piece * (200_000 // len(piece)))
    assert time.process_time() - started < 3
