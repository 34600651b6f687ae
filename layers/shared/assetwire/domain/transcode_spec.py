"""What is to be made of films, sounds and documents, as data: takes (how much, how large) and encodings.

As in `domain/spec.py`, nothing here looks at a file: `domain/transcode_plan.py` tells what a spec means for one master,
`media/transcode/` and AWS Elemental MediaConvert make it.
"""

import hashlib
from enum import StrEnum
from functools import cache
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from assetwire.domain.data_files import shipped
from assetwire.domain.model import Value
from assetwire.domain.rights import Usage
from assetwire.domain.spec import FORMATS, Encoding, Format, Frame, FrameName, SpecName


class MediaFormat(StrEnum):
    """A file format that films, sounds and data are written in."""

    MP4 = "mp4"
    WEBM = "webm"
    MP3 = "mp3"
    M4A = "m4a"
    JSON = "json"


class MediaFacts(NamedTuple):
    """What a format is called."""

    extension: str
    media_type: str


MEDIA_FORMATS = {
    MediaFormat.MP4: MediaFacts("mp4", "video/mp4"),
    MediaFormat.WEBM: MediaFacts("webm", "video/webm"),
    MediaFormat.MP3: MediaFacts("mp3", "audio/mpeg"),
    MediaFormat.M4A: MediaFacts("m4a", "audio/mp4"),
    MediaFormat.JSON: MediaFacts("json", "application/json"),
}
AnyFormat = Format | MediaFormat


def media_type_of(file_format: AnyFormat) -> str:
    """Return the media type that a file of this format is delivered with."""
    if isinstance(file_format, MediaFormat):
        return MEDIA_FORMATS[file_format].media_type
    return FORMATS[file_format].media_type


class VideoCodec(StrEnum):
    """How moving pictures are compressed."""

    H264 = "h264"
    AV1 = "av1"


class SoundCodec(StrEnum):
    """How sound is compressed."""

    AAC = "aac"
    MP3 = "mp3"
    OPUS = "opus"


_HOLDS: dict[MediaFormat, tuple[frozenset[VideoCodec], frozenset[SoundCodec]]] = {
    MediaFormat.MP4: (frozenset({VideoCodec.H264, VideoCodec.AV1}), frozenset({SoundCodec.AAC})),
    MediaFormat.WEBM: (frozenset({VideoCodec.AV1}), frozenset({SoundCodec.OPUS})),
    MediaFormat.MP3: (frozenset(), frozenset({SoundCodec.MP3})),
    MediaFormat.M4A: (frozenset(), frozenset({SoundCodec.AAC})),
}
"""What each container may hold, so that browsers play it."""


class Excerpt(Value):
    """A part of a film or a sound: where it begins, as a share of the whole, and how long it is (seconds)."""

    start: float = Field(default=0.0, ge=0.0, le=0.9)
    seconds: float = Field(ge=0.5, le=600)


class Take(Value):
    """How large a film is shown, how smoothly, and how much of it."""

    short_edge: int = Field(ge=64, le=4320)
    """Pixels of the shorter edge at the most; nothing is enlarged."""
    frame_rate: int = Field(default=60, ge=1, le=120)
    """Frames a second at the most; fewer are kept as they are."""
    excerpt: Excerpt | None = None


class SoundEncoding(Value):
    """How sound is encoded: in one channel or two, whatever the master has."""

    codec: SoundCodec
    kilobits: int = Field(ge=32, le=320)
    """Kilobits a second."""


class FilmEncoding(Value):
    """How a film becomes a file."""

    format: MediaFormat
    codec: VideoCodec
    quality: int = Field(ge=0, le=63)
    """The encoder's constant rate factor: less is better."""
    effort: str
    """The encoder's preset, by its own name."""
    bits_per_pixel: float = Field(gt=0, le=2)
    """Bits a pixel of each frame at the most, on the average of two seconds."""
    keyframe_seconds: float = Field(default=2.0, gt=0, le=10)
    """A viewer can jump to every so many seconds at the least."""
    sound: SoundEncoding | None = None
    """None: it is mute."""

    @model_validator(mode="after")
    def _is_held_by_its_container(self) -> Self:
        films, sounds = _HOLDS.get(self.format, (frozenset(), frozenset()))
        if self.codec not in films or (self.sound is not None and self.sound.codec not in sounds):
            raise ValueError(f"{self.format.value} does not hold these codecs")
        return self


class SoundFile(Value):
    """How a sound becomes a file of its own."""

    format: MediaFormat
    sound: SoundEncoding

    @model_validator(mode="after")
    def _is_held_by_its_container(self) -> Self:
        films, sounds = _HOLDS.get(self.format, (frozenset(), frozenset()))
        if films or self.sound.codec not in sounds:
            raise ValueError(f"{self.format.value} does not hold this sound alone")
        return self


class SoundTake(Value):
    """How much of a sound is given."""

    excerpt: Excerpt | None = None


Takes = Annotated[dict[FrameName, Take], Field(min_length=1, max_length=20)]


class Films(Value):
    """Films, each take in each encoding."""

    makes: Literal["films"]
    takes: Takes
    encodings: Annotated[tuple[FilmEncoding, ...], Field(min_length=1, max_length=4)]
    ladder: bool = False
    """The takes are one film in growing sizes: those that would show no more detail than a smaller one are left out,
    and the last that is made carries the film at its own size."""


class Loops(Value):
    """A few seconds of a film as an animated picture without end."""

    makes: Literal["loops"]
    takes: Takes
    encoding: Encoding

    @model_validator(mode="after")
    def _is_short_and_moves(self) -> Self:
        if not self.encoding.animated or self.encoding.format is not Format.WEBP:
            raise ValueError("a loop is an animated WebP")
        if any(take.excerpt is None or take.excerpt.seconds > 15 for take in self.takes.values()):
            raise ValueError("a loop has at most 15 seconds")
        return self


class Sounds(Value):
    """Sounds, each take in each encoding."""

    makes: Literal["sounds"]
    takes: Annotated[dict[FrameName, SoundTake], Field(min_length=1, max_length=10)]
    encodings: Annotated[tuple[SoundFile, ...], Field(min_length=1, max_length=4)]


class Peaks(Value):
    """The peaks of a sound over time as JSON, for players that draw a waveform themselves."""

    makes: Literal["peaks"]
    points: int = Field(ge=100, le=20_000)
    """Pairs of a lowest and a highest sample at the least, where the sound is long enough; less than twice as many."""


class Pages(Value):
    """The pages of a document as pictures, on white."""

    makes: Literal["pages"]
    longest_edge: int = Field(ge=64, le=4096)
    most: int = Field(ge=1, le=999)
    """Pages at the most, from the first on."""
    encoding: Encoding


class Turn(Value):
    """The frames of a spin as pictures."""

    makes: Literal["turn"]
    frames: Annotated[dict[FrameName, Frame], Field(min_length=1, max_length=4)]
    encodings: Annotated[tuple[Encoding, ...], Field(min_length=1, max_length=3)]


class TranscodeSpec(Value):
    """A named set of files that are made of films, sounds, documents or spins."""

    name: SpecName
    usage: Usage = Usage.WEB
    """What its files are shown for."""
    what: Annotated[Films | Loops | Sounds | Peaks | Pages | Turn, Field(discriminator="makes")]

    @property
    def digest(self) -> str:
        """Changes when anything that this says changes."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


@cache
def transcodes() -> tuple[TranscodeSpec, ...]:
    """Return the specs that ship with the code, by name: one a file in `data/transcodes`.

    Raises:
        Misconfigured: a file is no spec.
    """
    return shipped("transcodes", TranscodeSpec)
