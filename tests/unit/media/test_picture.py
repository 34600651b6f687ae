"""The picture of a master: of each media type the right one, upright, of the size asked for, and never an exception."""

import array
import io
import math
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pillow_heif
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageCms, ImageStat

from assetwire.domain.errors import Undecodable
from assetwire.domain.rendition import WAVEFORM
from assetwire.media.picture import has_picture, picture, picture_of_size
from assetwire.media.waveform import Peaks
from fakes.pictures import BLUE, GREEN, RED, WHITE, YELLOW, quadrants

Drawn = Callable[..., Image.Image]


@pytest.fixture
def drawn(tmp_path: Path) -> Drawn:
    """Return the picture of these bytes, as Pillow sees it."""

    def drawn(
        data: bytes, media_type: str, longest_edge: int = 200, size: tuple[int, int] | None = None
    ) -> Image.Image:
        file = tmp_path / "master"
        file.write_bytes(data)
        if size:
            found = picture_of_size(file, media_type, width=size[0], height=size[1])
        else:
            found = picture(file, media_type, longest_edge=longest_edge)
        assert (found.format, found.interpretation) == ("uchar", "srgb")
        mode = {3: "RGB", 4: "RGBA"}[found.bands]
        return Image.frombytes(mode, (found.width, found.height), bytes(found.write_to_memory()))

    return drawn


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    width, height = image.size
    return [image.convert("RGB").getpixel((x * width // 4, y * height // 4)) for y in (1, 3) for x in (1, 3)]


def close(one: tuple[int, ...], other: tuple[int, ...], within: int = 24) -> bool:
    return all(abs(a - b) <= within for a, b in zip(one, other, strict=True))


def alike(found: list[tuple[int, ...]], *expected: tuple[int, ...]) -> bool:
    return all(close(one, other) for one, other in zip(found, expected, strict=True))


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the mean absolute difference over all channels, of 255."""
    channels = ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean
    return sum(channels) / len(channels)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def heic(image: Image.Image, **options: Any) -> bytes:
    file = io.BytesIO()
    pillow_heif.from_pillow(image).save(file, quality=90, **options)
    return file.getvalue()


def photoshop(image: Image.Image, mode: int = 3, profile: bytes = b"") -> bytes:
    """Return a flat PSD, raw. Source: Adobe Photoshop File Formats Specification; resource 1039 is the ICC profile."""
    bands = image.split()
    resources = b"8BIM" + struct.pack(">HHI", 1039, 0, len(profile)) + profile + bytes(len(profile) % 2)
    resources = resources if profile else b""
    header = b"8BPS" + struct.pack(">H6xHIIHH", 1, len(bands), image.height, image.width, 8, mode)
    sections = struct.pack(">II", 0, len(resources)) + resources + struct.pack(">IH", 0, 0)
    return header + sections + b"".join(band.tobytes() for band in bands)


STILLS = {
    "image/jpeg": lambda image: encoded(image, "JPEG", quality=95),
    "image/png": lambda image: encoded(image, "PNG"),
    "image/gif": lambda image: encoded(image, "GIF"),
    "image/webp": lambda image: encoded(image, "WEBP", quality=95),
    "image/tiff": lambda image: encoded(image, "TIFF"),
    "image/avif": lambda image: encoded(image, "AVIF", quality=90),
    "image/heic": heic,
    "image/vnd.adobe.photoshop": photoshop,
    "image/bmp": lambda image: encoded(image, "BMP"),
    "image/jp2": lambda image: encoded(image, "JPEG2000"),
}


class TestStills:
    """Photographs look as another decoder shows them."""

    @pytest.mark.parametrize("media_type", STILLS)
    def test_every_format_is_shrunk_to_the_edge_and_looks_like_the_original(
        self, drawn: Drawn, media_type: str
    ) -> None:
        original = Image.linear_gradient("L").resize((320, 200)).convert("RGB")
        original.paste(quadrants(160, 100), (80, 50))
        found = drawn(STILLS[media_type](original), media_type)
        assert found.size == (200, 125)
        assert difference(found, original.resize((200, 125), Image.Resampling.LANCZOS)) < 6

    @pytest.mark.parametrize("media_type", STILLS)
    def test_nothing_is_enlarged_unless_a_size_is_given(self, drawn: Drawn, media_type: str) -> None:
        data = STILLS[media_type](quadrants(80, 50))
        assert drawn(data, media_type).size == (80, 50)
        assert drawn(data, media_type, size=(160, 100)).size == (160, 100)

    @pytest.mark.parametrize("media_type", STILLS)
    def test_a_damaged_one_is_undecodable(self, drawn: Drawn, media_type: str) -> None:
        data = STILLS[media_type](Image.effect_noise((320, 200), 90).convert("RGB"))
        with pytest.raises(Undecodable):
            drawn(data[: len(data) // 3], media_type)

    @pytest.mark.parametrize("media_type", ["image/heic", "image/png"])
    def test_transparency_is_kept(self, drawn: Drawn, media_type: str) -> None:
        cut = quadrants().convert("RGBA")
        cut.paste((0, 0, 0, 0), (0, 0, 160, 100))
        found = drawn(STILLS[media_type](cut), media_type)
        assert found.mode == "RGBA"
        assert found.getpixel((40, 30))[3] < 10
        assert found.getpixel((160, 100))[3] > 245

    @pytest.mark.parametrize("media_type", ["image/heic", "image/bmp", "image/jp2", "image/vnd.adobe.photoshop"])
    def test_grey_stays_grey(self, drawn: Drawn, media_type: str) -> None:
        grey = quadrants().convert("L")
        data = photoshop(grey, mode=1) if media_type.endswith("photoshop") else STILLS[media_type](grey)
        assert difference(drawn(data, media_type, 320), grey) < 3

    def test_a_heic_is_turned_as_its_container_says(self, drawn: Drawn) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        stored = quadrants().transpose(Image.Transpose.ROTATE_90)
        file = io.BytesIO()
        pillow_heif.from_pillow(stored).save(file, quality=90, exif=exif.tobytes())
        pillow_heif.register_heif_opener()
        reference = Image.open(io.BytesIO(file.getvalue())).convert("RGB")
        found = drawn(file.getvalue(), "image/heic")
        assert (found.width > found.height) == (reference.width > reference.height)
        assert alike(corners(found), *corners(reference))

    def test_a_photoshop_file_in_cmyk_has_about_the_colours_of_the_original(self, drawn: Drawn) -> None:
        inverted = ImageChops.invert(quadrants().convert("CMYK"))  # as Photoshop stores it
        red, _, blue, _ = corners(drawn(photoshop(inverted, mode=4), "image/vnd.adobe.photoshop"))
        assert red[0] > 2 * max(red[1], red[2])
        assert blue[2] > 1.3 * max(blue[0], blue[1])

    def test_an_embedded_profile_is_brought_to_srgb(self, drawn: Drawn) -> None:
        lab = ImageCms.createProfile("sRGB")
        profile = ImageCms.ImageCmsProfile(lab).tobytes()
        data = photoshop(quadrants(), profile=profile)
        assert alike(corners(drawn(data, "image/vnd.adobe.photoshop")), RED, GREEN, BLUE, YELLOW)

    def test_a_declared_size_without_pixels_costs_nothing(self, drawn: Drawn) -> None:
        empty = photoshop(Image.new("RGB", (1, 1)))
        huge = empty[:14] + struct.pack(">II", 29_000, 29_000) + empty[22:]
        with pytest.raises(Undecodable):
            drawn(huge, "image/vnd.adobe.photoshop")


def film(path: Path, *, rotation: int = 0, dark: int = 0, codec: str = "libx264", every: int = 25) -> bytes:
    """Return four seconds of video: black for some frames, then quadrants."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 320, 200, "yuv420p", every
        if rotation:
            stream.set_display_rotation(rotation)
        shown, black = quadrants(), Image.new("RGB", (320, 200))
        for number in range(100):
            frame = av.VideoFrame.from_image(black if number < dark else shown)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path.read_bytes()


class TestVideo:
    """A poster is a frame that shows something, upright."""

    @pytest.mark.parametrize(
        ("name", "codec", "media_type"),
        [
            ("film.mp4", "libx264", "video/mp4"),
            ("film.mov", "libx264", "video/quicktime"),
            ("film.webm", "libvpx-vp9", "video/webm"),
            ("film.mkv", "libx264", "video/x-matroska"),
        ],
    )
    def test_every_container_has_a_poster(
        self, drawn: Drawn, tmp_path: Path, name: str, codec: str, media_type: str
    ) -> None:
        found = drawn(film(tmp_path / name, codec=codec), media_type)
        assert found.size == (200, 125)
        assert alike(corners(found), RED, GREEN, BLUE, YELLOW)

    @pytest.mark.parametrize("rotation", [90, 180, -90])
    def test_a_rotation_is_applied(self, drawn: Drawn, tmp_path: Path, rotation: int) -> None:
        found = drawn(film(tmp_path / "film.mp4", rotation=rotation), "video/mp4")
        reference = quadrants().rotate(rotation, expand=True)  # Pillow counts counter-clockwise, too
        assert (found.width > found.height) == (reference.width > reference.height)
        assert alike(corners(found), *corners(reference))

    @pytest.mark.parametrize("every", [25, 1000])
    def test_a_dark_beginning_is_passed_over(self, drawn: Drawn, tmp_path: Path, every: int) -> None:
        found = drawn(film(tmp_path / "film.mp4", dark=45, every=every), "video/mp4")
        assert alike(corners(found), RED, GREEN, BLUE, YELLOW)

    def test_a_film_that_is_black_throughout_has_a_black_poster(self, drawn: Drawn, tmp_path: Path) -> None:
        assert alike(corners(drawn(film(tmp_path / "film.mp4", dark=100), "video/mp4")), *[(0, 0, 0)] * 4)

    def test_a_film_that_is_cut_off_has_a_poster_or_a_reason(self, drawn: Drawn, tmp_path: Path) -> None:
        data = film(tmp_path / "film.mkv", codec="libx264")
        assert alike(corners(drawn(data[: len(data) * 3 // 4], "video/x-matroska")), RED, GREEN, BLUE, YELLOW)
        whole = film(tmp_path / "film.mp4")
        with pytest.raises(Undecodable):
            drawn(whole[: len(whole) // 2], "video/mp4")

    def test_a_playlist_is_no_film(self, drawn: Drawn) -> None:
        with pytest.raises(Undecodable):
            drawn(b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "video/mp4")


def sound(path: Path, codec: str, rate: int, values: list[int], layout: str = "mono") -> bytes:
    """Return these samples (signed, 16 bits) as an audio file."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.layout = layout
        frame = av.AudioFrame(format="s16", layout=layout, samples=len(values))
        frame.planes[0].update(array.array("h", values).tobytes())
        frame.sample_rate, frame.pts = rate, 0
        for part in av.AudioResampler(format=stream.format.name, layout=layout, rate=rate).resample(frame):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path.read_bytes()


def tone(rate: int, seconds: float, level: float) -> list[int]:
    return [int(32767 * level * math.sin(2 * math.pi * 440 * n / rate)) for n in range(int(rate * seconds))]


def extent(image: Image.Image, x: int) -> int:
    """Return how many pixels of a column are of the wave."""
    return sum(image.getpixel((x, y)) == (31, 78, 95) for y in range(image.height))


class TestAudio:
    """A waveform shows when it is loud and when silent."""

    @pytest.mark.parametrize(
        ("name", "codec", "media_type"),
        [
            ("a.wav", "pcm_s16le", "audio/wav"),
            ("a.flac", "flac", "audio/flac"),
            ("a.mp3", "libmp3lame", "audio/mpeg"),
            ("a.m4a", "aac", "audio/mp4"),
            ("a.aac", "aac", "audio/aac"),
            ("a.ogg", "libopus", "audio/ogg"),
        ],
    )
    def test_a_tone_between_silences_is_drawn_where_it_is_and_as_high_as_it_is(
        self, drawn: Drawn, tmp_path: Path, name: str, codec: str, media_type: str
    ) -> None:
        values = [0] * 48_000 + tone(48_000, 1, 0.5) + [0] * 48_000
        found = drawn(sound(tmp_path / name, codec, 48_000, values), media_type, 1600)
        assert found.size == WAVEFORM
        assert [extent(found, x) < 12 for x in (100, 450, 1150, 1500)] == [True] * 4
        assert all(abs(extent(found, x) - 200) < 30 for x in (650, 800, 950))

    def test_a_short_and_a_silent_sound_have_a_picture(self, drawn: Drawn, tmp_path: Path) -> None:
        found = drawn(sound(tmp_path / "a.wav", "pcm_s16le", 48_000, [0] * 480), "audio/wav", 1600)
        assert sum(extent(found, x) for x in range(0, 1600, 50)) == 0

    @pytest.mark.parametrize("data", [b"", b"RIFF\0\0\0\0WAVE", b"ID3\4\0\0\0\0\0\0", b"OggS" + bytes(80)])
    def test_what_has_no_sound_is_undecodable(self, drawn: Drawn, data: bytes) -> None:
        for media_type in ("audio/wav", "audio/mpeg", "audio/ogg", "audio/mp4"):
            with pytest.raises(Undecodable):
                drawn(data, media_type)

    def test_peaks_hold_little_however_long_the_sound_is(self) -> None:
        peaks, part = Peaks(100), memoryview(array.array("h", [0, 1000, -2000, 0] * 1000))
        for _ in range(200):
            peaks.add(part)
        assert len(peaks._peaks) <= 400
        assert peaks.columns() == [(-2000, 1000)] * 100


class TestPages:
    """The first page of a PDF, on white."""

    def page(self, width: float, height: float, content: bytes, extra: bytes = b"") -> bytes:
        """Return a PDF of one page, written by hand."""
        parts = [
            b"<< /Type /Catalog /Pages 2 0 R " + extra + b">>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %f %f] /Contents 4 0 R >>" % (width, height),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        ]
        body, places = b"%PDF-1.4\n", []
        for number, part in enumerate(parts, start=1):
            places.append(len(body))
            body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
        table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
        return body + table + b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)

    def test_it_is_drawn_at_the_size_that_is_asked_for(self, drawn: Drawn) -> None:
        data = self.page(300, 400, b"1 0 0 rg 0 200 150 200 re f 0 0 1 rg 150 0 150 200 re f")
        for found in (drawn(data, "application/pdf", 1000), drawn(data, "application/pdf", size=(750, 1000))):
            assert found.size == (750, 1000)
            assert alike(corners(found), (255, 0, 0), WHITE, WHITE, (0, 0, 255))

    def test_a_page_of_another_shape_than_planned_keeps_its_own_on_white(self, drawn: Drawn) -> None:
        found = drawn(self.page(300, 400, b"1 0 0 rg 0 0 300 400 re f"), "application/pdf", size=(1000, 1000))
        assert found.size == (1000, 1000)
        assert [found.getpixel((x, 500)) for x in (20, 500, 980)] == [WHITE, (255, 0, 0), WHITE]

    def test_scripts_are_not_run_and_forms_not_drawn(self, drawn: Drawn) -> None:
        action = b"/OpenAction << /S /JavaScript /JS (while(true){}) >> "
        assert drawn(self.page(300, 400, b"", action), "application/pdf").getextrema() == ((255, 255),) * 3

    @pytest.mark.parametrize("size", [(14_400, 1), (1, 14_400), (0.5, 0.5)])
    def test_odd_pages_are_drawn_within_the_edge(self, drawn: Drawn, size: tuple[float, float]) -> None:
        assert max(drawn(self.page(*size, b""), "application/pdf", 500).size) <= 501

    def test_a_document_without_pages_is_undecodable(self, drawn: Drawn) -> None:
        file = io.BytesIO()
        pypdfium2.PdfDocument.new().save(file)
        for data in (file.getvalue(), b"%PDF-1.7\n", self.page(300, 400, b"")[:60]):
            with pytest.raises(Undecodable):
                drawn(data, "application/pdf")


class TestDrawings:
    """SVGs go through the sanitiser, and are drawn at the size that is needed."""

    def test_a_small_drawing_is_drawn_large_and_sharp(self, drawn: Drawn) -> None:
        data = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><rect width="10" height="10"/></svg>'
        for found in (drawn(data, "image/svg+xml", 1000), drawn(data, "image/svg+xml", size=(1000, 500))):
            assert found.size == (1000, 500)
            assert [found.getpixel((x, 250))[3] for x in (498, 501)] == [255, 0]

    def test_what_the_sanitiser_refuses_is_undecodable(self, drawn: Drawn) -> None:
        data = b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>'
        with pytest.raises(Undecodable, match="document type"):
            drawn(data, "image/svg+xml")

    def test_no_other_file_is_opened(self, drawn: Drawn, tmp_path: Path) -> None:
        (tmp_path / "red.png").write_bytes(encoded(Image.new("RGB", (10, 10), RED), "PNG"))
        for link in ("red.png", f"file://{tmp_path}/red.png"):
            image = f'<image href="{link}" width="10" height="10"/>'
            data = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">{image}</svg>'
            assert drawn(data.encode(), "image/svg+xml").getextrema()[3] == (0, 0)


@pytest.mark.parametrize("media_type", ["application/zip", "application/msword", "text/plain", ""])
def test_what_has_no_picture_says_so(drawn: Drawn, media_type: str) -> None:
    assert not has_picture(media_type)
    with pytest.raises(Undecodable) as refused:
        drawn(b"PK\3\4", media_type)
    assert refused.value.code == "no_picture"


def test_a_png_that_declares_gigapixels_is_refused_before_it_is_decoded(drawn: Drawn) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 65_535, 65_535, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0")) + chunk(b"IEND", b"")
    with pytest.raises(Undecodable) as refused:
        drawn(data, "image/png")
    assert refused.value.code == "too_many_pixels"
