"""How a picture looks: colours, the whiteness of its border, transparency; whatever the picture is."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from assetwire.domain.inspection import Appearance
from assetwire.media.appearance import appearance
from assetwire.media.picture import picture

WHITE, RED, GREY = (255, 255, 255), (200, 30, 40), (120, 120, 120)
Seen = Callable[..., Appearance]


@pytest.fixture
def seen(tmp_path: Path) -> Seen:
    def seen(image: Image.Image, kind: str = "PNG", **options: int) -> Appearance:
        image.save(tmp_path / "master", kind, **options)
        return appearance(picture(tmp_path / "master", f"image/{kind.lower()}", longest_edge=512))

    return seen


def product(background: tuple[int, ...] = WHITE, colour: tuple[int, ...] = RED, size: int = 400) -> Image.Image:
    """Return a product that leaves a margin of a tenth on every side."""
    image = Image.new("RGB" if len(background) == 3 else "RGBA", (size, size), background)
    ImageDraw.Draw(image).rectangle([size // 10, size // 10, size * 9 // 10, size * 9 // 10], fill=colour)
    return image


def test_a_product_on_white_has_a_white_border_and_its_own_colour(seen: Seen) -> None:
    found = seen(product())
    assert (found.dominant_colour, found.white_border, found.has_transparency) == ("#c81e28", 1.0, False)


@pytest.mark.parametrize("quality", [70, 95])
def test_a_white_that_went_through_jpeg_is_still_pure(seen: Seen, quality: int) -> None:
    assert seen(product(size=1000), "JPEG", quality=quality).white_border == 1.0


@pytest.mark.parametrize("background", [(254, 255, 255), (255, 255, 254), (250, 250, 250), GREY, RED])
def test_almost_white_is_not_white(seen: Seen, background: tuple[int, int, int]) -> None:
    assert seen(product(background)).white_border == 0.0


def test_the_share_of_the_border_is_counted_pixel_by_pixel(seen: Seen) -> None:
    image = Image.new("RGB", (256, 128), WHITE)  # a border of 2 pixels: 256 × 2 × 2 + 124 × 2 × 2
    ImageDraw.Draw(image).rectangle([0, 0, 63, 1], fill=RED)
    ImageDraw.Draw(image).rectangle([100, 40, 150, 90], fill=RED)
    assert seen(image).white_border == round(1 - 64 * 2 / (256 * 4 + 124 * 4), 4)


def test_a_cutout_stands_on_white_and_has_the_colour_of_what_is_seen(seen: Seen) -> None:
    found = seen(product((0, 0, 255, 0), (*RED, 255)))
    assert (found.dominant_colour, found.white_border, found.has_transparency) == ("#c81e28", 1.0, True)


def test_an_alpha_channel_that_hides_nothing_is_no_transparency(seen: Seen) -> None:
    found = seen(product((*GREY, 255), (*RED, 255)))
    assert (found.white_border, found.has_transparency) == (0.0, False)


def test_the_placeholder_has_the_pictures_shape_and_average(seen: Seen) -> None:
    hash_of = base64.b64decode(seen(Image.new("RGB", (300, 100), WHITE)).thumbhash)
    assert hash_of[4] >> 7 == 1  # landscape
    assert hash_of[0] & 63 == 63  # brightness


def test_the_dominant_colour_is_that_of_most_pixels_not_their_mixture(seen: Seen) -> None:
    image = Image.new("RGB", (100, 100), (0, 0, 200))
    image.paste((250, 250, 0), (0, 0, 100, 40))
    assert seen(image).dominant_colour == "#0000c8"


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_mode_of_pixels_has_an_appearance(seen: Seen, mode: str) -> None:
    image = Image.new("L", (90, 60), 255)
    kind = "TIFF" if mode == "CMYK" else "PNG"
    assert seen(image.convert(mode) if mode != "I;16" else Image.new(mode, (90, 60), 65_535), kind).white_border == 1.0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(width=st.integers(1, 300), height=st.integers(1, 300), shade=st.integers(0, 255), alpha=st.booleans())
def test_no_size_and_no_shade_is_refused(seen: Seen, width: int, height: int, shade: int, alpha: bool) -> None:
    found = seen(Image.new("RGBA", (width, height), (shade, shade, shade, 0 if alpha else 255)))
    assert found.has_transparency is alpha
    assert found.white_border == float(alpha or shade == 255)
