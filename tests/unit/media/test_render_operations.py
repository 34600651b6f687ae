"""What rendering does to a picture, operation by operation: reopened by Pillow, and held against what Pillow makes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from assetwire.domain.errors import Unmet
from assetwire.domain.plan import Region
from assetwire.domain.spec import Encoding, Fit, Format, Frame, Kernel
from assetwire.media import scaling
from assetwire.ports import RenderedFile
from fakes.pictures import BLUE, GREEN, RED, YELLOW, close, encoded, mean_difference, quadrants, scenery
from fakes.rendering import INK, JPEG, LANCZOS, PNG, WEBP, Made, one, output, profile_of


class TestCrop:
    """A crop fills its box with the part around the focus, and cuts off the rest."""

    FRAME = Frame(width=120, height=120, fit=Fit.CROP)

    def test_it_shows_the_part_around_the_focus_and_no_other(self, made: Made) -> None:
        master = scenery()  # 480 × 320: 320 × 320 remain
        focus = Region(0.6, 0.3, 0.2, 0.2)
        found = one(made(master, output(self.FRAME), focus=focus))
        expected = master.crop((160, 0, 480, 320)).resize((120, 120), LANCZOS)
        assert found.size == (120, 120)
        assert mean_difference(found, expected) < 1.5
        assert mean_difference(found, master.crop((80, 0, 400, 320)).resize((120, 120), LANCZOS)) > 10

    def test_a_part_within_the_picture_is_cut_on_both_sides(self, made: Made) -> None:
        master = scenery(480, 160)
        found = one(made(master, output(Frame(width=80, height=80, fit=Fit.CROP)), focus=Region(0.5, 0.5, 0, 0)))
        assert mean_difference(found, master.crop((160, 0, 320, 160)).resize((80, 80), LANCZOS)) < 1.5

    @pytest.mark.parametrize("left", [40, 560])
    def test_without_a_focus_it_shows_what_draws_the_eye(self, made: Made, left: int) -> None:
        master = Image.new("RGB", (800, 200), (128, 128, 128))
        ImageDraw.Draw(master).ellipse((left, 20, left + 160, 180), fill=(230, 40, 40))
        found = one(made(master, output(self.FRAME)))
        assert found.size == (120, 120)
        red = sum(close(pixel, (230, 40, 40), within=40) for pixel in found.convert("RGB").get_flattened_data())
        assert red > 0.45 * 120 * 120  # the disc is half of the square that holds it

    def test_every_size_of_one_shape_shows_the_same_part(self, made: Made) -> None:
        frames = [Frame(width=edge, height=edge, fit=Fit.CROP) for edge in (160, 80, 40)]
        found = made(scenery(800, 300), *(output(frame, name=str(frame.width)) for frame in frames))
        for name, image in found.items():
            assert mean_difference(image, found["160"].resize(image.size, LANCZOS)) < 3, name

    def test_the_focus_counts_in_the_upright_picture(self, made: Made) -> None:
        upright = quadrants(200, 400)
        exif = Image.Exif()
        exif[0x0112] = 6
        stored = encoded(upright.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif, quality=95)
        found = one(made(stored, output(self.FRAME), focus=Region(0, 0.9, 1, 0.1)))
        assert close(found.getpixel((30, 60)), BLUE)
        assert close(found.getpixel((90, 60)), YELLOW)

    def test_a_picture_that_may_not_be_cropped_is_padded_instead(self, made: Made) -> None:
        found = one(made(quadrants(320, 200), output(self.FRAME), may_crop=False))
        assert found.size == (120, 120)
        assert close(found.getpixel((60, 5)), (255, 255, 255))
        assert close(found.getpixel((20, 40)), RED)
        assert close(found.getpixel((100, 80)), YELLOW)


class TestPadding:
    """A padded picture lies in the middle of its box, on the frame's background."""

    @pytest.mark.parametrize("encoding", [PNG, JPEG, WEBP, Encoding(format=Format.TIFF), Encoding(format=Format.GIF)])
    def test_what_is_left_is_background(self, made: Made, encoding: Encoding) -> None:
        frame = Frame(width=100, height=100, fit=Fit.PAD, background="#204060")
        found = one(made(quadrants(320, 160), output(frame, encoding))).convert("RGB")
        assert found.size == (100, 100)
        for at in ((50, 10), (50, 90), (2, 20), (97, 80)):
            assert close(found.getpixel(at), (0x20, 0x40, 0x60), within=8), at
        assert close(found.getpixel((20, 35)), RED)
        assert close(found.getpixel((80, 65)), YELLOW)

    def test_a_small_picture_is_not_enlarged_and_its_box_keeps_its_shape(self, made: Made) -> None:
        assert one(made(quadrants(40, 20), output(Frame(width=400, height=200, fit=Fit.PAD)))).size == (40, 20)
        assert one(made(quadrants(40, 20), output(Frame(width=400, height=400, fit=Fit.PAD)))).size == (40, 40)

    def test_a_transparent_picture_stays_transparent_within_its_border(self, made: Made) -> None:
        master = Image.new("RGBA", (100, 50), (0, 0, 0, 0))
        frame = Frame(width=100, height=100, fit=Fit.PAD, background="#ff0000")
        found = one(made(master, output(frame)))
        assert found.getpixel((50, 5)) == (255, 0, 0, 255)
        assert found.getpixel((50, 50))[3] == 0


