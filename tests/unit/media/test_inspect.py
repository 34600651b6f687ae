"""Inspect: every picture says what it is, everything else says why it is refused, nothing raises."""

import gzip
import hashlib
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from assetwire.domain.inspection import Inspection, Kind, Status
from assetwire.domain.spin_manifest import SPIN_TYPE, SpinManifest
from assetwire.media.examine import examine as stages
from assetwire.media.inspect import inspect
from assetwire.media.readers import READERS
from fakes.examining import MAXIMUM_BYTES, MAXIMUM_PIXELS, ORIENTATION, Examine, codes, examined
from fakes.hostile import png_of
from fakes.masters import (
    SVG,
    encoded,
    film,
    heic,
    ole,
    package,
    pdf,
    photoshop,
    picture,
    small_pdf,
)

pytestmark = pytest.mark.slow  # seconds of decoding: part of make test


@pytest.fixture
def examine(tmp_path: Path) -> Examine:
    return partial(examined, tmp_path / "master")


class TestPictures:
    """Accepted, with their facts."""

    @pytest.mark.parametrize(
        ("kind", "media_type"),
        [
            ("JPEG", "image/jpeg"),
            ("PNG", "image/png"),
            ("GIF", "image/gif"),
            ("WEBP", "image/webp"),
            ("TIFF", "image/tiff"),
            ("AVIF", "image/avif"),
        ],
    )
    def test_every_format_that_is_read_is_known_by_its_content(
        self, examine: Examine, kind: str, media_type: str
    ) -> None:
        data = encoded(picture(), kind)
        found = examine(data)
        assert (found.status, found.problems) == (Status.ACCEPTED, ())
        assert (found.kind, found.media_type, found.width, found.height) == (Kind.IMAGE, media_type, 60, 40)
        assert (found.bytes, found.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert found.pages == (1 if kind == "TIFF" else None)

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_width_and_height_are_those_of_the_upright_picture(self, examine: Examine, orientation: int) -> None:
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        found = examine(encoded(picture(60, 40), exif=exif))
        assert (found.width, found.height) == ((60, 40) if orientation <= 4 else (40, 60))
        assert found.metadata.technical["orientation"] == orientation

    @pytest.mark.parametrize("orientation", [0, 9, 65535])
    def test_an_absurd_orientation_counts_as_upright(self, examine: Examine, orientation: int) -> None:
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        found = examine(encoded(picture(60, 40), exif=exif))
        assert (found.width, found.height, found.metadata.technical["orientation"]) == (60, 40, 1)

    @pytest.mark.parametrize(
        ("mode", "kind", "expected"),
        [
            ("RGB", "JPEG", {"colour_space": "srgb", "bits_per_sample": 8, "has_alpha": False}),
            ("RGBA", "PNG", {"colour_space": "srgb", "bits_per_sample": 8, "has_alpha": True}),
            ("L", "JPEG", {"colour_space": "b-w", "bits_per_sample": 8, "has_alpha": False}),
            ("CMYK", "JPEG", {"colour_space": "cmyk", "bits_per_sample": 8, "has_alpha": False}),
            ("I;16", "PNG", {"colour_space": "grey16", "bits_per_sample": 16, "has_alpha": False}),
        ],
    )
    def test_the_pixels_are_described(
        self, examine: Examine, mode: str, kind: str, expected: dict[str, object]
    ) -> None:
        found = examine(encoded(picture(mode=mode), kind))
        assert found.status is Status.ACCEPTED
        assert found.metadata.technical.items() >= expected.items()

    def test_an_embedded_profile_is_named(self, examine: Examine) -> None:
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        assert "sRGB" in str(examine(encoded(picture(), icc_profile=profile)).metadata.technical["icc_profile"])

    def test_a_damaged_profile_costs_its_name_alone(self, examine: Examine) -> None:
        found = examine(encoded(picture(), icc_profile=b"no profile" * 20))
        assert found.status is Status.ACCEPTED
        assert "icc_profile" not in found.metadata.technical

    def test_pages_are_counted_and_so_are_frames(self, examine: Examine) -> None:
        several = {"save_all": True, "append_images": [picture(mode="L").rotate(90 * n) for n in (1, 2)]}
        tiff = examine(encoded(picture(mode="L"), "TIFF", **several))
        gif = examine(encoded(picture(mode="L"), "GIF", **several))
        assert (tiff.pages, tiff.metadata.technical.get("frames")) == (3, None)
        assert (gif.pages, gif.metadata.technical.get("frames"), gif.height) == (None, 3, 40)

    def test_a_picture_of_one_pixel_is_searched_for_nothing(self, examine: Examine) -> None:
        found = examine(encoded(picture(1, 1), "PNG"))
        assert (found.status, found.warnings, found.identifiers) == (Status.ACCEPTED, (), ())


class TestSpins:
    """Manifests of spins: text that says so, read without any decoder."""

    @pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\n  "])
    def test_a_manifest_says_how_many_frames_it_has(self, examine: Examine, before: bytes) -> None:
        manifest = SpinManifest(spin=1, frames=tuple(f"{n}.jpg" for n in range(16)), rows=2)
        found = examine(before + manifest.text().encode())
        if before.startswith(b"\xef"):  # JSON has no byte order mark
            assert (found.kind, codes(found)) == (Kind.SPIN, ["invalid_spin"])
            return
        assert (found.status, found.kind, found.media_type) == (Status.ACCEPTED, Kind.SPIN, SPIN_TYPE)
        assert found.metadata.technical == {"frames": 16, "rows": 2, "columns": 8}

    def test_a_manifest_that_is_wrong_is_refused_and_says_where(self, examine: Examine) -> None:
        found = examine(b'{"spin": 1, "frames": ["1.jpg"]}')
        assert (found.kind, codes(found)) == (Kind.SPIN, ["invalid_spin"])
        assert "at least 8" in found.problems[0].message

    def test_other_objects_are_of_no_known_format(self, examine: Examine) -> None:
        assert codes(examine(b'{"frames": ["spin"]}')) == ["unrecognised_format"]


class TestRefusals:
    """Quarantined, with the reason."""

    def test_no_bytes_are_an_empty_file(self, examine: Examine) -> None:
        assert codes(examine(b"")) == ["empty_file"]

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "GIF"])
    @pytest.mark.parametrize("kept", [0.5, 0.9])
    def test_a_file_that_is_cut_off_is_undecodable(self, examine: Examine, kind: str, kept: float) -> None:
        noise = Image.effect_noise((300, 200), 80).convert("RGB")
        data = encoded(noise, kind)
        found = examine(data[: int(len(data) * kept)])
        assert found.status is Status.QUARANTINED
        assert codes(found) in (["undecodable"], ["unrecognised_format"])
        if kind in {"JPEG", "PNG"}:  # their header stands at the beginning
            assert (codes(found), found.media_type, found.width) == (["undecodable"], f"image/{kind.lower()}", 300)

    def test_text_with_the_name_of_a_picture_is_of_no_known_format(self, examine: Examine) -> None:
        found = examine(b"Dear all, please find attached the pictures.")
        assert (codes(found), found.kind, found.media_type) == (["unrecognised_format"], None, None)

    @pytest.mark.parametrize(
        ("head", "kind", "media_type"),
        [
            (b"\x00\x00\x00\x0cJXL \r\n\x87\n", Kind.IMAGE, "image/jxl"),
            (b"\x00\x00\x00\x18ftypcrx \0\0\0\1crx isom", Kind.IMAGE, "image/x-canon-cr3"),
            (b"FORM....AIFF", Kind.AUDIO, "audio/aiff"),
            (b"%!PS-Adobe-3.0 EPSF-3.0", Kind.DOCUMENT, "application/postscript"),
            (package("picture.jpg"), Kind.OTHER, "application/zip"),
            (ole("Something"), Kind.OTHER, "application/x-ole-storage"),
        ],
    )
    def test_what_is_known_but_not_read_is_named(
        self, examine: Examine, head: bytes, kind: Kind, media_type: str
    ) -> None:
        found = examine(head)
        assert (codes(found), found.kind, found.media_type) == (["unsupported_media_type"], kind, media_type)

    def test_formats_that_nobody_sends_are_unknown(self, examine: Examine) -> None:
        assert codes(examine(b"P6 1 1 255 abc")) == ["unrecognised_format"]

    @pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (1001, 1000), (1_000_001, 1)])
    def test_too_many_pixels_are_refused_before_any_is_decoded(self, examine: Examine, width: int, height: int) -> None:
        found = examine(png_of(width, height))
        assert codes(found) == ["too_many_pixels"]  # decoding would have found the damage
        assert (found.width, found.height, found.media_type) == (width, height, "image/png")

    def test_an_edge_that_no_format_can_hold_is_refused(self, examine: Examine) -> None:
        assert codes(examine(png_of(65_536, 1))) == ["edge_too_long"]
        assert codes(examine(png_of(1, 65_536))) == ["edge_too_long"]
        assert examine(encoded(picture(65_535, 1), "PNG")).status is Status.ACCEPTED

    def test_as_many_pixels_as_allowed_are_decoded(self, examine: Examine) -> None:
        assert codes(examine(png_of(1000, 1000))) == ["undecodable"]
        assert examine(encoded(picture(1000, 1000), "PNG")).status is Status.ACCEPTED

    def test_too_many_bytes_are_refused_unseen(self, examine: Callable[..., Inspection]) -> None:
        data = encoded(picture())
        assert codes(examine(data, maximum_bytes=len(data) - 1)) == ["too_large"]
        assert examine(data, maximum_bytes=len(data)).status is Status.ACCEPTED

    def test_the_problem_names_the_field_that_it_is_about(self, examine: Examine) -> None:
        assert examine(png_of(60_000, 60_000)).problems[0].field == "width"
        assert examine(b"").problems[0].field == "file"


