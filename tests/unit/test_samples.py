"""The sample masters are what samples/README.md says they are."""

import io
import re
import unicodedata
from pathlib import Path

import pytest
from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError

SAMPLES = Path(__file__).parents[2] / "samples"
MASTERS = SAMPLES / "masters"

COFFEE = "AW-1001_coffee-cup_front.jpg"
DUPLICATE = "supplier-b/IMG_4711.jpg"
INCOMPLETE = "AW-1001_coffee-cup_detail (incomplete upload).jpg"
TEXT = "AW-1001_shooting-notes.jpg"
CUT_OUT = "AW-2001_fundus_cutout.png"
DEEP = "AW-2002_deep-field_16bit.png"
ADOBE_RGB = "Dahlie Blüte 01 AdobeRGB.jpg"
CMYK = "AW-3001_pavilion_print_CMYK.tif"
ANIMATION = "AW-4003_gravel_teaser.gif"

# name: format by content, stored size, mode, EXIF orientation, description of the embedded profile
READABLE = {
    COFFEE: ("JPEG", (600, 400), "RGB", 1, "sRGB"),
    DUPLICATE: ("JPEG", (600, 400), "RGB", 1, "sRGB"),
    "DSC_0042.JPG": ("JPEG", (427, 340), "RGB", 6, None),
    "DSC_0043.JPG": ("JPEG", (300, 451), "RGB", 8, None),
    CUT_OUT: ("PNG", (1411, 1411), "RGBA", 1, None),
    DEEP: ("PNG", (500, 436), "RGB", 1, None),
    ADOBE_RGB: ("JPEG", (640, 427), "RGB", 1, "Compatible with Adobe RGB (1998)"),
    CMYK: ("TIFF", (640, 427), "CMYK", 1, "Chemical proof"),
    "AW-4001_wall-clock_motion.webp": ("WEBP", (400, 300), "RGB", 1, None),
    "AW-4002_brick_swatch.avif": ("AVIF", (512, 512), "RGB", 1, None),
    ANIMATION: ("GIF", (240, 240), "P", 1, None),
    "AW-4004_grass_swatch.jpg": ("PNG", (512, 512), "L", 1, None),
}

# Colorants (D50) of Adobe's own profile, in 1/65536: read from the one inside scikit-image 0.26.0's rocket.jpg.
ADOBE_COLORANTS = {
    "red_colorant": (39960, 20389, 1276),
    "green_colorant": (13453, 41004, 3989),
    "blue_colorant": (9777, 4143, 48796),
}

# sRGB means of 4 x 3 equal blocks, row by row, of scikit-learn 1.9.1's flower.jpg: the Adobe RGB master's source.
FLOWER_BLOCKS = [
    *((5, 59, 59), (51, 69, 56), (45, 70, 54), (3, 58, 57)),
    *((1, 80, 80), (186, 108, 61), (159, 102, 59), (4, 57, 59)),
    *((3, 37, 30), (85, 72, 43), (112, 108, 74), (9, 63, 52)),
]

# The same of its china.jpg: the CMYK master's source.
CHINA_BLOCKS = [
    *((179, 197, 217), (161, 170, 179), (225, 238, 252), (244, 247, 254)),
    *((116, 114, 105), (107, 86, 76), (203, 209, 212), (165, 168, 163)),
    *((88, 87, 56), (95, 77, 53), (103, 100, 85), (50, 52, 39)),
]


def profile_of(image: Image.Image) -> ImageCms.ImageCmsProfile | None:
    content = image.info.get("icc_profile")
    return ImageCms.ImageCmsProfile(io.BytesIO(content)) if content else None


def block_means(image: Image.Image) -> list[tuple[int, int, int]]:
    small = image.resize((4, 3), Image.Resampling.BOX)
    return [small.getpixel((x, y)) for y in range(3) for x in range(4)]


