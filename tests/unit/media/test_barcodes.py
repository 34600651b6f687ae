"""Barcodes: what is printed is read, what is not certain is not said."""

import random
from collections.abc import Callable

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from assetwire.media.barcodes import Barcodes, read_barcodes
from fakes.bars import modules

pytestmark = pytest.mark.slow  # seconds of decoding: part of make test

EAN, OTHER = "4006381333931", "5030159003930"
GTIN = "0" + EAN
PAPER = 255


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


@pytest.mark.parametrize("turn", [0, 90, 133])
def test_a_code_is_read_at_any_angle(turn: float) -> None:
    assert read(photograph(bars(EAN), turn=turn)) == [("gtin", GTIN[1:], GTIN)]


def test_a_book_keeps_the_code_below_its_isbn() -> None:
    book = on((280, 190), (bars("9784872348880"), (20, 10)), (bars("1920081045006"), (20, 110)))
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


def test_colour_makes_no_difference() -> None:
    picture = Image.merge("RGB", [photograph(bars(EAN))] * 3)
    assert read(picture) == [("gtin", EAN, GTIN)]


def test_when_the_time_is_over_it_says_so() -> None:
    assert read_barcodes(photograph(bars(EAN)), seconds=0) == Barcodes(
        (), read_barcodes(Image.new("L", (9, 9)), seconds=0).warnings
    )
    (warning,) = read_barcodes(photograph(bars(EAN)), seconds=0).warnings
    assert warning.code == "barcodes_unfinished"
