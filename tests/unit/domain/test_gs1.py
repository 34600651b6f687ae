"""GS1 application identifiers in their three forms; what breaks a rule gives nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain import gs1

GTIN = "04006381333931"
FNC1 = gs1.SEPARATOR


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"01{GTIN}", {"01": GTIN}),
        (f"{FNC1}01{GTIN}", {"01": GTIN}),
        (f"]C101{GTIN}", {"01": GTIN}),
        (f"01{GTIN}10AB1{FNC1}2177", {"01": GTIN, "10": "AB1", "21": "77"}),
        (f"01{GTIN}1727010110AB1", {"01": GTIN, "17": "270101", "10": "AB1"}),
        (f"01{GTIN}{FNC1}21X", {"01": GTIN, "21": "X"}),
        (f"01{GTIN}310300125021X", {"01": GTIN, "3103": "001250", "21": "X"}),
        ("00340123450000000000", {"00": "340123450000000000"}),
        (f"8006{GTIN}0102", {"8006": f"{GTIN}0102"}),
        (f"(01){GTIN}(10)AB1", {"01": GTIN, "10": "AB1"}),
        (f"https://id.gs1.org/01/{GTIN}", {"01": GTIN}),
        (f"https://a.example/de/p/01/{GTIN}/10/AB1/21/77?utm=x", {"01": GTIN, "10": "AB1", "21": "77"}),
        (f"https://a.example/01/{GTIN}?17=270101", {"01": GTIN, "17": "270101"}),
        ("HTTPS://SHOP.EXAMPLE/01/4006381333931", {"01": GTIN}),
        (f"http://a.example/01/{GTIN}/21/A%2FB", {"01": GTIN, "21": "A/B"}),
        (f"https://a.example/8006/{GTIN}0102?3103=001250", {"8006": f"{GTIN}0102", "3103": "001250"}),
    ],
)  # fmt: skip  # text and meaning side by side
def test_the_three_forms_are_read(text: str, expected: dict[str, str]) -> None:
    assert gs1.elements(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "0104006381333932",
        "01400638133393",
        f"01{GTIN}01{GTIN[:-1]}0",
        f"01{GTIN}10",
        f"(01){GTIN}x(10)A",
        f"(1){GTIN}",
        "https://example.com/",
        "https://example.com/shop/0104006381333931",
        f"https://example.com/01/{GTIN}/99/x",
        "https://example.com/01/4006381333932",
        "https://id.gs1.org/ARHKVAdpQg",
        "https://[bad/01/04006381333931",
        "ftp://example.com/01/04006381333931",
        "01" * 5000,
    ],
)
def test_what_breaks_a_rule_gives_nothing(text: str) -> None:
    assert gs1.elements(text) == {}


@given(st.text(max_size=200) | st.from_regex(r"https?://[ -~]{0,60}", fullmatch=True))
def test_any_text_is_answered(text: str) -> None:
    found = gs1.elements(text)
    assert all(identifier.isdigit() and value for identifier, value in found.items())


@given(st.text("ABC123-./", min_size=1, max_size=20), st.text("XYZ789", min_size=1, max_size=20))
def test_all_forms_of_one_content_say_the_same(batch: str, serial: str) -> None:
    expected = {"01": GTIN, "10": batch, "21": serial}
    path = batch.replace("/", "%2F").replace(".", "%2E")
    assert gs1.elements(f"01{GTIN}10{batch}{FNC1}21{serial}") == expected
    assert gs1.elements(f"(01){GTIN}(10){batch}(21){serial}") == expected
    assert gs1.elements(f"https://a.example/01/{GTIN}/10/{path}/21/{serial}") == expected
