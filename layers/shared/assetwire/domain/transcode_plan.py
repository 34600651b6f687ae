"""What the specs of films, sounds and documents mean for one master: which files, how large, and how long it takes."""

import hashlib
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from assetwire.domain.inspection import Inspection, Kind
from assetwire.domain.model import Value
from assetwire.domain.rights import Usage
from assetwire.domain.spec import FORMATS, Encoding
from assetwire.domain.transcode_spec import (
    MEDIA_FORMATS,
    AnyFormat,
    Excerpt,
    FilmEncoding,
    Films,
    Loops,
    MediaFormat,
    Pages,
    Peaks,
    SoundFile,
    Sounds,
    Take,
    TranscodeSpec,
    VideoCodec,
    transcodes,
)

TRANSCODER = 2
"""Version of the transcoder's own behaviour: raised when the same spec gives other files."""
_SMALLEST = {VideoCodec.H264: 16, VideoCodec.AV1: 64}
"""Pixels of an edge at the least. Source: SVT-AV1, "Resolution must be at least 64x64"; one macroblock of H.264."""
_LONGEST = {VideoCodec.H264: 8192, VideoCodec.AV1: 8192}
"""Pixels of an edge at the most: beyond, few decoders follow."""
_ASPECTS = (Fraction(1, 4), Fraction(4))
"""Shapes of pixels that are believed."""


class FilmTask(Value):
    """A film to make."""

    makes: Literal["film"] = "film"
    take: Take
    encoding: FilmEncoding
    size: tuple[int, int]
    """Width and height (pixels), even, of square pixels, upright."""


class LoopTask(Value):
    """An animated picture to make of a film."""

    makes: Literal["loop"] = "loop"
    take: Take
    encoding: Encoding
    size: tuple[int, int]


class SoundTask(Value):
    """A sound to make."""

    makes: Literal["sound"] = "sound"
    excerpt: Excerpt | None
    file: SoundFile


class PeaksTask(Value):
    """The peaks of a sound to list."""

    makes: Literal["peaks"] = "peaks"
    points: int


class PageTask(Value):
    """A page of a document to draw; the first is 0."""

    makes: Literal["page"] = "page"
    page: int
    longest_edge: int
    encoding: Encoding


AnyTask = Annotated[FilmTask | LoopTask | SoundTask | PeaksTask | PageTask, Field(discriminator="makes")]


class Transcode(Value):
    """One file to make of a master."""

    name: str
    format: AnyFormat
    usage: Usage
    task: AnyTask

    @property
    def made(self) -> str:
        """Changes when what is shown or heard in the file would."""
        said = f"{TRANSCODER}|{self.task.model_dump_json()}"
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def digest(self, inside: str = "") -> str:
        """Return what changes when anything of the file would, what is written `inside` included."""
        if not inside or self.format is MediaFormat.JSON:
            return self.made
        return hashlib.sha256(f"{self.made}|{inside}".encode()).hexdigest()[:16]


def has_transcodes(kind: Kind | None, media_type: str | None) -> bool:
    """Tell whether anything beside pictures is made of such masters."""
    return kind in {Kind.VIDEO, Kind.AUDIO, Kind.SPIN} or media_type == "application/pdf"


def wanted_transcodes(inspection: Inspection, specs: Sequence[TranscodeSpec] | None = None) -> tuple[Transcode, ...]:
    """Return the files to make of a master, the cheapest first: what is ready early is not lost to what is long."""
    found: list[Transcode] = []
    for spec in transcodes() if specs is None else specs:
        match spec.what:
            case Films() if inspection.kind is Kind.VIDEO:
                found += _films(spec, spec.what, inspection)
            case Loops() if inspection.kind is Kind.VIDEO:
                found += _loops(spec, spec.what, inspection)
            case Sounds() if inspection.kind is Kind.AUDIO:
                found += _sounds(spec, spec.what, inspection)
            case Peaks() if inspection.kind is Kind.AUDIO:
                task = PeaksTask(points=spec.what.points)
                found.append(_transcode(f"{spec.name}-peaks", MediaFormat.JSON, spec, task))
            case Pages() if inspection.media_type == "application/pdf":
                found += _pages(spec, spec.what, inspection)
            case _:
                pass
    return tuple(sorted(found, key=lambda each: (seconds_needed(each, inspection), each.name)))