class TestBackground:
    def test_it_lies_behind_what_is_transparent_where_the_output_is_opaque(self, made: Made) -> None:
        master = quadrants().convert("RGBA")
        master.putalpha(128)
        background = {"background": "#000080"}
        wanted = [
            output(Frame(width=80, **background), JPEG, "jpeg"),
            output(Frame(width=80, opaque=True, **background), PNG, "opaque"),
            output(Frame(width=80, **background), PNG, "png"),
        ]
        found = made(master, *wanted)
        mixed = tuple(round((a + b) / 2) for a, b in zip(RED, (0, 0, 0x80), strict=True))
        assert {name: image.mode for name, image in found.items()} == {"jpeg": "RGB", "opaque": "RGB", "png": "RGBA"}
        assert close(found["jpeg"].getpixel((20, 12)), mixed, within=6)
        assert close(found["opaque"].getpixel((20, 12)), mixed, within=2)
        assert close(found["png"].getpixel((20, 12)), (*RED, 128), within=2)

    def test_transparency_that_hides_nothing_is_left_out(self, made: Made) -> None:
        assert one(made(quadrants().convert("RGBA"), output(Frame(width=80)))).mode == "RGB"

    def test_shrinking_again_and_again_darkens_nothing(self, made: Made) -> None:
        master = Image.new("RGBA", (640, 64), (200, 150, 100, 255))
        master.putpixel((0, 0), (0, 0, 0, 0))
        found = made(master, *(output(Frame(width=width), name=str(width)) for width in (500, 200, 100, 40, 20)))
        assert {image.getpixel((image.width - 2, image.height - 1)) for image in found.values()} == {
            (200, 150, 100, 255)
        }


