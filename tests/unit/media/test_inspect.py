"""Inspect: every picture says what it is, everything else says why it is refused, nothing raises."""

import hashlib
import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from assetwire.domain.inspection import Inspection, Kind, Status
from assetwire.media import inspect as inspecting
from assetwire.media.inspect import inspect

MAXIMUM_BYTES, MAXIMUM_PIXELS = 5_000_000, 1_000_000
ORIENTATION = 0x0112
Examine = Callable[[bytes], Inspection]


@pytest.fixture
def examine(tmp_path: Path) -> Examine:
    def examine(data: bytes, **limits: int) -> Inspection:
        file = tmp_path / "master"
        file.write_bytes(data)
        known = {"maximum_bytes": MAXIMUM_BYTES, "maximum_pixels": MAXIMUM_PIXELS} | limits
        return inspect(file, sha256=hashlib.sha256(data).hexdigest(), size=len(data), **known)

    return examine


def picture(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    image = Image.linear_gradient("L").resize((width, height))
    return image.convert("I;16") if mode == "I;16" else image.convert(mode)


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def codes(inspection: Inspection) -> list[str]:
    return [problem.code for problem in inspection.problems]


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that declares this size, with a handful of its pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


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
            (b"%PDF-1.7\n%...", Kind.DOCUMENT, "application/pdf"),
            (b"\x00\x00\x00\x18ftypmp42....", Kind.VIDEO, "video/mp4"),
            (b"\x00\x00\x00\x14ftypqt  ", Kind.VIDEO, "video/quicktime"),
            (b"\x1a\x45\xdf\xa3....", Kind.VIDEO, "video/x-matroska"),
            (b"ID3\x04....", Kind.AUDIO, "audio/mpeg"),
            (b"RIFF....WAVEfmt ", Kind.AUDIO, "audio/wav"),
            (b"8BPS\x00\x01....", Kind.IMAGE, "image/vnd.adobe.photoshop"),
            (b'<svg xmlns="http://www.w3.org/2000/svg"/>', Kind.IMAGE, "image/svg+xml"),
            (b"PK\x03\x04....", Kind.OTHER, "application/zip"),
        ],
    )
    def test_what_is_known_but_not_read_is_named(
        self, examine: Examine, head: bytes, kind: Kind, media_type: str
    ) -> None:
        found = examine(head)
        assert (codes(found), found.kind, found.media_type) == (["unsupported_media_type"], kind, media_type)

    def test_a_loader_that_runs_programs_or_scripts_is_shut(self, examine: Examine) -> None:
        svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="10" height="10"/></svg>'
        assert codes(examine(svg)) == ["unsupported_media_type"]
        assert codes(examine(b"P6 1 1 255 abc")) == ["unrecognised_format"]

    @pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (1001, 1000), (1_000_001, 1)])
    def test_too_many_pixels_are_refused_before_any_is_decoded(self, examine: Examine, width: int, height: int) -> None:
        found = examine(png_header(width, height))
        assert codes(found) == ["too_many_pixels"]  # decoding would have found the damage
        assert (found.width, found.height, found.media_type) == (width, height, "image/png")

    def test_an_edge_that_no_format_can_hold_is_refused(self, examine: Examine) -> None:
        assert codes(examine(png_header(65_536, 1))) == ["edge_too_long"]
        assert codes(examine(png_header(1, 65_536))) == ["edge_too_long"]
        assert examine(encoded(picture(65_535, 1), "PNG")).status is Status.ACCEPTED

    def test_as_many_pixels_as_allowed_are_decoded(self, examine: Examine) -> None:
        assert codes(examine(png_header(1000, 1000))) == ["undecodable"]
        assert examine(encoded(picture(1000, 1000), "PNG")).status is Status.ACCEPTED

    def test_too_many_bytes_are_refused_unseen(self, examine: Callable[..., Inspection]) -> None:
        data = encoded(picture())
        assert codes(examine(data, maximum_bytes=len(data) - 1)) == ["too_large"]
        assert examine(data, maximum_bytes=len(data)).status is Status.ACCEPTED

    def test_the_problem_names_the_field_that_it_is_about(self, examine: Examine) -> None:
        assert examine(png_header(60_000, 60_000)).problems[0].field == "width"
        assert examine(b"").problems[0].field == "file"


SEEDS = [
    encoded(Image.effect_noise((40, 30), 60).convert("RGB"), kind) for kind in ("JPEG", "PNG", "GIF", "WEBP", "TIFF")
]


@settings(max_examples=150)
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


@pytest.mark.parametrize(
    ("kind", "options", "held"),
    [
        ("JPEG", {}, 0),
        ("JPEG", {"progressive": True}, 100 * 80 * 3 * 2),
        ("PNG", {}, 0),
        ("WEBP", {}, 100 * 80 * 4),
        ("AVIF", {}, 100 * 80 * 16),
        ("TIFF", {}, 0),
    ],
)
def test_what_a_decoder_would_hold_is_bounded_before_it_decodes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, options: dict[str, Any], held: int
) -> None:
    Image.new("RGB", (100, 80), "red").save(tmp_path / "master", kind, **options)

    def codes(bound: int) -> list[str]:
        monkeypatch.setattr(inspecting, "DECODING_BYTES", bound)
        limits = {"maximum_bytes": 10**6, "maximum_pixels": 10**6}
        return [p.code for p in inspect(tmp_path / "master", sha256="0", size=1, **limits).problems]

    assert codes(held) == []
    assert codes(held - 1) == ["too_much_memory"]
