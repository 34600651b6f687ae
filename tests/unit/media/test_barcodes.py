"""Barcodes: what is printed is read, what is not certain is not said."""

import random
import time
from collections.abc import Callable
from typing import Any

import pytest
import zxingcpp
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from assetwire.domain import gtin
from assetwire.media.barcodes import Barcodes, read_barcodes
from fakes.bars import modules

pytestmark = pytest.mark.slow  # seconds of decoding: part of make test

EAN, OTHER = "4006381333931", "5030159003930"
GTIN = "0" + EAN
PAPER = 255
FAST = (Phase.explicit, Phase.reuse, Phase.generate)
"""A number is no simpler for being shorter: nothing to shrink."""
numbers = st.integers(1, 10**12 - 1).map(lambda body: f"{body:012}" + gtin.check_digit(f"{body:012}"))


def bars(number: str, module: int = 2, height: int = 70) -> Image.Image:
    """Return the bars with their quiet zones, as printed."""
    code = modules(number)
    picture = Image.new("L", (len(code) + 24, 1), PAPER)
    picture.putdata([PAPER] * 12 + [0 if module_ == "1" else PAPER for module_ in code] + [PAPER] * 12)
    return picture.resize((picture.width * module, height), Image.Resampling.NEAREST)


def on(paper: tuple[int, int], *placed: tuple[Image.Image, tuple[int, int]]) -> Image.Image:
    picture = Image.new("L", paper, 230)
    for part, corner in placed:
        picture.paste(part, corner)
    return picture


def photograph(code: Image.Image, *, turn: float = 0.0, blur: float = 0.8, noise: int = 12) -> Image.Image:
    """Return a code as a camera sees it: turned, in uneven light, a little out of focus, noisy."""
    picture = Image.new("L", (code.width + 60, code.height + 60), 230)
    picture.paste(code, (30, 30))
    picture = picture.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=200)
    light = Image.linear_gradient("L").resize(picture.size).point(lambda value: 130 + value * 125 // 255)
    picture = ImageChops.multiply(picture, light).filter(ImageFilter.GaussianBlur(blur))
    return ImageChops.add(picture, Image.effect_noise(picture.size, noise), 1, -128)


def read(picture: Image.Image, seconds: float = 20.0) -> list[tuple[str, str, str | None]]:
    return [(each.kind, each.value, each.gtin) for each in read_barcodes(picture, seconds=seconds).identifiers]


def slanted(picture: Image.Image, share: float) -> Image.Image:
    """Return a picture as it is seen from its left: there it is as high as before, at its right less high."""
    width, height = picture.size
    top, right = height * share / 2, width * (1 + share / 2)
    corners = (0, 0, 0, height, right, height + top, right, -top)
    return picture.transform(picture.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=PAPER)


def printed_as(number: str) -> str:
    """Return a GTIN-13 as it is read: a UPC-A has no leading zero."""
    return number.removeprefix("0")


def printed(text: str, format_: str, **options: bool) -> Image.Image:
    made = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, format_), **options)
    code = Image.fromarray(made.to_image(scale=2))
    picture = Image.new("L", (code.width + 40, code.height + 40), PAPER)
    picture.paste(code.convert("L"), (20, 20))
    return picture


@pytest.mark.parametrize(
    ("number", "kind", "normal"),
    [
        (EAN, "gtin", GTIN),
        ("036000291452", "gtin", "00036000291452"),
        ("73513537", "gtin", "00000073513537"),
        ("04252614", "gtin", "00042100005264"),
        ("9783161484100", "isbn", "09783161484100"),
        ("2111220009686", "restricted", None),
    ],
)
def test_a_retail_code_is_read_as_printed(number: str, kind: str, normal: str | None) -> None:
    assert read(photograph(bars(number), turn=17)) == [(kind, number, normal)]


@settings(max_examples=6, deadline=None, phases=FAST)
@given(numbers, st.floats(0, 180), st.floats(0, 0.8), st.sampled_from([2, 3]))
def test_a_sharp_code_is_read_at_any_angle(number: str, turn: float, blur: float, module: int) -> None:
    (read_,) = read(photograph(bars(number, module), turn=turn, blur=blur))
    assert read_[1] == printed_as(number)


@settings(max_examples=6, deadline=None, phases=FAST)
@given(numbers, st.floats(0, 180), st.floats(0.8, 2.4), st.integers(0, 40), st.floats(0, 0.3))
def test_a_blurred_noisy_and_slanted_code_is_no_other_number(
    number: str, turn: float, blur: float, noise: int, slant: float
) -> None:
    picture = photograph(slanted(bars(number), slant), turn=turn, blur=blur, noise=noise)
    assert {value for _, value, _ in read(picture)} <= {printed_as(number)}


