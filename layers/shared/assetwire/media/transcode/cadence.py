"""Time in a stream: whatever its timestamps are, a clock that goes forward, and frames at an even pace."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Generic, TypeVar

_Frame = TypeVar("_Frame")
GAP = 30.0
"""Seconds without anything up to which a stream is believed to pause; a longer jump is closed."""


class Clock:
    """Turns timestamps into seconds since the beginning; missing ones follow from the one before."""

    def __init__(self, beginning: float) -> None:
        self._shift = -beginning
        self._next: float | None = None

    def seconds(self, stamp: float | None, duration: float) -> float:
        """Return when a frame of this duration (seconds) is shown or heard; may be negative, before the beginning."""
        if stamp is None:
            at = self._next if self._next is not None else 0.0
        else:
            at = stamp + self._shift
            if self._next is not None and not -1.0 <= at - self._next <= GAP:
                self._shift += self._next - at
                at = self._next
        self._next = at + duration
        return at


class Stamps:
    """Chooses between the two timestamps of a decoded frame: of containers without the first, that is made up."""

    def __init__(self) -> None:
        self._last: list[int | None] = [None, None]
        self._faults = [0, 0]

    def best(self, shown: int | None, decoded: int | None) -> int | None:
        """Return the stamp of the kind that went back less often so far, as FFmpeg's own programs do."""
        for kind, stamp in enumerate((shown, decoded)):
            last = self._last[kind]
            if stamp is not None:
                self._faults[kind] += last is not None and stamp <= last
                self._last[kind] = stamp
        if shown is None or (decoded is not None and self._faults[0] > self._faults[1]):
            return decoded
        return shown


class Cadence(Generic[_Frame]):
    """Puts frames into even places: one that comes late is shown again until then, one too many is left out."""

    def __init__(self, rate: Fraction, places: int | None) -> None:
        self._rate, self._places = rate, places
        self._next = 0
        self._shown: _Frame | None = None
        self._asked = -1

    def place(self, seconds: float) -> int:
        """Return the place of a frame at this moment: the nearest one, the earlier one if it is between two."""
        return max(0, int(seconds * self._rate + 0.49))

    def wants(self, seconds: float) -> bool:
        """Tell whether a frame at this moment is shown: no other has its place, and it is not past the end."""
        place = self.place(seconds)
        if place <= self._asked or (self._places is not None and place >= self._places):
            return False
        self._asked = place
        return True

    def put(self, frame: _Frame, seconds: float) -> Iterator[tuple[int, _Frame]]:
        """Yield place and frame of everything that is shown up to and with this frame."""
        place = self.place(seconds)
        before = self._shown if self._shown is not None else frame  # before the first frame, the first is shown
        while self._next < place:
            yield self._next, before
            self._next += 1
        if self._next == place:
            yield place, frame
            self._next += 1
        self._shown = frame

    @property
    def shown(self) -> int:
        """How many places are filled."""
        return self._next
