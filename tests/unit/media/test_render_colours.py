"""What rendering does to colours: inks, profiles, and what each encoding keeps of them."""

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageChops, ImageCms, ImageFilter

from assetwire.domain.spec import ColourSpace, Encoding, Fit, Format, Frame
from assetwire.ports import RenderedFile
from fakes.pictures import close, encoded, mean_difference, quadrants, scenery
from fakes.pictures import wide_gamut_profile as wide_gamut
from fakes.rendering import INK, JPEG, LANCZOS, PNG, SRGB, Made, one, output, profile_of


class TestInk:
    """CMYK comes with the profile that says what its inks are."""

    FRAME = Frame(width=160, background="#c03020")

    @pytest.mark.parametrize("encoding", [INK, JPEG.model_copy(update={"colours": ColourSpace.CMYK, "profile": True})])
    def test_a_screens_colours_become_inks_that_look_alike(self, made: Made, encoding: Encoding) -> None:
        master = scenery().filter(ImageFilter.GaussianBlur(2)).point(lambda value: 60 + value // 2)
        found = one(made(master, output(self.FRAME, encoding)))
        assert (found.mode, profile_of(found) != "") == ("CMYK", True)
        inks = ImageCms.ImageCmsProfile(io.BytesIO(found.info["icc_profile"]))
        seen = ImageCms.profileToProfile(found, inks, SRGB, outputMode="RGB", renderingIntent=1)
        assert mean_difference(seen, master.resize(found.size, LANCZOS)) < 6

    def test_a_wide_gamut_goes_to_ink_without_being_narrowed_first(self, made: Made) -> None:
        wide = wide_gamut()
        master = Image.new("RGB", (320, 200), (40, 200, 60))
        found = one(made(encoded(master, "PNG", icc_profile=wide), output(self.FRAME, INK)))
        inks = ImageCms.ImageCmsProfile(io.BytesIO(found.info["icc_profile"]))
        source = ImageCms.ImageCmsProfile(io.BytesIO(wide))
        flags = ImageCms.Flags.BLACKPOINTCOMPENSATION
        expected = ImageCms.profileToProfile(master, source, inks, outputMode="CMYK", renderingIntent=1, flags=flags)
        narrowed = ImageCms.profileToProfile(
            ImageCms.profileToProfile(master, source, SRGB, renderingIntent=1),
            SRGB,
            inks,
            outputMode="CMYK",
            renderingIntent=1,
            flags=flags,
        )
        at = found.getpixel((80, 50))
        assert close(at, expected.getpixel((80, 50)), within=4)
        assert not close(at, narrowed.getpixel((80, 50)), within=4)

    def test_inks_stay_the_masters_inks_and_its_profile_is_kept(self, made: Made) -> None:
        cyan, magenta, yellow, black = scenery().convert("CMYK").split()
        black = Image.linear_gradient("L").resize(cyan.size).point(lambda value: value // 4)
        master = Image.merge("CMYK", (cyan, magenta, yellow, black))
        profile = one(made(quadrants(), output(self.FRAME, INK))).info["icc_profile"]
        found = one(made(encoded(master, "TIFF", icc_profile=profile), output(self.FRAME, INK)))
        assert found.info["icc_profile"] == profile
        expected = master.resize(found.size, LANCZOS)
        for mine, theirs in zip(found.split(), expected.split(), strict=True):
            assert mean_difference(mine, theirs) < 1.5

    def test_inks_of_a_jpeg_are_shrunk_while_they_are_read(self, made: Made) -> None:
        master = Image.merge("CMYK", [Image.linear_gradient("L").resize((640, 400)).rotate(a * 90) for a in range(4)])
        for orientation in (1, 6):
            exif = Image.Exif()
            exif[0x0112] = orientation
            found = one(made(encoded(master, "JPEG", quality=95, exif=exif), output(Frame(width=100), INK)))
            upright = master if orientation == 1 else master.transpose(Image.Transpose.ROTATE_270)
            for mine, theirs in zip(found.split(), upright.resize(found.size, LANCZOS).split(), strict=True):
                assert mean_difference(mine, theirs) < 4

    def test_the_darkest_that_inks_print_is_a_screens_black(self, made: Made) -> None:
        profile = one(made(quadrants(), output(self.FRAME, INK))).info["icc_profile"]
        cyan, magenta, yellow, black = (Image.linear_gradient("L").resize((320, 200)).rotate(a * 90) for a in range(4))
        master = Image.merge("CMYK", (cyan, magenta, yellow, black))
        inks = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        flags = ImageCms.Flags.BLACKPOINTCOMPENSATION
        expected = ImageCms.profileToProfile(master, inks, SRGB, outputMode="RGB", renderingIntent=1, flags=flags)
        without = ImageCms.profileToProfile(master, inks, SRGB, outputMode="RGB", renderingIntent=1)
        for kind in ("TIFF", "JPEG"):
            found = one(made(encoded(master, kind, icc_profile=profile), output(Frame(width=160))))
            assert mean_difference(found, expected.resize(found.size, LANCZOS)) < 3
            assert mean_difference(found, without.resize(found.size, LANCZOS)) > 8

    def test_a_masters_picture_for_screens_is_the_same_with_print_and_without(self, made: Made) -> None:
        master = encoded(scenery().convert("CMYK"), "TIFF")
        screen = output(Frame(width=160), PNG, "screen")
        alone, beside = made(master, screen), made(master, screen, output(Frame(width=320), INK, "print"))
        assert beside["print"].mode == "CMYK"
        assert mean_difference(alone["screen"], beside["screen"]) < 1.5

    @pytest.mark.parametrize(("colour", "least"), [("#ffffff", (0, 0, 0, 0)), ("#c03020", (10, 200, 200, 5))])
    def test_paper_is_left_white_and_another_background_is_printed(
        self, made: Made, colour: str, least: tuple[int, ...]
    ) -> None:
        master = Image.new("RGBA", (100, 50), (0, 0, 0, 0))
        frame = Frame(width=100, height=100, fit=Fit.PAD, background=colour)
        found = one(made(master, output(frame, INK)))
        for at in ((50, 10), (50, 50)):  # around the picture, and behind it
            assert close(found.getpixel(at), least, within=60 if any(least) else 0), at


class TestProfiles:
    WIDE = wide_gamut()

    @pytest.mark.parametrize("format_", [Format.JPEG, Format.PNG, Format.WEBP, Format.AVIF, Format.TIFF])
    @pytest.mark.parametrize("embedded", [True, False])
    def test_srgb_is_named_where_the_spec_says_so_and_only_there(
        self, made: Made, format_: Format, embedded: bool
    ) -> None:
        quality = None if format_ in {Format.PNG, Format.TIFF} else 90
        encoding = Encoding(format=format_, quality=quality, profile=embedded)
        for master in (encoded(quadrants(), "PNG"), encoded(quadrants(), "PNG", icc_profile=self.WIDE)):
            assert profile_of(one(made(master, output(Frame(width=40), encoding)))) == ("sRGB" if embedded else "")

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
    def test_another_gamut_looks_the_same_in_srgb(self, made: Made, kind: str) -> None:
        master = scenery()
        options = {"quality": 95} if kind == "JPEG" else {}
        found = one(made(encoded(master, kind, icc_profile=self.WIDE, **options), output(Frame(width=160))))
        source = ImageCms.ImageCmsProfile(io.BytesIO(self.WIDE))
        expected = ImageCms.profileToProfile(master, source, SRGB).resize(found.size, LANCZOS)
        assert mean_difference(found, expected) < 2
        assert mean_difference(found, master.resize(found.size, LANCZOS)) > 5


class TestEncodings:
    @pytest.mark.parametrize(
        "encoding",
        [
            PNG,
            PNG.model_copy(update={"effort": 9}),
            Encoding(format=Format.TIFF),
            Encoding(format=Format.WEBP, effort=4),
            Encoding(format=Format.AVIF, effort=9),
        ],
    )
    def test_what_is_lossless_loses_nothing(self, made: Made, encoding: Encoding) -> None:
        master = scenery(60, 40).convert("RGBA")
        master.putalpha(Image.linear_gradient("L").resize((60, 40)).point(lambda value: max(1, value)))
        found = one(made(master, output(Frame(width=60), encoding)))
        assert found.mode == "RGBA"
        assert found.tobytes() == master.tobytes()

    def test_a_gif_keeps_a_few_colours_as_they_are(self, made: Made) -> None:
        found = one(made(quadrants(60, 40), output(Frame(width=60), Encoding(format=Format.GIF))))
        assert found.format == "GIF"
        assert ImageChops.difference(found.convert("RGB"), quadrants(60, 40)).getextrema() <= ((0, 2),) * 3

    def test_equal_outputs_are_one_file_with_two_names(self, files: Callable[..., dict[str, RenderedFile]]) -> None:
        frame = Frame(width=60)
        found = files(quadrants(), output(frame, name="a"), output(frame, name="b"), output(frame, JPEG, "c"))
        assert found["a"].names == ("a", "b")
        assert found["a"] is found["b"]
        assert {file.path.name for file in found.values()} == {"a", "c"}