@pytest.mark.parametrize("turn", [31, 118])
def test_a_small_code_in_a_large_picture_is_read(turn: float) -> None:
    picture = Image.radial_gradient("L").resize((1600, 1200))
    picture.paste(photograph(bars(EAN), turn=turn), (900, 300))
    assert read(picture) == [("gtin", EAN, GTIN)]


@pytest.mark.parametrize("turn", [0, 45])
def test_a_book_keeps_the_code_below_its_isbn(turn: float) -> None:
    book = on((280, 190), (bars("9784872348880"), (20, 10)), (bars("1920081045006"), (20, 110)))
    book = book.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=230)
    assert set(read(book)) == {
        ("isbn", "9784872348880", "09784872348880"),
        ("local_number", "1920081045006", None),
    }


@pytest.mark.parametrize(
    ("text", "format_", "expected"),
    [
        ("14006381333938", "ITF14", [("gtin", "14006381333938", "14006381333938")]),
        ("AW-1001/7", "Code128", [("label", "AW-1001/7", None)]),
        (GTIN, "DataBarOmni", [("gtin", GTIN, GTIN)]),
        (f"https://shop.example/01/{GTIN}/21/7", "QRCode", [("gtin", GTIN, GTIN), ("gs1_serial", "7", None)]),
        ("https://shop.example/campaign", "QRCode", []),
    ],
)
def test_other_symbols_are_evidence_if_they_name_a_product(
    text: str, format_: str, expected: list[tuple[str, str, str | None]]
) -> None:
    assert read(printed(text, format_)) == expected


@pytest.mark.parametrize("format_", ["Code128", "DataMatrix", "QRCode"])
def test_element_strings_give_gtin_batch_and_serial(format_: str) -> None:
    assert read(printed(f"(01){GTIN}(10)AB1(21)77", format_, gs1=True)) == [
        ("gtin", GTIN, GTIN),
        ("gs1_batch", "AB1", None),
        ("gs1_serial", "77", None),
    ]


def test_a_reading_says_its_symbology_and_its_place() -> None:
    (one,) = read_barcodes(on((420, 260), (bars(EAN), (100, 100))), seconds=20).identifiers
    assert one.source == "barcode"
    assert one.where.startswith("EAN13 at ")
    left, top, right, bottom = map(int, one.where.removeprefix("EAN13 at ").split(","))
    assert 90 <= left < right <= 350
    assert 90 <= top <= bottom <= 180


def test_two_codes_at_two_places_are_both_read() -> None:
    picture = on((540, 150), (bars(EAN), (15, 40)), (bars(OTHER), (285, 40)))
    assert {value for _, value, _ in read(picture)} == {EAN, OTHER}


