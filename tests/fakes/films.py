"""Films whose every frame is known: flat grey that says its number, a white corner that says which way is up."""

import math
import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

LEAST, STEP = 60, 4
"""Brightness of the first frame, and by how much each following one is brighter, up to 40 of them; then anew."""


def shade_of(number: int) -> int:
    return LEAST + STEP * (number % 40)


def frame(
    number: int, size: tuple[int, int], *, corner: bool = False, pixels: str = "yuv420p", shade: int | None = None
) -> Any:
    """Return a flat frame, with a white square in its left upper corner where that is asked for."""
    width, height = size
    side = min(size) // 2 if corner else 0
    grey = shade_of(number) if shade is None else shade
    rows = [
        b"\xff\xff\xff" * side + bytes((grey, grey, grey)) * (width - side)
        if row < side
        else bytes((grey,) * 3) * width
        for row in range(height)
    ]
    made = av.VideoFrame(width, height, "rgb24")
    line = made.planes[0].line_size
    made.planes[0].update(b"".join(row.ljust(line, b"\0") for row in rows))
    return made.reformat(format=pixels) if pixels != "rgb24" else made


def film(  # each option is one thing that a film is
    file: Path,
    *,
    codec: str = "libx264",
    frames: int = 25,
    size: tuple[int, int] = (96, 64),
    sizes: Sequence[tuple[int, int]] = (),
    rate: int = 25,
    pixels: str = "yuv420p",
    container: str | None = None,
    rotation: int = 0,
    corner: bool = False,
    aspect: Fraction | None = None,
    stamps: Sequence[int] = (),
    shade: int | None = None,
    tags: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
    encoder: dict[str, str] | None = None,
    tone: dict[str, Any] | None = None,
) -> Path:
    """Write a film of flat frames at these stamps (in frames; else one after the other), with a tone if asked for."""
    with av.open(str(file), "w", format=container, options=options or {}) as output:
        output.metadata.update(tags or {})
        stream = output.add_stream(codec, rate=rate, options=encoder or {})
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        if aspect:
            stream.codec_context.sample_aspect_ratio = aspect
        if rotation:
            stream.set_display_rotation(rotation)
        sound = None if tone is None else add_tone_stream(output, **tone)
        for number in range(frames):
            made = frame(number, size, corner=corner, pixels=pixels, shade=shade)
            made.pts, made.time_base = stamps[number] if stamps else number, Fraction(1, rate)
            output.mux(stream.encode(made))
        output.mux(stream.encode(None))
        if sound is not None and tone is not None:
            output.mux(list(tone_packets(sound, **tone)))
    return file


def add_tone_stream(output: Any, *, codec: str = "aac", rate: int = 48_000, layout: str = "stereo", **_: Any) -> Any:
    stream = output.add_stream(codec, rate=rate, layout=layout)
    stream.codec_context.open(strict=False)
    return stream


def tone_packets(
    stream: Any, *, seconds: float = 1.0, late: float = 0.0, hertz: float = 440.0, **_: Any
) -> Iterator[Any]:
    """Yield the packets of a sine at half of full scale, in every channel, that begins so many seconds late."""
    codec = stream.codec_context
    rate, channels, size = codec.sample_rate, codec.layout.nb_channels, codec.frame_size or 1024
    resampler = av.AudioResampler(format=codec.format.name, layout=codec.layout.name, rate=rate)
    for start in range(0, round(seconds * rate), size):
        samples = (int(16_000 * math.sin(2 * math.pi * hertz * (start + n) / rate)) for n in range(size))
        made = av.AudioFrame(format="s16", layout=codec.layout.name, samples=size)
        made.planes[0].update(b"".join(struct.pack("<h", sample) * channels for sample in samples))
        made.sample_rate, made.time_base, made.pts = rate, Fraction(1, rate), start + round(late * rate)
        for ready in resampler.resample(made):
            yield from stream.encode(ready)
    yield from stream.encode(None)


def sound(file: Path, *, tags: dict[str, str] | None = None, container: str | None = None, **tone: Any) -> Path:
    """Write a sound of one tone."""
    with av.open(str(file), "w", format=container) as output:
        output.metadata.update(tags or {})
        output.mux(list(tone_packets(add_tone_stream(output, **tone), **tone)))
    return file


def turned(film: bytes, parts: tuple[int, int, int, int]) -> bytes:
    """Return an MP4 whose first track has the display matrix of these a, b, c and d."""
    at = film.index(b"tkhd") + 44
    a, b, c, d = parts
    return film[:at] + struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30) + film[at + 36 :]


# --- looking at what was made ---


def greys(file: Path, *, at: tuple[float, float] = (0.75, 0.75)) -> list[int]:
    """Return the brightness (of 255) of one place of each frame, by its share of width and height."""
    found = []
    with av.open(str(file)) as opened:
        for made in opened.decode(video=0):
            plain = made.reformat(format="rgb24")
            plane = plain.planes[0]
            x, y = int(at[0] * plain.width), int(at[1] * plain.height)
            offset = y * plane.line_size + 3 * x
            found.append(sum(bytes(plane)[offset : offset + 3]) // 3)
    return found


def stamps_of(file: Path) -> list[float]:
    """Return when each frame is shown, in seconds."""
    with av.open(str(file)) as opened:
        return [float(made.pts * made.time_base) for made in opened.decode(video=0)]


def loudness(file: Path, *, window: float = 0.1) -> list[float]:
    """Return the root mean square (of 1) of each window of the first channel, in seconds from the beginning."""
    samples: list[int] = []
    with av.open(str(file)) as opened:
        stream = opened.streams.audio[0]
        rate = stream.codec_context.sample_rate
        resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
        for made in [*opened.decode(stream), None]:
            for ready in resampler.resample(made):
                samples += memoryview(bytes(ready.planes[0])[: 2 * ready.samples]).cast("h").tolist()
    size = round(window * rate)
    parts = (samples[start : start + size] for start in range(0, len(samples) - size + 1, size))
    return [math.sqrt(sum(sample * sample for sample in part) / size) / 32_768 for part in parts]