NOISE = Image.effect_noise((40, 30), 60).convert("RGB")
SEEDS = [
    *(encoded(NOISE, kind) for kind in ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF", "BMP", "JPEG2000")),
    *(heic(NOISE), photoshop(), SVG, pdf(), package("[Content_Types].xml", "word/document.xml"), ole("Workbook")),
]


@settings(max_examples=40)
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=8))
def test_no_bytes_break_the_inspection(seed: bytes, flips: list[tuple[int, int]]) -> None:
    import tempfile

    data = bytearray(seed)
    for at, value in flips:
        data[at % len(data)] = value
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        found = inspect(
            Path(file.name), sha256="0", size=len(data), maximum_bytes=MAXIMUM_BYTES, maximum_pixels=MAXIMUM_PIXELS
        )
    assert (found.status is Status.ACCEPTED) is (found.problems == ())


@pytest.mark.parametrize("mode", ["F", "I"])
def test_samples_without_a_defined_white_are_refused(tmp_path: Path, mode: str) -> None:
    Image.new(mode, (30, 20), 1).save(tmp_path / "master", "TIFF")
    found = inspect(tmp_path / "master", sha256="0", size=1, maximum_bytes=10**6, maximum_pixels=10**6)
    assert [problem.code for problem in found.problems] == ["unsupported_samples"]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF"])
