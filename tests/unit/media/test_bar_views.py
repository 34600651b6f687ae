"""Views: a part is cut out turned and scaled, and a place in it is a place in the picture."""

import pytest
from PIL import Image, ImageDraw

from assetwire.media.bar_views import Part, Seen, Symbol, View, close_ups, cut, read
from assetwire.media.bar_votes import agreed
from fakes.bars import modules

EAN = "4006381333931"


def paper_with_dot(at: tuple[int, int]) -> Image.Image:
    picture = Image.new("L", (600, 400), 200)
    ImageDraw.Draw(picture).ellipse((at[0] - 9, at[1] - 9, at[0] + 9, at[1] + 9), fill=0)
    return picture


@pytest.mark.parametrize("scale", [0.3, 0.5, 1.0, 2.5])
@pytest.mark.parametrize("angle", [0.0, 33.0, 90.0, 200.0])
def test_the_middle_of_a_part_is_the_middle_of_its_view(scale: float, angle: float) -> None:
    part = Part(350, 180, 100)
    view = cut(paper_with_dot((350, 180)), View(scale, angle=angle, part=part), part)
    assert view.size == (round(160 * scale), round(110 * scale))
    assert view.getpixel((view.width // 2, view.height // 2)) < 20
    assert view.getpixel((view.width // 4, view.height // 2)) > 180


def test_a_view_is_turned_against_the_clock() -> None:
    part = Part(300, 200, 100)
    view = cut(paper_with_dot((340, 200)), View(angle=90, part=part), part)
    # What was at the right is on top.
    assert view.getpixel((view.width // 2, view.height // 2 - 40)) < 20


def test_beyond_the_edge_of_a_dark_picture_it_is_no_lighter_than_its_paper() -> None:
    dark = Image.new("L", (300, 200), 40)
    ImageDraw.Draw(dark).rectangle((0, 0, 20, 20), fill=250)  # glare
    part = Part(280, 180, 120)
    view = cut(dark, View(part=part), part)
    assert view.getextrema() == (40, 40)


@pytest.mark.parametrize("upright", [0.0, 180.0])
def test_a_reading_is_placed_in_pixels_of_the_picture(upright: float) -> None:
    code = modules(EAN)
    bars = Image.new("L", (len(code), 1), 255)
    bars.putdata([0 if bit == "1" else 255 for bit in code])
    picture = Image.new("L", (800, 500), 255)
    picture.paste(bars.resize((len(code) * 2, 80), Image.Resampling.NEAREST), (500, 300))
    part = Part(500 + len(code), 340, 2.0 * len(code))
    for view in list(close_ups(part, upright))[:6]:
        ((symbol, place),) = read(picture, view)
        assert symbol == Symbol("EAN13", EAN)
        assert (place.left, place.right) == (pytest.approx(500, abs=6), pytest.approx(690, abs=6))
        assert 295 < place.top <= place.bottom < 385
        assert place.length == pytest.approx(190, rel=0.05)
        assert place.height < 90


def seen(scale: float, filter_: str, angle: float, x: float) -> Seen:
    return Seen(View(scale, filter_, angle, part=Part(x, 100, 90)), angle, x, 80, x + 90, 120, 90, 40)


def test_cuts_of_the_same_scale_filter_and_turn_are_one_view() -> None:
    alike = [seen(1.0, "sharp", 10.0, x) for x in (100, 103, 106)] + [seen(1.02, "sharp", 10.2, 108)]
    other = [seen(2.0, "sharp", 10.0, 100), seen(1.0, "", 10.0, 100)]
    symbol = Symbol("EAN13", EAN)
    assert agreed({symbol: [*alike, *other]}) == []
    assert agreed({symbol: [*alike, *other, seen(1.0, "", 12.0, 100)]}) == [symbol]