def largest_gap(ours: list[tuple[int, int, int]], theirs: list[tuple[int, int, int]]) -> int:
    return max(abs(a - b) for one, other in zip(ours, theirs, strict=True) for a, b in zip(one, other, strict=True))


def in_srgb(name: str) -> Image.Image:
    with Image.open(MASTERS / name) as image:
        return ImageCms.profileToProfile(
            image,
            profile_of(image),
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )


def files_in_masters() -> set[str]:
    names = (path.relative_to(MASTERS).as_posix() for path in MASTERS.rglob("*") if path.is_file())
    return {unicodedata.normalize("NFC", name) for name in names}


def rows_of_readme() -> dict[str, list[str]]:
    lines = (SAMPLES / "README.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
    return {row[0].strip("`"): row for row in cells}


@pytest.mark.parametrize("name", READABLE)
def test_a_master_has_the_format_size_mode_orientation_and_profile_that_are_stated(name):
    with Image.open(MASTERS / name) as image:
        image.load()
        profile = profile_of(image)
        found = (
            image.format,
            image.size,
            image.mode,
            image.getexif().get(ExifTags.Base.Orientation, 1),
            profile and profile.profile.profile_description,
        )
    assert found == READABLE[name]


@pytest.mark.parametrize("name", READABLE)
def test_readme_states_a_readable_masters_format_size_and_orientation(name):
    expected_format, (width, height), _, orientation, _ = READABLE[name]
    says = rows_of_readme()[name][1]
    if name == DUPLICATE:
        assert "duplicate" in says
        return
    assert expected_format.lower() in says.lower()
    assert f"{width} \N{MULTIPLICATION SIGN} {height}" in says
    assert f"orientation {orientation}" in says or orientation == 1


def test_every_file_is_listed_with_a_source_and_a_licence_and_every_listed_file_is_there():
    rows = rows_of_readme()
    assert set(rows) == files_in_masters() == {*READABLE, INCOMPLETE, TEXT}
    for name, row in rows.items():
        assert len(row) == 4, name
        assert row[2], name
        assert re.match(r"CC0 1\.0|CC BY 2\.0|Public domain \(", row[3]), name


def test_every_photograph_that_asks_for_attribution_gets_it_in_readme_and_inside_the_file():
    attribution = (SAMPLES / "README.md").read_text(encoding="utf-8").partition("## Attribution")[2]
    names = [name for name, row in rows_of_readme().items() if row[3].startswith("CC BY")]
    assert sorted(names) == sorted([ADOBE_RGB, CMYK])
    for name in names:
        assert f"`{name}`" in attribution
        with Image.open(MASTERS / name) as image:
            tags = image.getexif()
        assert tags[ExifTags.Base.Artist] in attribution
        assert "CC BY 2.0" in tags[ExifTags.Base.Copyright]


def test_all_masters_together_take_at_most_six_megabytes():
    assert sum((MASTERS / name).stat().st_size for name in files_in_masters()) <= 6_000_000


def test_at_least_one_master_is_1400_pixels_wide():
    with Image.open(MASTERS / CUT_OUT) as image:
        assert image.width >= 1400


def test_the_duplicate_is_equal_byte_for_byte_and_no_other_two_files_are():
    contents = {name: (MASTERS / name).read_bytes() for name in files_in_masters()}
    assert contents[COFFEE] == contents[DUPLICATE]
    assert len(set(contents.values())) == len(contents) - 1


def test_the_incomplete_upload_opens_and_then_fails_to_decode():
    with Image.open(MASTERS / INCOMPLETE) as image:
        assert (image.format, image.size) == ("JPEG", (600, 400))
        with pytest.raises(OSError, match="truncated"):
            image.load()


def test_the_text_file_named_jpg_is_no_image():
    with pytest.raises(UnidentifiedImageError):
        Image.open(MASTERS / TEXT)


@pytest.mark.parametrize(("name", "upright"), [("DSC_0042.JPG", (340, 427)), ("DSC_0043.JPG", (451, 300))])
def test_a_rotated_master_is_upright_once_its_orientation_is_applied(name, upright):
    with Image.open(MASTERS / name) as image:
        assert ImageOps.exif_transpose(image).size == upright


def test_the_rocket_stands_upright_with_the_night_sky_above_the_lit_pad():
    with Image.open(MASTERS / "DSC_0042.JPG") as image:
        upright = ImageOps.exif_transpose(image).convert("L").resize((1, 8), Image.Resampling.BOX)
    assert upright.getpixel((0, 7)) > 1.2 * upright.getpixel((0, 0))


def test_the_cut_out_is_opaque_within_clear_at_its_corners_and_soft_between():
    with Image.open(MASTERS / CUT_OUT) as image:
        alpha = image.getchannel("A")
    histogram = alpha.histogram()
    assert alpha.getpixel((705, 705)) == 255
    assert [alpha.getpixel(corner) for corner in [(0, 0), (1410, 0), (0, 1410), (1410, 1410)]] == [0] * 4
    assert sum(histogram[1:255]) > 5_000
    assert histogram[255] > 0.7 * 1411 * 1411


def test_the_16_bit_master_stores_16_bits_a_channel():
    header = (MASTERS / DEEP).read_bytes()[:26]
    assert header[12:16] == b"IHDR"
    assert (header[24], header[25]) == (16, 2)  # bits, RGB: PNG specification, IHDR


def test_the_animation_has_four_different_frames():
    with Image.open(MASTERS / ANIMATION) as image:
        frames = set()
        for index in range(image.n_frames):
            image.seek(index)
            frames.add(image.convert("RGB").tobytes())
    assert len(frames) == 4


@pytest.mark.parametrize("colorant", ADOBE_COLORANTS)
def test_the_adobe_rgb_masters_profile_has_the_colorants_of_adobes_own(colorant):
    with Image.open(MASTERS / ADOBE_RGB) as image:
        xyz, _ = getattr(profile_of(image).profile, colorant)
    for ours, theirs in zip(xyz, ADOBE_COLORANTS[colorant], strict=True):
        assert ours * 65536 == pytest.approx(theirs, abs=2)


def test_the_adobe_rgb_masters_three_curves_are_a_gamma_of_563_by_256():
    with Image.open(MASTERS / ADOBE_RGB) as image:
        content = image.info["icc_profile"]
    for curve in (b"rTRC", b"gTRC", b"bTRC"):
        entry = content.index(curve)
        start = int.from_bytes(content[entry + 4 : entry + 8])
        assert content[start : start + 14] == b"curv\0\0\0\0\0\0\0\1\x02\x33"  # 563 = 0x0233, u8Fixed8


def test_the_adobe_rgb_masters_pixels_come_back_to_the_photographs_srgb_and_differ_before():
    with Image.open(MASTERS / ADOBE_RGB) as image:
        as_stored = block_means(image)
    assert largest_gap(block_means(in_srgb(ADOBE_RGB)), FLOWER_BLOCKS) <= 3
    assert largest_gap(as_stored, FLOWER_BLOCKS) >= 30


def test_the_cmyk_masters_inks_print_the_photographs_colours():
    assert largest_gap(block_means(in_srgb(CMYK)), CHINA_BLOCKS) <= 12


def test_the_credited_master_names_its_photographer_in_exif_and_in_xmp():
    with Image.open(MASTERS / COFFEE) as image:
        assert image.getexif()[ExifTags.Base.Artist] == "Rachel Michetti"
        assert "CC0 1.0" in image.getexif()[ExifTags.Base.Copyright]
        packet = image.info["xmp"].decode()
    assert "<rdf:li>Rachel Michetti</rdf:li>" in packet
    assert 'photoshop:Credit="Pikolo Espresso Bar / scikit-image"' in packet
