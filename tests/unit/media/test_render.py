"""Render: upright sRGB pictures of the planned size that look like their master and say nothing else."""

import hashlib
import io
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from assetwire.domain.errors import Undecodable
from assetwire.domain.inscription import Inscription
from assetwire.domain.plan import Plan, Subject, plan, wanted
from assetwire.domain.spec import Encoding, Format, Frame, Spec
from assetwire.media.render import render
from assetwire.ports import RenderedFile
from fakes.pictures import (
    BLUE,
    GREEN,
    RED,
    WHITE,
    YELLOW,
    close,
    encoded,
    mean_difference,
    quadrants,
    scenery,
    wide_gamut_profile,
)

SPEC = Spec(
    name="web",
    ladder=True,
    frames={str(width): Frame(width=width) for width in (40, 80, 160)},
    encodings=(
        Encoding(format=Format.AVIF, quality=80, effort=2),
        Encoding(format=Format.WEBP, quality=90, effort=2),
        Encoding(format=Format.JPEG, quality=92, effort=0),
    ),
)
INSIDE = Inscription()
ORIENTATION = 0x0112
TO_STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera would have stored an upright picture under each EXIF orientation."""

Rendered = dict[str, tuple[RenderedFile, Image.Image]]
Run = Callable[..., Rendered]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Render a master of this upright size, and reopen every file with Pillow."""

    def run(
        master: bytes, width: int, height: int, plan: Plan | None = None, media_type: str = "image/jpeg"
    ) -> Rendered:
        (tmp_path / "master").write_bytes(master)
        (tmp_path / "out").mkdir()
        planned = plan or planned_of(width, height)
        found = {}
        for file in render(
            tmp_path / "master", planned, media_type=media_type, inscription=INSIDE, out=tmp_path / "out"
        ):
            image = Image.open(file.path)
            image.load()
            found[file.path.name] = (file, image)
        return found

    return run


def planned_of(width: int, height: int, *names: str) -> Plan:
    """Return the plan for a picture of this size: for these files of it, or for all."""
    subject = Subject(width, height)
    return plan([output for output in wanted(SPEC, subject) if not names or output.name in names], subject)


def sizes_of(planned: Plan) -> dict[str, tuple[int, int]]:
    return {file.names[0]: canvas.box for step in planned.steps for canvas in step.canvases for file in canvas.files}


class TestFiles:
    """What is planned is written, and described as it is."""

    def test_every_planned_file_is_written_at_its_size_widest_first(self, run: Run) -> None:
        found = run(encoded(scenery()), 480, 320)
        planned = planned_of(480, 320)
        assert tuple(found) == planned.names
        for name, (file, image) in found.items():
            assert file.names == (name,)
            assert image.size == sizes_of(planned)[name] == (file.width, file.height)

    def test_files_are_of_their_format_and_their_facts_are_true(self, run: Run) -> None:
        for name, (file, image) in run(encoded(scenery()), 480, 320).items():
            data = file.path.read_bytes()
            assert image.format == {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG"}[name.rsplit(".", 1)[1]]
            assert image.format.lower() == file.format
            assert (file.bytes, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())

    def test_a_part_of_a_plan_is_made_without_the_rest(self, run: Run) -> None:
        part = planned_of(480, 320, "web-80.webp", "web-40.jpg")
        found = run(encoded(scenery()), 480, 320, part)
        assert [(name, image.size) for name, (_, image) in found.items()] == [
            ("web-80.webp", (80, 53)),
            ("web-40.jpg", (40, 27)),
        ]

    def test_an_empty_plan_makes_nothing_and_reads_nothing(self, run: Run) -> None:
        assert run(b"no picture", 480, 320, plan([], Subject(480, 320))) == {}

    def test_a_small_master_keeps_its_size(self, run: Run) -> None:
        found = run(encoded(quadrants(60, 30), "PNG"), 60, 30)
        assert {name: image.size for name, (_, image) in found.items() if name.endswith(".jpg")} == {
            "web-80.jpg": (60, 30),
            "web-40.jpg": (40, 20),
        }

    @pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 300), (300, 1), (161, 99)])
    def test_odd_sizes_are_made_as_planned(self, run: Run, width: int, height: int) -> None:
        found = run(encoded(scenery(width, height), "PNG"), width, height)
        assert {name: image.size for name, (_, image) in found.items()} == sizes_of(planned_of(width, height))

    @pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "TIFF", "AVIF"])
    def test_every_format_that_is_read_is_rendered(self, run: Run, kind: str) -> None:
        _, image = run(encoded(quadrants(), kind), 320, 200, media_type=f"image/{kind.lower()}")["web-160.jpg"]
        assert image.size == (160, 100)
        assert close(image.getpixel((20, 20)), RED, within=45)

    def test_the_same_master_gives_the_same_bytes(self, run: Run, tmp_path: Path) -> None:
        first = {name: file.sha256 for name, (file, _) in run(encoded(scenery()), 480, 320).items()}
        again = tmp_path / "again"
        again.mkdir()
        planned = planned_of(480, 320)
        files = render(tmp_path / "master", planned, media_type="image/jpeg", inscription=INSIDE, out=again)
        assert {file.path.name: file.sha256 for file in files} == first