def test_codes_at_different_angles_are_all_read() -> None:
    numbers = EAN, OTHER, "036000291452", "73513537"
    picture = Image.new("L", (760, 760), 230)
    for at, (number, turn) in enumerate(zip(numbers, (0, 40, 90, 140), strict=True)):
        picture.paste(photograph(bars(number), turn=turn, noise=0), (380 * (at % 2), 380 * (at // 2)))
    assert {value for _, value, _ in read(picture)} == set(numbers)


def test_two_numbers_at_one_place_eliminate_each_other_and_are_mentioned() -> None:
    picture = on((280, 110), (bars(EAN, height=30), (20, 25)), (bars(OTHER, height=30), (20, 55)))
    found = read_barcodes(picture, seconds=1)
    assert found.identifiers == ()
    assert "barcode_uncertain" in {warning.code for warning in found.warnings}


@pytest.mark.parametrize("number", ["9788430532674", "3560070169443"])
def test_half_of_an_ean_13_is_no_upc_e(number: str) -> None:
    half = bars(number).crop((0, 0, (12 + 3 + 42 + 5) * 2, 70))
    assert read(on((220, 100), (half, (40, 15))), seconds=1) == []


def test_fourteen_digits_of_a_longer_itf_are_no_itf_14() -> None:
    long = printed("1" + "14006381333938" + "4711" + "0", "ITF")
    assert read(long, seconds=1) == []


def stripes(width: int) -> Image.Image:
    chosen = random.Random(width)  # noqa: S311  # bars, no secrets
    picture = Image.new("L", (200, 150), 220)
    draw, x = ImageDraw.Draw(picture), 0
    while x < 200:
        bar = chosen.randint(1, width)
        draw.rectangle((x, 0, x + bar, 150), fill=chosen.choice((20, 60)))
        x += bar + chosen.randint(2, width + 1)
    return picture


def text_page() -> Image.Image:
    picture = Image.new("L", (240, 150), 255)
    draw = ImageDraw.Draw(picture)
    for line in range(9):
        draw.text((10, 16 * line), "Iill1 | lIl 4006381333931 || iIl| 12 pack 250 g", fill=0)
    return picture


def keyboard() -> Image.Image:
    picture = Image.new("L", (210, 150), 90)
    draw = ImageDraw.Draw(picture)
    for row in range(3):
        for column in range(7):
            draw.rectangle((column * 30 + 3, row * 48 + 3, column * 30 + 25, row * 48 + 42), fill=25, outline=200)
    return picture


def checks() -> Image.Image:
    picture = Image.new("L", (150, 150), 255)
    draw = ImageDraw.Draw(picture)
    for x in range(0, 150, 12):
        for y in range(0, 150, 12):
            draw.rectangle((x, y, x + 5 + y % 24 // 12 * 6, y + 5), fill=0)
    return picture


@pytest.mark.parametrize(
    "make",
    [
        lambda: Image.new("L", (150, 150), 128),
        lambda: Image.new("RGB", (1, 1)),
        lambda: Image.new("L", (600, 2)),
        lambda: Image.effect_noise((150, 150), 120),
        lambda: stripes(3),
        lambda: stripes(6).rotate(20, expand=True),
        lambda: stripes(11).filter(ImageFilter.GaussianBlur(2)),
        text_page,
        keyboard,
        checks,
    ],
    ids=[
        "grey",
        "one pixel",
        "thin",
        "noise",
        "fine stripes",
        "turned stripes",
        "blinds",
        "text",
        "keyboard",
        "checks",
    ],
)
def test_pictures_without_a_code_give_none(make: Callable[[], Image.Image]) -> None:
    assert read(make(), seconds=0.7) == []


class Counting:
    """zxing-cpp, with its calls counted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls = 0
        self._read = zxingcpp.read_barcodes
        monkeypatch.setattr(zxingcpp, "read_barcodes", self.read)

    def read(self, *args: Any, **options: Any) -> list[zxingcpp.Barcode]:
        self.calls += 1
        return self._read(*args, **options)


def test_where_nothing_suggests_a_code_eight_views_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Counting(monkeypatch)
    assert read_barcodes(Image.effect_noise((900, 600), 90), seconds=60) == Barcodes()
    assert counting.calls == 8


@pytest.mark.parametrize("make", [text_page, keyboard, checks])
def test_where_bars_suggest_a_code_in_vain_the_search_has_an_end(
    make: Callable[[], Image.Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting(monkeypatch)
    assert read_barcodes(make(), seconds=600) == Barcodes()
    assert counting.calls <= 8 + 8 * 5


class Clock:
    """A clock that goes on by one second each time that it is looked at."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._now = 0.0
        monkeypatch.setattr(time, "monotonic", self.now)

    def now(self) -> float:
        self._now += 1
        return self._now


def test_a_slow_machine_sees_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = photograph(bars(EAN), turn=17, blur=1.4)
    fast = read_barcodes(picture, seconds=60)
    Clock(monkeypatch)
    assert read_barcodes(picture, seconds=10_000) == fast


@pytest.mark.parametrize("seconds", [0, 1, 2])
def test_before_places_were_looked_for_it_is_not_known_whether_there_is_a_code(
    seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    Clock(monkeypatch)
    (warning,) = read_barcodes(Image.effect_noise((300, 200), 90), seconds=seconds).warnings
    assert warning.code == "barcodes_unfinished"


@pytest.mark.parametrize("seconds", [3, 4, 6])
def test_where_nothing_suggests_a_code_a_search_cut_short_is_no_warning(
    seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    Clock(monkeypatch)
    assert read_barcodes(Image.effect_noise((300, 200), 90), seconds=seconds) == Barcodes()


def test_where_bars_suggest_a_code_a_search_cut_short_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    # Bars enough, and no code.
    chosen = random.Random(5)  # noqa: S311  # bars, no secrets
    picture = Image.new("L", (500, 300), PAPER)
    x = 100
    while x < 400:
        bar = chosen.randint(2, 7)
        ImageDraw.Draw(picture).rectangle((x, 80, x + bar, 220), fill=10)
        x += bar + chosen.randint(3, 8)
    assert read_barcodes(picture, seconds=60) == Barcodes()
    Clock(monkeypatch)
    assert [warning.code for warning in read_barcodes(picture, seconds=5).warnings] == ["barcodes_unfinished"]


def test_colour_makes_no_difference() -> None:
    picture = Image.merge("RGB", [photograph(bars(EAN))] * 3)
    assert read(picture) == [("gtin", EAN, GTIN)]


def test_when_the_time_is_over_it_says_so() -> None:
    assert read_barcodes(photograph(bars(EAN)), seconds=0) == Barcodes(
        (), read_barcodes(Image.new("L", (9, 9)), seconds=0).warnings
    )
    (warning,) = read_barcodes(photograph(bars(EAN)), seconds=0).warnings
    assert warning.code == "barcodes_unfinished"