def _transcode(stem: str, file_format: AnyFormat, spec: TranscodeSpec, task: AnyTask) -> Transcode:
    extension = MEDIA_FORMATS[file_format] if isinstance(file_format, MediaFormat) else FORMATS[file_format]
    return Transcode(name=f"{stem}.{extension.extension}", format=file_format, usage=spec.usage, task=task)


def _films(spec: TranscodeSpec, films: Films, inspection: Inspection) -> Iterable[Transcode]:
    shape = square_size(inspection)
    covered = 0
    takes = sorted(films.takes.items(), key=lambda named: named[1].short_edge)
    for name, take in takes if shape else ():
        if shape is None or (films.ladder and covered >= min(shape)):
            break
        covered = take.short_edge
        size = fitted(shape, take.short_edge)
        for encoding in films.encodings:
            if min(size) >= _SMALLEST[encoding.codec] and max(size) <= _LONGEST[encoding.codec]:
                task = FilmTask(take=_whole_if_short(take, inspection), encoding=encoding, size=size)
                yield _transcode(f"{spec.name}-{name}", encoding.format, spec, task)


def _loops(spec: TranscodeSpec, loops: Loops, inspection: Inspection) -> Iterable[Transcode]:
    shape = square_size(inspection)
    for name, take in loops.takes.items() if shape else ():
        size = fitted(shape or (1, 1), take.short_edge)
        if max(size) <= FORMATS[loops.encoding.format].longest_edge:
            task = LoopTask(take=_whole_if_short(take, inspection), encoding=loops.encoding, size=size)
            yield _transcode(f"{spec.name}-{name}", loops.encoding.format, spec, task)


def _whole_if_short(take: Take, inspection: Inspection) -> Take:
    """Return a take that begins at the beginning where the film is hardly longer than the excerpt."""
    if take.excerpt is None:
        return take
    return take.model_copy(update={"excerpt": _excerpt(take.excerpt, inspection.duration_seconds)})


def _excerpt(excerpt: Excerpt, seconds: float | None) -> Excerpt:
    start = excerpt.start
    if seconds is None or seconds * (1 - start) < excerpt.seconds:
        start = 0.0
    return excerpt.model_copy(update={"start": start})


def _sounds(spec: TranscodeSpec, sounds: Sounds, inspection: Inspection) -> Iterable[Transcode]:
    for name, take in sounds.takes.items():
        excerpt = None if take.excerpt is None else _excerpt(take.excerpt, inspection.duration_seconds)
        for file in sounds.encodings:
            task = SoundTask(excerpt=excerpt, file=file)
            yield _transcode(f"{spec.name}-{name}", file.format, spec, task)


def _pages(spec: TranscodeSpec, pages: Pages, inspection: Inspection) -> Iterable[Transcode]:
    for page in range(min(inspection.pages or 0, pages.most)):
        task = PageTask(page=page, longest_edge=pages.longest_edge, encoding=pages.encoding)
        yield _transcode(f"{spec.name}-{page + 1:03}", pages.encoding.format, spec, task)


# --- sizes ---


def square_size(inspection: Inspection) -> tuple[int, int] | None:
    """Return the width and height (pixels) that a film is seen at: upright, its pixels made square by shrinking."""
    if not inspection.width or not inspection.height:
        return None
    width, height = inspection.width, inspection.height
    technical = inspection.metadata.technical
    aspect = _aspect(technical.get("pixel_aspect_ratio"))
    if technical.get("rotation", 0) % 180:
        aspect = 1 / aspect
    if aspect < 1:
        return max(1, round(width * aspect)), height
    return width, max(1, round(height / aspect))