class TestLooks:
    """The picture is that of the master."""

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_every_orientation_comes_out_upright(self, run: Run, orientation: int) -> None:
        upright, transposed = quadrants(), TO_STORED[orientation]
        stored = upright if transposed is None else upright.transpose(transposed)
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        found = run(encoded(stored, quality=95, exif=exif), *upright.size)
        for name, (_, image) in found.items():
            width, height = image.size
            corners = [image.convert("RGB").getpixel((x * width // 4, y * height // 4)) for y in (1, 3) for x in (1, 3)]
            expected = (RED, GREEN, BLUE, YELLOW)
            assert all(close(a, b) for a, b in zip(corners, expected, strict=True)), (name, corners)
            assert image.getexif().get(ORIENTATION, 1) == 1
        assert found["web-160.jpg"][1].size == (160, 100)

    def test_every_size_looks_like_the_master_shrunk_another_way(self, run: Run) -> None:
        master = scenery()
        for name, (_, image) in run(encoded(master, "PNG"), 480, 320).items():
            reference = master.resize(image.size, Image.Resampling.LANCZOS)
            assert mean_difference(image, reference) < 5, name

    def test_the_measure_tells_pictures_apart(self) -> None:
        assert mean_difference(scenery(), scenery().transpose(Image.Transpose.ROTATE_180)) > 20
        assert mean_difference(scenery(), scenery().point(lambda value: min(255, value + 10))) > 7

    def test_a_wide_gamut_is_brought_to_srgb(self, run: Run) -> None:
        wide = wide_gamut_profile()
        master = scenery()
        reference = ImageCms.profileToProfile(
            master, ImageCms.ImageCmsProfile(io.BytesIO(wide)), ImageCms.createProfile("sRGB")
        ).resize((160, 107), Image.Resampling.LANCZOS)
        _, image = run(encoded(master, "PNG", icc_profile=wide), 480, 320)["web-160.jpg"]
        assert mean_difference(image, reference) < 4
        assert mean_difference(image, master.resize((160, 107))) > 6  # the profile matters in this picture

    def test_16_bits_become_8_of_the_same_brightness(self, run: Run) -> None:
        grey = Image.linear_gradient("L").resize((320, 200))
        deep = Image.frombytes("I;16", grey.size, b"".join(struct.pack("<H", v * 257) for v in grey.tobytes()))
        for name, (_, image) in run(encoded(deep, "PNG"), 320, 200).items():
            assert mean_difference(image, grey.resize(image.size, Image.Resampling.LANCZOS)) < 4, name
            assert image.mode in {"RGB", "L"}

    def test_grey_stays_grey(self, run: Run) -> None:
        grey = scenery().convert("L")
        for name, (_, image) in run(encoded(grey), 480, 320).items():
            assert mean_difference(image, grey.resize(image.size, Image.Resampling.LANCZOS)) < 5, name

    def test_cmyk_becomes_rgb_of_about_the_same_colours(self, run: Run) -> None:
        for name, (_, image) in run(encoded(quadrants().convert("CMYK"), quality=95), 320, 200).items():
            assert image.mode == "RGB", name
            red, _, blue, yellow = (
                image.getpixel((x * image.width // 4, y * image.height // 4)) for y in (1, 3) for x in (1, 3)
            )
            assert red[0] > 2 * max(red[1], red[2]), name
            assert blue[2] > 1.3 * max(blue[0], blue[1]), name
            assert min(yellow[0], yellow[1]) > 1.5 * yellow[2], name

    def test_transparent_parts_are_white_in_jpeg_and_stay_transparent_elsewhere(self, run: Run) -> None:
        master = quadrants().convert("RGBA")
        master.paste((0, 0, 0, 0), (0, 0, 160, 100))
        found = run(encoded(master, "PNG"), 320, 200)
        for name, (_, image) in found.items():
            at = (image.width // 4, image.height // 4)
            if name.endswith(".jpg"):
                assert image.mode == "RGB"
                assert close(image.getpixel(at), WHITE, within=6), name
            else:
                assert image.mode == "RGBA"
                assert image.getpixel(at)[3] < 10, name
            opposite = image.convert("RGBA").getpixel((3 * image.width // 4, 3 * image.height // 4))
            assert close(opposite, (*YELLOW, 255)), name

    def test_half_transparent_parts_are_mixed_with_white(self, run: Run) -> None:
        master = Image.new("RGBA", (320, 200), (200, 0, 0, 128))
        _, image = run(encoded(master, "PNG"), 320, 200)["web-160.jpg"]
        assert close(image.getpixel((80, 50)), (227, 127, 127), within=6)

    def test_a_palette_with_a_transparent_colour_is_white_there(self, run: Run) -> None:
        master = Image.new("P", (320, 200), 0)
        master.putpalette([0, 0, 0, 200, 30, 30])
        master.paste(1, (0, 0, 160, 200))
        _, image = run(encoded(master, "GIF", transparency=0), 320, 200)["web-160.jpg"]
        assert close(image.getpixel((120, 50)), WHITE, within=6)
        assert close(image.getpixel((40, 50)), (200, 30, 30))


class TestSilence:
    """A rendition tells nothing that its master's metadata told."""

    def test_no_metadata_is_left(self, run: Run) -> None:
        exif = Image.Exif()
        exif[0x010E] = "SECRET description"
        exif[0x8298] = "SECRET copyright"
        exif.get_ifd(0x8825)[29] = "SECRET day"  # GPS
        xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><SECRET/></x:xmpmeta>'
        wide = wide_gamut_profile()
        master = encoded(scenery(), exif=exif, xmp=xmp, icc_profile=wide, comment=b"SECRET comment")
        assert master.count(b"SECRET") == 5
        for name, (file, image) in run(master, 480, 320).items():
            data = file.path.read_bytes()
            assert b"SECRET" not in data, name
            assert b"Wide test" not in data, name
            assert dict(image.getexif()) == {}, name
            assert not {"exif", "xmp", "icc_profile", "comment", "XML:com.adobe.xmp"} & set(image.info), name


class TestDamage:
    """Damaged pixels raise, and make no grey halves."""

    @pytest.mark.parametrize("kind", ["JPEG", "PNG"])
    def test_a_master_that_is_cut_off_is_undecodable(self, run: Run, kind: str) -> None:
        data = encoded(Image.effect_noise((480, 320), 80).convert("RGB"), kind)
        with pytest.raises(Undecodable):
            run(data[: len(data) * 6 // 10], 480, 320)

    def test_what_is_no_picture_is_undecodable(self, run: Run) -> None:
        with pytest.raises(Undecodable):
            run(b"no picture", 480, 320)
