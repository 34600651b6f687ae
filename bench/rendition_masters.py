"""Masters to render in benchmarks, each made once into `.local/bench`, and what Pillow makes of them: the references.

The photograph is made of six real ones of samples/masters, which are small: enlarged to 2000 × 2000 pixels each, side
by side, with seeded noise as a sensor has it, since enlarged pixels alone would be smoother than any camera's. So it is
of the right size and compresses like a photograph, but is none. The others are made of it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

PROJECT = Path(__file__).parents[1]
FOLDER = PROJECT / ".local/bench"
WIDTHS = (2400, 1600, 1280, 960, 640, 320)
INTENTS = {"ours": "relative", "sharp": "perceptual"}
"""How contenders bring inks to a screen: ours relative with black point compensation, after resizing; sharp perceptual,
before. Each is held to its own way, so that the distance is that of resizing and encoding."""
_SOURCES = (
    "AW-1001_coffee-cup_front.jpg",
    "Dahlie Blüte 01 AdobeRGB.jpg",
    "AW-3001_pavilion_print_CMYK.tif",
    "AW-2001_fundus_cutout.png",
    "AW-2002_deep-field_16bit.png",
    "DSC_0042.JPG",
)


class Master(NamedTuple):
    """A master: its file's name, type and size in pixels."""

    name: str
    media_type: str
    width: int
    height: int

    @property
    def file(self) -> Path:
        """Where it stands."""
        return FOLDER / self.name

    def reference(self, width: int, whose: str = "ours") -> Path:
        """Where what Pillow makes of it at this width stands, by the rendering intent that a contender has."""
        intent = INTENTS[whose] if self == PRINT else "direct"
        return FOLDER / f"{self.file.stem}-{intent}" / f"{width}.png"

    def height_at(self, width: int) -> int:
        """Return the height (pixels) that goes with a width."""
        return max(1, round(self.height * width / self.width))


PHOTOGRAPH = Master("photograph-6000x4000-v1.jpg", "image/jpeg", 6000, 4000)
CUTOUT = Master("cutout-4000x3000-v1.png", "image/png", 4000, 3000)
PRINT = Master("print-6000x4000-v1.tif", "image/tiff", 6000, 4000)
LARGE = Master("large-12000x8400-v1.jpg", "image/jpeg", 12_000, 8_400)


def make(name: str) -> None:
    """Write one master and its references, in a process of its own: they take memory."""
    master = next(each for each in _MAKERS if each.name == name)
    if not master.file.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        unfinished = master.file.with_name(f"unfinished-{name}")
        _MAKERS[master](unfinished)
        unfinished.rename(master.file)
    for whose in INTENTS:
        if not master.reference(WIDTHS[-1], whose).exists():
            _refer(master, whose)


def _photograph(file: Path) -> None:
    import pyvips

    tiles = []
    for name in _SOURCES:
        source = str(PROJECT / "samples/masters" / name)
        tile = pyvips.Image.thumbnail(source, 2000, height=2000, crop="centre", output_profile="srgb")
        tile = tile.colourspace("srgb")
        tiles.append(tile.flatten(background=[255, 255, 255]) if tile.hasalpha() else tile)
    sheet = pyvips.Image.arrayjoin(tiles, across=3)
    noise = [pyvips.Image.gaussnoise(sheet.width, sheet.height, mean=0, sigma=4, seed=seed) for seed in (1, 2, 3)]
    image = (sheet + noise[0].bandjoin(noise[1:])).cast("uchar").copy(interpretation="srgb")
    image.jpegsave(str(file), Q=92, keep="none")


def _opened() -> Any:
    import pyvips

    make(PHOTOGRAPH.name)
    return pyvips.Image.new_from_file(str(PHOTOGRAPH.file)).copy_memory()


def _cutout(file: Path) -> None:
    """Write a part of the photograph within an ellipse, whose edge is soft over a few pixels."""
    import pyvips

    image = _opened().crop(0, 0, CUTOUT.width, CUTOUT.height)
    place = pyvips.Image.xyz(CUTOUT.width, CUTOUT.height)
    distance = (((place[0] - 2000) / 1900) ** 2 + ((place[1] - 1500) / 1400) ** 2) ** 0.5
    alpha = ((1.02 - distance) * 255 * 20).cast("uchar")
    image.bandjoin(alpha).copy(interpretation="srgb").pngsave(str(file), keep="none")


def _print(file: Path) -> None:
    """Write the photograph in inks, with their profile."""
    _opened().icc_transform("cmyk", input_profile="srgb").tiffsave(str(file), compression="lzw")


def _large(file: Path) -> None:
    """Write the photograph four times, mirrored, and a border of it again: 100 megapixels."""
    import pyvips

    image = _opened()
    sheet = pyvips.Image.arrayjoin([image, image.fliphor(), image.flipver(), image.rot180()], across=2)
    sheet.embed(0, 0, LARGE.width, LARGE.height, extend="mirror").jpegsave(str(file), Q=92, keep="none")


_MAKERS: dict[Master, Callable[[Path], None]] = {
    PHOTOGRAPH: _photograph,
    CUTOUT: _cutout,
    PRINT: _print,
    LARGE: _large,
}


def _refer(master: Master, whose: str) -> None:
    """Resize a master directly to each width with Pillow: decoded whole, in sRGB, on white, with LANCZOS."""
    import io

    from PIL import Image, ImageCms

    Image.MAX_IMAGE_PIXELS = None
    image: Any = Image.open(master.file)
    if image.mode == "CMYK":
        inks, screen = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"])), ImageCms.createProfile("sRGB")
        intent, flags = {"relative": (1, ImageCms.Flags.BLACKPOINTCOMPENSATION), "perceptual": (0, 0)}[INTENTS[whose]]
        to_screen = ImageCms.buildTransform(inks, screen, "CMYK", "RGB", intent, flags)
        image = ImageCms.applyTransform(image, to_screen)
    elif image.mode == "RGBA":
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image)
        image = white
    for width in WIDTHS:
        file = master.reference(width, whose)
        file.parent.mkdir(exist_ok=True)
        resized = image.resize((width, master.height_at(width)), Image.Resampling.LANCZOS)
        shown = ImageCms.applyTransform(resized, to_screen) if resized.mode == "CMYK" else resized.convert("RGB")
        shown.save(file, compress_level=1)