def _aspect(text: object) -> Fraction:
    try:
        across, down = str(text).split(":")
        aspect = Fraction(int(across), int(down))
    except (ValueError, ZeroDivisionError):
        return Fraction(1)
    return aspect if _ASPECTS[0] <= aspect <= _ASPECTS[1] else Fraction(1)


def fitted(shape: tuple[int, int], short_edge: int) -> tuple[int, int]:
    """Return the even size (pixels) of a film of this shape whose shorter edge is this at the most."""
    scale = min(1.0, short_edge / min(shape))
    return _even(shape[0] * scale), _even(shape[1] * scale)


def _even(edge: float) -> int:
    return max(2, 2 * round(edge / 2))


# --- what it costs ---

_DECODED = 80e6
"""Pixels of the master that one processor decodes in a second."""
_ENCODED = {VideoCodec.H264: 25e6, VideoCodec.AV1: 30e6}
"""Pixels that one processor encodes in a second at the shipped efforts."""
_TONED = 40e6
"""Pixels of HDR that one processor brings to standard range in a second."""
_HEARD = 30.0
"""Seconds of sound that one processor decodes and encodes in a second.

With all of these an estimate is 1.3 to 1.7 times what `python -m bench transcode` measured on x86-64: a function's
share of a processor may be less; see docs/transcoding.md.
"""
_TOGETHER = 0.8
"""The share of several processors that encoders make use of."""
_UNKNOWN_RATE = 30.0
_START = 2.0
"""Seconds to begin with: the child, the container, the last pass over the file."""


def seconds_needed(transcode: Transcode, inspection: Inspection, *, processors: float = 1) -> float:
    """Estimate the seconds that making a file takes on so many processors; an unknown length counts as none."""
    task, whole = transcode.task, inspection.duration_seconds or 0.0
    at_once = 1 + (processors - 1) * _TOGETHER
    match task:
        case FilmTask() | LoopTask():
            seconds = whole if task.take.excerpt is None else min(whole, task.take.excerpt.seconds)
            own = float(inspection.metadata.technical.get("frame_rate") or _UNKNOWN_RATE)
            read = (inspection.width or 0) * (inspection.height or 0) * own * seconds
            pixels = task.size[0] * task.size[1] * min(own, task.take.frame_rate) * seconds
            work = read / _DECODED
            work += pixels / _ENCODED[task.encoding.codec if isinstance(task, FilmTask) else VideoCodec.H264]
            if inspection.metadata.technical.get("hdr"):
                work += pixels / _TONED
            return _START + work / at_once
        case SoundTask():
            return _START + (whole if task.excerpt is None else min(whole, task.excerpt.seconds)) / _HEARD
        case PeaksTask():
            return _START + whole / _HEARD
        case PageTask():
            return 1.0


def bytes_at_most(transcode: Transcode, inspection: Inspection) -> int:
    """Return the bytes that a file has at the most, by the bit rates that its encoding admits."""
    task, whole = transcode.task, inspection.duration_seconds or 0.0
    match task:
        case FilmTask():
            seconds = whole if task.take.excerpt is None else min(whole, task.take.excerpt.seconds)
            sound = task.encoding.sound.kilobits * 1000 if task.encoding.sound else 0
            own = float(inspection.metadata.technical.get("frame_rate") or _UNKNOWN_RATE)
            return round((bit_rate(task, own) + sound) * seconds / 8) + 1_000_000
        case SoundTask():
            seconds = whole if task.excerpt is None else min(whole, task.excerpt.seconds)
            return round(task.file.sound.kilobits * 1000 * seconds / 8) + 1_000_000
        case _:
            return 100_000_000


def bit_rate(task: FilmTask, rate: float) -> int:
    """Return the bits a second that a film's pictures have at the most, at this many frames a second."""
    width, height = task.size
    return round(width * height * min(rate, task.take.frame_rate) * task.encoding.bits_per_pixel)
