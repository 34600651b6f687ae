"""What is to be made of a master, as data: frames (what is shown, how large), encodings, and the outputs of both.

Nothing here looks at pixels: `domain/plan.py` tells what a spec means for one master, `media/` makes it.
"""

import hashlib
from enum import StrEnum
from functools import cache
from typing import Annotated, NamedTuple, Self

from pydantic import Field, StringConstraints, model_validator

from assetwire.domain.data_files import shipped
from assetwire.domain.model import Colour, Value
from assetwire.domain.rights import Usage

Edge = Annotated[int, Field(ge=1, le=65_535)]
SpecName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
FrameName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")]
WHITE = "#ffffff"


class Format(StrEnum):
    """A file format that pictures are encoded in."""

    AVIF = "avif"
    WEBP = "webp"
    JPEG = "jpeg"
    PNG = "png"
    TIFF = "tiff"
    GIF = "gif"


class FormatFacts(NamedTuple):
    """What a format can do."""

    extension: str
    media_type: str
    longest_edge: int
    """Pixels of either edge at the most, as libvips' encoders take them."""
    alpha: bool = False
    lossy: bool = False
    lossless: bool = False
    animated: bool = False
    cmyk: bool = False
    most_effort: int = 0
    """How far an encoder counts its effort; 0: it knows but one."""


FORMATS = {
    Format.AVIF: FormatFacts("avif", "image/avif", 16_384, alpha=True, lossy=True, lossless=True, most_effort=9),
    Format.WEBP: FormatFacts(
        "webp", "image/webp", 16_383, alpha=True, lossy=True, lossless=True, animated=True, most_effort=6
    ),
    Format.JPEG: FormatFacts("jpg", "image/jpeg", 65_535, lossy=True, cmyk=True),
    Format.PNG: FormatFacts("png", "image/png", 65_535, alpha=True, lossless=True, most_effort=9),
    Format.TIFF: FormatFacts("tif", "image/tiff", 65_535, alpha=True, lossless=True, cmyk=True),
    Format.GIF: FormatFacts("gif", "image/gif", 65_535, alpha=True, lossless=True, animated=True, most_effort=9),
}


class ColourSpace(StrEnum):
    """The colours of an output."""

    SRGB = "srgb"
    CMYK = "cmyk"


class Encoding(Value):
    """How pixels become a file."""

    format: Format
    quality: int | None = Field(default=None, ge=1, le=100)
    """1 to 100 as the encoder counts; None: without loss."""
    effort: int = Field(default=0, ge=0, le=9)
    """As the encoder counts it; more is slower and smaller."""
    colours: ColourSpace = ColourSpace.SRGB
    profile: bool = False
    """Whether the ICC profile is embedded; a CMYK file without one says nothing."""
    animated: bool = False
    """Whether what moves in the master moves here; else its first frame is shown."""
    maximum_bytes: int | None = Field(default=None, ge=1_000)
    """Met by lowering the quality, down to `least_quality`."""
    least_quality: int = Field(default=40, ge=1, le=100)

    @model_validator(mode="after")
    def _is_within_what_the_format_can(self) -> Self:
        facts = FORMATS[self.format]
        wrong = (
            (self.quality is None and not facts.lossless, "needs a quality"),
            (self.quality is not None and not facts.lossy, "has no quality"),
            (self.effort > facts.most_effort, f"has an effort of {facts.most_effort} at the most"),
            (self.animated and not facts.animated, "cannot move"),
            (self.colours is ColourSpace.CMYK and not facts.cmyk, "has no CMYK"),
            (self.colours is ColourSpace.CMYK and not self.profile, "needs its profile in CMYK"),
        )
        if reasons := [reason for is_wrong, reason in wrong if is_wrong]:
            raise ValueError(f"{self.format.value} {', '.join(reasons)}")
        return self


class Fit(StrEnum):
    """How a picture comes into a box of another shape."""

    INSIDE = "inside"
    """It keeps its shape, within the box."""
    PAD = "pad"
    """The box keeps its shape: what is left is background."""
    CROP = "crop"
    """The box keeps its shape and is filled: what does not fit is cut, away from the focus."""


class Kernel(StrEnum):
    """The filter that pixels are resampled with, by libvips' names."""

    LINEAR = "linear"
    CUBIC = "cubic"
    MITCHELL = "mitchell"
    LANCZOS2 = "lanczos2"
    LANCZOS3 = "lanczos3"


class Frame(Value):
    """What of a picture is shown, and how large (pixels)."""

    width: Edge | None = None
    height: Edge | None = None
    fit: Fit = Fit.INSIDE
    background: Colour = WHITE
    """Behind what is transparent, where the output is opaque, and around what is padded."""
    opaque: bool = False
    """Nothing stays transparent, also where the format could hold it."""
    enlarge: float = Field(default=1.0, ge=1.0, le=8.0)
    """By how much a picture may be enlarged at the most; 1 is never."""
    kernel: Kernel = Kernel.LANCZOS3
    sharpen: float = Field(default=0.0, ge=0.0, le=2.0)
    """How much the edges gain after shrinking; 0 is none, 0.5 is light."""

    @model_validator(mode="after")
    def _has_a_size(self) -> Self:
        if self.width is None and self.height is None:
            raise ValueError("a frame needs a width or a height")
        if self.fit is not Fit.INSIDE and (self.width is None or self.height is None):
            raise ValueError(f"{self.fit.value} needs a width and a height")
        return self


class Output(Value):
    """One file that a spec asks for."""

    name: str
    """Its file name, in lower case, with the extension of its format."""
    frame: Frame
    encoding: Encoding


class Spec(Value):
    """A named set of outputs: every frame in every encoding. Profiles and the media specs of channels are such."""

    name: SpecName
    frames: Annotated[dict[FrameName, Frame], Field(min_length=1, max_length=40)]
    encodings: Annotated[tuple[Encoding, ...], Field(min_length=1, max_length=10)]
    usage: Usage = Usage.WEB
    """What its outputs are shown for: they are made and delivered where the rights allow that."""
    ladder: bool = False
    """The frames are one picture in growing widths: those that would show no more detail than a smaller one are left
    out, and the last that is made carries the picture at its own size."""

    @model_validator(mode="after")
    def _names_each_output_once(self) -> Self:
        names = [output.name for output in self.outputs]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two outputs are named {', '.join(twice)}")
        if self.ladder and any(f.fit is not Fit.INSIDE or f.width is None or f.height for f in self.frames.values()):
            raise ValueError("the steps of a ladder have a width and nothing else to fit in")
        return self

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Every file that this can give; the steps of a ladder from narrow to wide."""
        frames = list(self.frames.items())
        if self.ladder:
            frames.sort(key=lambda named: named[1].width or 0)
        return tuple(
            Output(name=f"{self.name}-{name}.{FORMATS[encoding.format].extension}", frame=frame, encoding=encoding)
            for name, frame in frames
            for encoding in self.encodings
        )

    @property
    def digest(self) -> str:
        """Changes when anything that this says changes."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


@cache
def profiles() -> tuple[Spec, ...]:
    """Return the profiles that ship with the code, by name: one a file in `data/profiles`.

    Raises:
        Misconfigured: a file is no profile.
    """
    return shipped("profiles", Spec)
