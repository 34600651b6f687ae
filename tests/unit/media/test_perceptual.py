"""The perceptual hash: copies are near, other pictures far, and blank ones have none."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import pyvips
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from assetwire.domain.similarity import BANDS, THRESHOLD, bands, distance
from assetwire.media.perceptual import EDGE, perceptual_hash
from assetwire.media.picture import picture

pytestmark = pytest.mark.slow  # seconds of decoding: part of make test

MASTERS = Path(__file__).parents[3] / "samples" / "masters"
PHOTOGRAPHS = {
    "cup": "AW-1001_coffee-cup_front.jpg",
    "dahlia": "Dahlie Blüte 01 AdobeRGB.jpg",
    "fundus": "AW-2001_fundus_cutout.png",
    "sky": "AW-2002_deep-field_16bit.png",
    "pavilion": "AW-3001_pavilion_print_CMYK.tif",
    "clock": "AW-4001_wall-clock_motion.webp",
    "bricks": "AW-4002_brick_swatch.avif",
    "portrait": "DSC_0043.JPG",
}
Hash = Callable[..., str | None]


@pytest.fixture
def hashed(tmp_path: Path) -> Hash:
    """Return the hash of a picture that was written as a file of some format."""

    def hashed(image: Image.Image, kind: str = "PNG", **options: Any) -> str | None:
        file = tmp_path / "master"
        image.save(file, kind, **options)
        return perceptual_hash(picture(file, f"image/{kind.lower()}", longest_edge=EDGE))

    return hashed


def photograph(name: str = "cup") -> Image.Image:
    with Image.open(MASTERS / PHOTOGRAPHS[name]) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def product(colour: tuple[int, int, int]) -> Image.Image:
    """Return a plain product, photographed on white."""
    image = Image.new("RGB", (600, 600), "white")
    draw = ImageDraw.Draw(image)
    draw.polygon([(200, 80), (400, 80), (540, 190), (480, 260), (420, 220), (420, 540)], fill=colour)
    draw.polygon([(200, 80), (60, 190), (120, 260), (180, 220), (180, 540), (420, 540), (400, 80)], fill=colour)
    draw.line([(230, 200), (260, 520)], fill=tuple(value * 3 // 4 for value in colour), width=9)
    return image


COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "half the size": lambda image: image.resize((image.width // 2, image.height // 2)),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.15),
    "less contrast": lambda image: ImageEnhance.Contrast(image).enhance(0.8),
    "more saturated": lambda image: ImageEnhance.Color(image).enhance(1.3),
    "grey": lambda image: image.convert("L").convert("RGB"),
    "cropped by 1 %": lambda i: i.crop((i.width // 200, i.height // 200, i.width * 199 // 200, i.height * 199 // 200)),
}
FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    "JPEG q30": ("JPEG", {"quality": 30}),
    "JPEG q95": ("JPEG", {"quality": 95}),
    "WebP": ("WEBP", {"quality": 60}),
    "AVIF": ("AVIF", {"quality": 50, "speed": 9}),
    "TIFF": ("TIFF", {}),
}


@pytest.mark.parametrize("change", COPIES)
@pytest.mark.parametrize("name", ["cup", "portrait"])
def test_a_changed_copy_is_near(hashed: Hash, name: str, change: str) -> None:
    original, copy = hashed(photograph(name)), hashed(COPIES[change](photograph(name)))
    assert original
    assert copy
    assert distance(original, copy) <= THRESHOLD


@pytest.mark.parametrize("kind", FORMATS)
def test_a_copy_in_another_format_is_near(hashed: Hash, kind: str) -> None:
    original, copy = hashed(photograph()), hashed(photograph(), FORMATS[kind][0], **FORMATS[kind][1])
    assert original
    assert copy
    assert distance(original, copy) <= THRESHOLD // 2


def test_pictures_of_other_things_are_far(hashed: Hash) -> None:
    found = [hashed(photograph(name)) for name in PHOTOGRAPHS]
    assert all(found)
    apart = [distance(one, other) for at, one in enumerate(found) for other in found[:at] if one and other]
    assert min(apart) > 3 * THRESHOLD


def test_a_product_in_opposite_colours_is_no_copy(hashed: Hash) -> None:
    red, blue, grey = (hashed(product(colour)) for colour in ((200, 40, 40), (40, 60, 200), (90, 90, 90)))
    assert red
    assert blue
    assert grey
    assert distance(red, blue) > THRESHOLD
    assert distance(red, grey) <= THRESHOLD  # what has no colour may be a greyscale copy


@pytest.mark.parametrize("turn", [Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_90])
def test_mirrored_and_turned_copies_are_far(hashed: Hash, turn: Image.Transpose) -> None:
    original, copy = hashed(photograph()), hashed(photograph().transpose(turn))
    assert original
    assert copy
    assert distance(original, copy) > THRESHOLD


def test_an_exif_orientation_is_no_turn(hashed: Hash) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = photograph().transpose(Image.Transpose.ROTATE_90)
    original, copy = hashed(photograph(), "JPEG", quality=95), hashed(stored, "JPEG", quality=95, exif=exif)
    assert original
    assert copy
    assert distance(original, copy) <= 4


BLANKS = {
    "white": Image.new("RGB", (300, 200), "white"),
    "black": Image.new("L", (300, 200), 0),
    "red": Image.new("RGB", (300, 200), (200, 10, 10)),
    "one pixel": Image.new("RGB", (1, 1), (1, 2, 3)),
    "transparent": Image.new("RGBA", (300, 200), (0, 0, 0, 0)),
    "gradient": Image.linear_gradient("L"),
    "soft gradient": Image.linear_gradient("L").point(lambda value: 200 + value // 8),
    "faint noise": Image.effect_noise((300, 200), 6),
}


@pytest.mark.parametrize("name", BLANKS)
def test_what_is_too_plain_has_no_hash(hashed: Hash, name: str) -> None:
    assert hashed(BLANKS[name]) is None


def test_the_same_file_gives_the_same_hash_of_the_documented_form(hashed: Hash) -> None:
    first = hashed(photograph())
    assert first
    assert first == hashed(photograph())
    assert len(first) == 56
    assert len(bands(first)) == BANDS


def test_transparent_parts_count_as_white(hashed: Hash) -> None:
    cut = photograph().convert("RGBA")
    cut.paste((0, 0, 0, 0), (0, 0, cut.width // 2, cut.height))
    flat = Image.alpha_composite(Image.new("RGBA", cut.size, "white"), cut)
    one, other = hashed(cut), hashed(flat.convert("RGB"))
    assert one
    assert other
    assert distance(one, other) <= 2


def test_a_hash_known_from_another_machine_is_found_again() -> None:
    image = pyvips.Image.new_from_memory(pattern(), 128, 128, 3, "uchar").copy(interpretation="srgb")
    found = perceptual_hash(image)
    assert found
    assert distance(found, KNOWN) <= 2


KNOWN = "257b355e01a886029529a039c8ded4162118eca29e590da251000271"


def pattern() -> bytes:
    every = ((x // 4, y // 4, band) for y in range(128) for x in range(128) for band in range(3))
    return bytes((x * 7 + y * y * 3 + band * 40) % 256 for x, y, band in every)
