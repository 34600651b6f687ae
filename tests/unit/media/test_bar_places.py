"""Where bars may be: found with their direction, and told from what merely has an edge."""

import math

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from assetwire.media.bar_places import Place, bars, places
from fakes.bars import modules

EAN, UPC_E = "4006381333931", "04252614"


def shelf(
    number: str,
    *,
    turn: float,
    module: float = 2.0,
    at: tuple[int, int] = (420, 250),
    blur: float = 0.7,
    noise: int = 10,
) -> Image.Image:
    """Return a picture of 800 by 600 with a code in the middle of a turned label."""
    code = modules(number)
    width, height = round((len(code) + 20) * module), round(60 * module)
    label = Image.new("L", (len(code) + 20, 1), 240)
    label.putdata([240] * 10 + [20 if bit == "1" else 240 for bit in code] + [240] * 10)
    label = label.resize((width, height), Image.Resampling.BOX)
    mask = Image.new("L", label.size, 255).rotate(turn, expand=True)
    label = label.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=240)
    picture = Image.radial_gradient("L").resize((800, 600))
    picture.paste(label, (at[0] - label.width // 2, at[1] - label.height // 2), mask)
    picture = picture.filter(ImageFilter.GaussianBlur(blur))
    return ImageChops.add(picture, Image.effect_noise(picture.size, noise), 1, -128)


@pytest.mark.parametrize("turn", [0, 20, 45, 77, 90, 128, 163])
def test_bars_are_found_with_their_direction_and_length(turn: float) -> None:
    first = places(shelf(EAN, turn=turn))[0]
    # A label turned counter-clockwise stands upright again when the picture is turned the other way.
    assert abs((first.upright + turn + 90) % 180 - 90) < 4
    assert math.hypot(first.x - 420, first.y - 250) < 20
    # The edges of the label may count as bars.
    assert 95 * 2 * 0.9 < first.length < 115 * 2 * 1.1
    assert 60 * 2 * 0.7 < first.height < 60 * 2 * 1.4


@pytest.mark.parametrize(("module", "blur"), [(1.3, 0.4), (2.0, 1.4), (5.0, 2.5)])
def test_fine_blurred_and_large_bars_are_found(module: float, blur: float) -> None:
    first = places(shelf(EAN, turn=30, module=module, blur=blur))[0]
    assert math.hypot(first.x - 420, first.y - 250) < 40
    assert 95 * module * 0.8 < first.length < 115 * module * 1.2


def test_two_codes_are_two_places() -> None:
    picture = shelf(EAN, turn=30, at=(200, 250))
    picture.paste(shelf(UPC_E, turn=110, at=(200, 300)).crop((0, 0, 400, 600)), (400, 0))
    found = places(picture)[:2]
    assert {round(place.x / 200) for place in found} == {1, 3}


def test_a_code_is_told_from_fainter_stripes_beside_it() -> None:
    picture = Image.new("L", (800, 600), 150)
    draw = ImageDraw.Draw(picture)
    for at in range(0, 800, 40):
        draw.rectangle((at, 0, at + 20, 600), fill=110)
    code = shelf(EAN, turn=0, noise=0).crop((320, 200, 520, 300))
    picture.paste(code, (300, 250))
    assert any(math.hypot(place.x - 400, place.y - 300) < 20 and place.length < 250 for place in places(picture)[:3])


@pytest.mark.parametrize(("number", "changes"), [(EAN, 60), (UPC_E, 34)])
def test_every_bar_of_a_sharp_code_is_counted(number: str, changes: int) -> None:
    picture = shelf(number, turn=25, module=3, noise=0)
    assert bars(picture, places(picture)[0]) == pytest.approx(changes, abs=2)


def test_a_fence_has_fewer_bars_than_a_code() -> None:
    picture = Image.new("L", (600, 400), 220)
    for at in range(60, 540, 60):
        ImageDraw.Draw(picture).rectangle((at, 60, at + 25, 340), fill=40)
    found = places(picture)
    assert found
    assert max(bars(picture, place) for place in found) < 24


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("L", (1, 1)),
        Image.new("L", (3000, 2)),
        Image.new("L", (2, 3000)),
        Image.new("L", (400, 300), 90),
        Image.linear_gradient("L"),
        Image.effect_noise((400, 300), 80),
    ],
    ids=["one pixel", "thin", "high", "grey", "gradient", "noise"],
)
def test_pictures_without_parallel_edges_have_no_such_place(picture: Image.Image) -> None:
    assert places(picture) == []


@pytest.mark.parametrize("x", [-50.0, 0.0, 400.0, 900.0])
def test_bars_beyond_the_edge_of_the_picture_are_counted_as_far_as_they_are_seen(x: float) -> None:
    picture = shelf(EAN, turn=0)
    assert bars(picture, Place(0.0, x, 250.0, 5_000.0, 900.0, 1.0)) <= 62