def test_a_file_of_a_known_format_with_a_damaged_header_says_so_and_names_no_path(tmp_path: Path, kind: str) -> None:
    Image.new("RGB", (200, 200), "red").save(tmp_path / "master", kind)
    (tmp_path / "master").write_bytes((tmp_path / "master").read_bytes()[:40])
    found = inspect(tmp_path / "master", sha256="0", size=40, maximum_bytes=10**6, maximum_pixels=10**6)
    assert [problem.code for problem in found.problems] == ["undecodable"]
    assert (found.kind, found.media_type) == (Kind.IMAGE, f"image/{kind.lower()}")
    assert str(tmp_path) not in found.model_dump_json()


def test_a_variant_that_is_not_read_is_named_by_what_the_decoder_says(tmp_path: Path) -> None:
    data = bytearray(encoded(picture(mode="L"), "TIFF"))
    bits = data.find(b"\x02\x01\x03\0\x01\0\0\0\x08\0")  # the entry BitsPerSample of one sample of 8 bits
    data[bits + 8] = 12
    (tmp_path / "master").write_bytes(data)
    found = inspect(tmp_path / "master", sha256="0", size=len(data), maximum_bytes=10**6, maximum_pixels=10**6)
    assert [problem.code for problem in found.problems] == ["undecodable"]
    assert "variant that is not read: tiff2vips: " in found.problems[0].message


