"""GTINs: the check digit against the standard's own examples, and the numbers that only look like GTINs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain import gtin
from assetwire.domain.gtin import Use

DIGITS = st.text("0123456789", min_size=7, max_size=13).filter(lambda body: body.strip("0") != "")


def slow_check_digit(body: str) -> str:
    """Try all ten: padded to 14, the digits in odd places count three times, and the sum ends in zero."""
    for digit in "0123456789":
        padded = (body + digit).zfill(14)
        if (3 * sum(map(int, padded[0::2])) + sum(map(int, padded[1::2]))) % 10 == 0:
            return digit
    raise AssertionError(body)


@given(DIGITS)
def test_the_check_digit_is_the_one_that_makes_the_weighted_sum_end_in_zero(body: str) -> None:
    assert gtin.check_digit(body) == slow_check_digit(body)


@given(DIGITS, st.data())
def test_one_wrong_digit_is_always_noticed(body: str, data: st.DataObject) -> None:
    number = body + gtin.check_digit(body)
    place = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
    assert not gtin.is_sound(number[:place] + other + number[place + 1 :])


@pytest.mark.parametrize(
    "number",
    ["4006381333931", "036000291452", "73513537", "10614141000415", "9780201379624", "0036000291452"],
)
def test_numbers_in_print_are_sound(number: str) -> None:
    assert gtin.is_sound(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4006381333932",
        "400638133393",
        "0000000000000",
        "00000000",
        "٤٠٠٦٣٨١٣٣٣٩٣١",
        "4006381333931\n",
        "²" * 13,
        "-" * 13,
    ],  # digits of other scripts are the point
)
def test_what_is_no_number_is_not_sound(text: str) -> None:
    assert not gtin.is_sound(text)
    assert gtin.use(text) is None
    assert gtin.gtin14(text) is None


@pytest.mark.parametrize(
    ("number", "normal"),
    [
        ("4006381333931", "04006381333931"),
        ("036000291452", "00036000291452"),
        ("73513537", "00000073513537"),
        ("10614141000415", "10614141000415"),
        ("00000073513537", "00000073513537"),
    ],
)
def test_every_length_has_one_normal_form(number: str, normal: str) -> None:
    assert gtin.gtin14(number) == normal


def sound(body: str) -> str:
    return body + gtin.check_digit(body)


@pytest.mark.parametrize(
    ("number", "use"),
    [
        (sound("400638133393"), Use.GTIN),
        (sound("978020137962"), Use.ISBN),
        (sound("979880137962"), Use.ISBN),
        (sound("977169905700"), Use.ISSN),
        (sound("211122000968"), Use.RESTRICTED),
        (sound("020000000123"), Use.RESTRICTED),
        (sound("20000000123"), Use.RESTRICTED),
        (sound("40000000123"), Use.RESTRICTED),
        (sound("2000001"), Use.RESTRICTED),
        (sound("0000012"), Use.RESTRICTED),
        (sound("50000000123"), Use.COUPON),
        (sound("981000000123"), Use.COUPON),
        (sound("990000000123"), Use.COUPON),
        (sound("192008104500"), Use.UNASSIGNED),
        (sound("1400638133393"), Use.GTIN),
        (sound("0000007351353"), Use.GTIN),
    ],
)
def test_prefixes_tell_what_a_number_was_given_for(number: str, use: Use) -> None:
    assert gtin.use(number) is use
    assert (gtin.gtin14(number) is not None) is (use in {Use.GTIN, Use.ISBN, Use.ISSN})


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("01234565", "012345000065"),
        ("04252614", "042100005264"),
        ("00123457", "001234000057"),
        ("01234531", "012300000451"),
        ("01204533", None),
        ("11234561", None),
        ("21234565", None),
        ("01234505", "012000003455"),
        ("02345673", "023456000073"),
    ],
)
def test_upc_e_expands_by_the_rules_of_its_last_digit(short: str, long: str | None) -> None:
    assert gtin.expand_upc_e(short) == long


@given(st.text("0123456789", min_size=8, max_size=8))
def test_an_expanded_upc_e_is_sound_and_keeps_system_and_check_digit(number: str) -> None:
    expanded = gtin.expand_upc_e(number)
    if expanded is not None:
        assert gtin.is_sound(expanded)
        assert (expanded[0], expanded[-1]) == (number[0], number[-1])
        assert expanded.count("0") >= 4


def test_an_isbn_10_has_an_isbn_13() -> None:
    assert gtin.isbn13("316148410X") == "9783161484100"
    assert gtin.isbn13("3161484100") is None
    assert gtin.isbn13("080442957X") == "9780804429573"
    assert gtin.isbn13("B000123456") is None