class TestSize:
    @pytest.mark.parametrize(
        ("kernel", "filter_"),
        [
            (Kernel.LINEAR, Image.Resampling.BILINEAR),
            (Kernel.CUBIC, Image.Resampling.BICUBIC),
            (Kernel.LANCZOS3, Image.Resampling.LANCZOS),
        ],
    )
    def test_a_kernel_is_the_one_of_its_name(self, made: Made, kernel: Kernel, filter_: Image.Resampling) -> None:
        master = scenery(480, 320)
        found = one(made(master, output(Frame(width=240, kernel=kernel))))
        filters = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS)
        distances = {f: mean_difference(found, master.resize((240, 160), f)) for f in filters}
        assert min(distances, key=lambda f: distances[f]) is filter_
        assert distances[filter_] < 0.5

    def test_every_kernel_renders(self, made: Made) -> None:
        master = scenery()
        outputs = [output(Frame(width=100, kernel=kernel), name=kernel.value) for kernel in Kernel]
        for name, image in made(master, *outputs).items():
            assert mean_difference(image, master.resize(image.size, LANCZOS)) < 3, name

    def test_it_is_enlarged_where_the_frame_allows_and_no_further(self, made: Made) -> None:
        master = quadrants(60, 40)
        found = made(master, output(Frame(width=300, enlarge=3), name="3"), output(Frame(width=300), name="1"))
        assert {name: image.size for name, image in found.items()} == {"3": (180, 120), "1": (60, 40)}
        assert mean_difference(found["3"], master.resize((180, 120), LANCZOS)) < 2

    def test_sharpening_adds_to_the_edges_and_leaves_what_is_even(self, made: Made) -> None:
        master = quadrants(320, 200).filter(ImageFilter.GaussianBlur(3))
        found = made(master, output(Frame(width=160, sharpen=0.5), name="s"), output(Frame(width=160), name="p"))
        plain = found["p"]
        blurred = plain.filter(ImageFilter.Kernel((3, 3), (1, 2, 1, 2, 4, 2, 1, 2, 1), 16))
        more = ImageChops.subtract(plain, blurred, scale=2)
        less = ImageChops.subtract(blurred, plain, scale=2)
        expected = ImageChops.subtract(ImageChops.add(plain, more), less)
        assert mean_difference(found["s"], expected) < 0.6
        assert mean_difference(found["s"], plain) > 2 * mean_difference(found["s"], expected)
        assert found["s"].getpixel((20, 20)) == plain.getpixel((20, 20))

    def test_sharpening_draws_no_fringe_around_what_is_transparent(self, made: Made) -> None:
        master = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
        ImageDraw.Draw(master).rectangle((50, 50, 150, 150), fill=(180, 90, 40, 255))
        found = made(master, output(Frame(width=100, sharpen=1.0), name="s"), output(Frame(width=100), name="p"))
        pixels = zip(found["s"].get_flattened_data(), found["p"].get_flattened_data(), strict=True)
        assert all(close(sharp[:3], plain[:3], within=20) for sharp, plain in pixels if plain[3] > 200)

    def test_a_picture_too_large_for_memory_goes_through_a_file_and_leaves_none(
        self, made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(scaling, "IN_MEMORY", 1)
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
        (tmp_path / "temporary").mkdir()
        screens = (output(Frame(width=width), name=str(width)) for width in (200, 100))
        found = made(scenery(), *screens, output(Frame(width=150), INK, "ink"))
        assert profile_of(found["ink"])
        del found["ink"]
        for image in found.values():
            assert mean_difference(image, scenery().resize(image.size, LANCZOS)) < 1.5
        assert list((tmp_path / "temporary").iterdir()) == []


class TestMaximumBytes:
    MASTER = Image.effect_noise((300, 300), 60).convert("RGB")
    FRAME = Frame(width=300)

    @pytest.mark.parametrize("format_", [Format.JPEG, Format.WEBP, Format.AVIF])
    def test_it_is_met_by_less_quality(self, files: Callable[..., dict[str, RenderedFile]], format_: Format) -> None:
        encoding = Encoding(format=format_, quality=92, least_quality=5)
        free = files(self.MASTER, output(self.FRAME, encoding))["a"].bytes
        most = free // 2
        bound = files(self.MASTER, output(self.FRAME, encoding.model_copy(update={"maximum_bytes": most})))["a"]
        assert 0.75 * most < bound.bytes <= most
        assert bound.path.stat().st_size == bound.bytes

    def test_what_cannot_be_met_is_said_after_everything_else_is_made(
        self, files: Callable[..., dict[str, RenderedFile]], tmp_path: Path
    ) -> None:
        impossible = JPEG.model_copy(update={"maximum_bytes": 1_000, "least_quality": 60})
        outputs = [output(self.FRAME, impossible, "a"), output(self.FRAME, PNG, "b"), output(self.FRAME, JPEG, "c")]
        lossless = output(Frame(width=200), PNG.model_copy(update={"maximum_bytes": 1_000}), "d")
        with pytest.raises(Unmet) as raised:
            files(self.MASTER, *outputs, lossless)
        assert sorted(raised.value.names) == ["a", "d"]
        assert raised.value.code == "over_maximum_bytes"
        assert {file.name for file in (tmp_path / "out").iterdir()} == {"b", "c"}


class TestMoving:
    """What moves stays what it is: each frame at its time, and none takes colour from another."""

    COLOURS = (RED, GREEN, BLUE, YELLOW)
    TIMES = (100, 200, 300, 400)

    def film(self, kind: str, *, width: int = 120, height: int = 80) -> bytes:
        frames = []
        for number, colour in enumerate(self.COLOURS):
            frame = Image.new("RGB", (width, height), colour)
            ImageDraw.Draw(frame).rectangle((number * 20, 10, number * 20 + 19, 30), fill=(255, 255, 255))
            frames.append(frame)
        options = {"lossless": True} if kind == "WEBP" else {"disposal": 1}
        return encoded(
            frames[0], kind, save_all=True, append_images=frames[1:], duration=list(self.TIMES), loop=3, **options
        )

    def frames(self, file: Path) -> list[tuple[Image.Image, int]]:
        found = []
        with Image.open(file) as image:
            for number in range(image.n_frames):
                image.seek(number)
                image.load()
                found.append((image.convert("RGBA"), image.info["duration"]))
        return found

    @pytest.mark.parametrize("kind", ["GIF", "WEBP"])
    @pytest.mark.parametrize(
        "encoding",
        [
            Encoding(format=Format.GIF, animated=True),
            Encoding(format=Format.WEBP, quality=90, animated=True),
            Encoding(format=Format.WEBP, animated=True),
        ],
    )
    def test_every_frame_is_shown_for_its_time(
        self, files: Callable[..., dict[str, RenderedFile]], kind: str, encoding: Encoding
    ) -> None:
        file = files(self.film(kind), output(Frame(width=60), encoding), animated=True)["a"]
        assert (file.width, file.height) == (60, 40)
        frames = self.frames(file.path)
        assert [time for _, time in frames] == list(self.TIMES)
        with Image.open(file.path) as image:  # GIF counts how often it is shown again
            assert image.info["loop"] + (encoding.format is Format.GIF) == 3 + (kind == "GIF")
        for number, (frame, _) in enumerate(frames):
            assert frame.size == (60, 40)
            for at in ((58, 1), (58, 38), (30, 39), (30, 0)):  # up to the first and the last line
                assert close(frame.getpixel(at)[:3], self.COLOURS[number], within=30), (number, at)
            assert close(frame.getpixel((number * 10 + 5, 10))[:3], (255, 255, 255), within=40), number

    def test_it_is_cropped_padded_and_shown_still_as_any_other(
        self, files: Callable[..., dict[str, RenderedFile]]
    ) -> None:
        webp = Encoding(format=Format.WEBP, quality=90, animated=True)
        box = {"width": 40, "height": 40}
        outputs = [
            output(Frame(**box, fit=Fit.CROP), webp, "crop"),
            output(Frame(**box, fit=Fit.PAD, background="#000000"), webp, "pad"),
            output(Frame(**box), JPEG, "still"),
        ]
        found = files(self.film("GIF"), *outputs, animated=True, focus=Region(0.9, 0, 0.1, 1))
        crop, padded = self.frames(found["crop"].path), self.frames(found["pad"].path)
        assert {frame.size for frame, _ in crop + padded} == {(40, 40)}
        assert len(crop) == len(padded) == 4
        for number, colour in enumerate(self.COLOURS):
            assert close(crop[number][0].getpixel((38, 20))[:3], colour, within=30)
            assert close(padded[number][0].getpixel((38, 25))[:3], colour, within=30)
            assert close(padded[number][0].getpixel((20, 2))[:3], (0, 0, 0), within=30)
        with Image.open(found["still"].path) as still:
            assert close(still.getpixel((35, 20)), RED)

    def test_a_transparent_frame_stays_so(self, files: Callable[..., dict[str, RenderedFile]]) -> None:
        frames = [Image.new("RGBA", (60, 40), (0, 0, 0, 0)) for _ in range(2)]
        for number, frame in enumerate(frames):
            ImageDraw.Draw(frame).rectangle((number * 30, 0, number * 30 + 29, 39), fill=(*RED, 255))
        master = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=100, lossless=True)
        webp = Encoding(format=Format.WEBP, animated=True)
        found = self.frames(files(master, output(Frame(width=30), webp), animated=True)["a"].path)
        assert [frame.getpixel((5, 10))[3] for frame, _ in found] == [255, 0]
        assert [frame.getpixel((25, 10))[3] for frame, _ in found] == [0, 255]