class TestOtherPictures:
    """What libvips does not read."""

    @pytest.mark.parametrize(
        ("data", "media_type"),
        [
            (heic(picture()), "image/heic"),
            (encoded(picture(), "BMP"), "image/bmp"),
            (encoded(picture(), "JPEG2000"), "image/jp2"),
            (encoded(picture(), "JPEG2000", no_jp2=True), "image/j2c"),
            (photoshop(), "image/vnd.adobe.photoshop"),
            (SVG, "image/svg+xml"),
            (gzip.compress(SVG), "image/svg+xml"),
            (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a > b -->\n" + SVG, "image/svg+xml"),
        ],
    )
    def test_they_are_known_by_their_content(self, examine: Examine, data: bytes, media_type: str) -> None:
        found = examine(data)
        assert (found.status, found.problems) == (Status.ACCEPTED, ())
        assert (found.kind, found.media_type, found.width, found.height) == (Kind.IMAGE, media_type, 60, 40)

    def test_heif_is_upright_by_its_own_rotation_and_its_exif_is_a_copy(self, examine: Examine) -> None:
        exif = Image.Exif()
        exif[ORIENTATION] = 6
        image = picture()
        image.info["exif"] = exif.tobytes()
        data = bytearray(heic(image))
        at = data.find(b"irot") + 4
        sizes = {}
        for quarters in range(4):
            data[at] = quarters
            found = examine(bytes(data))
            sizes[quarters] = (found.width, found.height)
        assert sizes[0] == sizes[2] == sizes[1][::-1] == sizes[3][::-1]
        assert set(sizes.values()) == {(60, 40), (40, 60)}

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
    @pytest.mark.parametrize("orientation", [3, 6, 8])
    def test_every_format_with_exif_is_turned(self, examine: Examine, kind: str, orientation: int) -> None:
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        found = examine(encoded(picture(), kind, exif=exif))
        assert (found.width, found.height) == ((60, 40) if orientation == 3 else (40, 60))

    @pytest.mark.parametrize(
        ("options", "code"),
        [
            ({"bits": 32}, "unsupported_samples"),
            ({"mode": 9}, "unsupported_samples"),
            ({"flattened": False}, "no_picture"),
        ],
    )
    def test_photoshop_files_that_are_not_read_have_their_size(
        self, examine: Examine, options: dict[str, int], code: str
    ) -> None:
        found = examine(photoshop(**options))
        assert (codes(found), found.width, found.height) == ([code], 60, 40)

    @pytest.mark.parametrize("options", [{"version": 2}, {"bits": 16}, {"mode": 4, "channels": 4}])
    def test_large_deep_and_printed_photoshop_files_are_read(self, examine: Examine, options: dict[str, int]) -> None:
        found = examine(photoshop(**options))
        assert (codes(found), found.width, found.height) == ([], 60, 40)
        assert found.metadata.technical["bits_per_sample"] == options.get("bits", 8)
        assert found.metadata.technical["large_document"] == ("version" in options)

    def test_frames_of_an_animated_png_are_counted(self, examine: Examine) -> None:
        frames = {"save_all": True, "append_images": [picture(mode="L").rotate(90 * n).convert("RGB") for n in (1, 2)]}
        assert examine(encoded(picture(), "PNG", **frames)).metadata.technical["frames"] == 3

    def test_sixteen_bits_and_inks_are_described(self, examine: Examine) -> None:
        deep = examine(encoded(picture(mode="I;16"), "TIFF")).metadata.technical
        inks = examine(encoded(picture(mode="CMYK"), "TIFF")).metadata.technical
        assert (deep["bits_per_sample"], deep["colour_space"]) == (16, "grey16")
        assert (inks["bits_per_sample"], inks["colour_space"]) == (8, "cmyk")

    def test_a_picture_has_a_hash_and_its_copy_in_another_format_nearly_the_same(self, examine: Examine) -> None:
        noise = Image.effect_noise((12, 9), 90).resize((240, 180)).convert("RGB")
        first, second = (examine(encoded(noise, kind)).perceptual_hash for kind in ("PNG", "JPEG"))
        assert first is not None
        assert second is not None
        assert (int(first, 16) ^ int(second, 16)).bit_count() < 20

    def test_pictures_films_and_pages_have_an_appearance_and_sounds_have_none(
        self, examine: Examine, tmp_path: Path
    ) -> None:
        page, cutout = examine(small_pdf()).appearance, examine(encoded(picture(mode="RGBA"), "PNG")).appearance
        assert page is not None
        assert cutout is not None
        assert (page.dominant_colour, page.white_border) == ("#ffffff", 1.0)
        assert cutout.has_transparency is False
        assert examine(film(tmp_path / "film.mp4")).appearance is not None
        assert examine(film(tmp_path / "sound.m4a", codec=None, container="mp4")).appearance is None

    def test_an_appearance_that_cannot_be_measured_costs_nothing_else(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr("assetwire.media.appearance.appearance", lambda _: 1 / 0)
        noise = Image.effect_noise((12, 9), 90).resize((240, 180)).convert("RGB")
        (tmp_path / "master").write_bytes(encoded(noise))
        size = (tmp_path / "master").stat().st_size
        asked = {"size": size, "maximum_pixels": MAXIMUM_PIXELS, "without": [], "until": time.monotonic() + 9}
        reports = list(stages(str(tmp_path / "master"), "image/jpeg", **asked))
        (warning,) = [w for report in reports for w in report.get("warnings", [])]
        assert warning["code"] == "appearance_lost"
        assert any(report.get("perceptual_hash") for report in reports)


def test_every_media_type_that_is_read_is_read_in_some_test() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_inspect*.py"))
    formats = {
        "image/heif",
        "video/mpeg",
        "video/ogg",
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/webp",
        "image/tiff",
        "image/avif",
    }
    # The first have no encoder at hand; the others go by Pillow's names.
    missing = [each for each in READERS if each not in source and each not in formats]
    assert missing == []
