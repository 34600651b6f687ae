"""The waveform of an audio file: its peaks over time, drawn in the house's colours."""

import time
from pathlib import Path
from typing import Any

import av

from assetwire.domain.errors import Undecodable
from assetwire.domain.rendition import WAVEFORM
from assetwire.media.engine import in_memory
from assetwire.media.streams import frames_of, opened, sound_of

RATE = 4_000
"""Samples a second that peaks are taken of, as one channel: plenty for a picture."""
LONGEST = 3600
"""Seconds of sound that are drawn at the most: the first hour of a longer file."""
SECONDS = 20.0
"""Time to decode in at the most: what was read until then is drawn."""
_FULL = 32_768
"""A sample at full scale, of 16 bits."""
_BACKGROUND, _AXIS, _WAVE = (247, 246, 242), (214, 211, 201), (31, 78, 95)
"""House colours: paper, a hairline at silence, ink."""


def waveform(file: Path, media_type: str) -> Any:
    """Return the waveform of an audio file's first hour: time to the right, full scale at the upper and lower edge.

    Raises:
        Undecodable: there is no sound in it that can be decoded.
    """
    peaks = Peaks(WAVEFORM[0])
    read_peaks(file, media_type, peaks, longest=LONGEST, deadline=time.monotonic() + SECONDS)
    return draw(peaks.columns())


def read_peaks(file: Path, media_type: str, peaks: "Peaks", *, longest: float, deadline: float) -> None:
    """Add the sound of a file to peaks, up to so many seconds of it and until the deadline (of the monotonic clock).

    Raises:
        Undecodable: there is no sound in it that can be decoded.
    """
    with opened(file, media_type) as container:
        sound = sound_of(container)
        if sound is None:
            raise Undecodable("the file has no audio that can be read", code="no_picture")
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE, frame_size=RATE)
        try:
            for frame in frames_of(container.demux(sound)):
                for part in resampler.resample(frame):
                    peaks.add(memoryview(bytes(part.planes[0])[: part.samples * 2]).cast("h"))
                if peaks.samples >= longest * RATE or time.monotonic() > deadline:
                    break
            else:
                for part in resampler.resample(None):
                    peaks.add(memoryview(bytes(part.planes[0])[: part.samples * 2]).cast("h"))
        except av.FFmpegError:
            pass  # a file whose sound changes its shape half-way is drawn up to there
    if peaks.samples == 0:
        raise Undecodable("no sound of the file can be decoded")


class Peaks:
    """Peaks of a stream of unknown length, in bounded memory: when there are too many, neighbours are merged."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._span = 16
        self._peaks: list[tuple[int, int]] = []
        self._rest: list[int] = []
        self.samples = 0

    def add(self, samples: "memoryview[int]") -> None:
        """Take the next samples (signed, 16 bits)."""
        self.samples += len(samples)
        pending = [*self._rest, *samples]
        span = self._span
        whole = len(pending) - len(pending) % span
        parts = (pending[at : at + span] for at in range(0, whole, span))
        self._peaks.extend((min(part), max(part)) for part in parts)
        self._rest = pending[whole:]
        while len(self._peaks) >= 4 * self._wanted:
            self._merge()

    def _merge(self) -> None:
        if len(self._peaks) % 2:
            self._peaks.append(self._peaks[-1])
        pairs = zip(self._peaks[::2], self._peaks[1::2], strict=True)
        self._peaks = [(min(a[0], b[0]), max(a[1], b[1])) for a, b in pairs]
        self._span *= 2

    @property
    def span(self) -> int:
        """How many samples a peak stands for."""
        return self._span

    def pairs(self) -> list[tuple[int, int]]:
        """Return the lowest and the highest sample of each span: where there are enough, less than twice the wanted."""
        while len(self._peaks) >= 2 * self._wanted:
            self._merge()
        rest = [(min(self._rest), max(self._rest))] if self._rest else []
        return [*self._peaks, *rest]

    def columns(self) -> list[tuple[int, int]]:
        """Return the lowest and the highest sample of each column, first to last."""
        peaks = [*self._peaks, *([(min(self._rest), max(self._rest))] if self._rest else [])]
        columns = []
        for column in range(self._wanted):
            first = column * len(peaks) // self._wanted
            part = peaks[first : max(first + 1, (column + 1) * len(peaks) // self._wanted)]
            columns.append((min(low for low, _ in part), max(high for _, high in part)))
        return columns


def draw(columns: list[tuple[int, int]]) -> Any:
    """Return the picture of these columns."""
    width, height = len(columns), WAVEFORM[1]
    middle = height // 2
    pixels = bytearray(bytes(_BACKGROUND) * (width * height))
    for row in (middle - 1, middle):
        pixels[row * width * 3 : (row + 1) * width * 3] = bytes(_AXIS) * width
    wave = bytes(_WAVE)
    for x, (low, high) in enumerate(columns):
        top, bottom = middle - high * middle // _FULL, middle + -low * middle // _FULL
        for row in range(max(0, top), min(height, bottom)):
            at = (row * width + x) * 3
            pixels[at : at + 3] = wave
    return in_memory(bytes(pixels), width, height, 3, stride=width * 3)
