"""What a channel asks of the pictures that it receives, as data: its slots, their limits, and since when they hold.

A media spec is a row of editions, each in effect until the next one is. Its outputs are a spec's, as those of profiles
are: `domain/spec.py`. Everything is checked when it is read, so that no output can miss the limits it is made for by
being too large, too heavy or of a shape that its frame cannot have.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, model_validator

from assetwire.domain.inspection import Problem
from assetwire.domain.model import Instant, Value
from assetwire.domain.rights import Usage
from assetwire.domain.spec import (
    FORMATS,
    WHITE,
    ColourSpace,
    Edge,
    Encoding,
    Fit,
    Format,
    Frame,
    FrameName,
    Output,
    Spec,
    SpecName,
)

SlotName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,40}$")]
Role = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_UNBOUNDED = 65_535
"""Pixels of an edge that a frame leaves open, at the most: what a JPEG can hold."""


class Aspect(Value):
    """A shape: so much width to so much height."""

    width: Annotated[int, Field(ge=1, le=100_000)]
    height: Annotated[int, Field(ge=1, le=100_000)]
    tolerance: Annotated[float, Field(ge=0, le=0.5)] = 0.01
    """By which share of it a picture's own ratio may differ."""

    def admits(self, width: int, height: int) -> bool:
        """Tell whether a picture of this size (pixels) has the shape."""
        difference = abs(width * self.height - height * self.width)
        return difference <= self.tolerance * self.width * height


class Limits(Value):
    """What the files of a slot must keep to; nothing that is left out. Edges in pixels, all bounds included."""

    formats: Annotated[tuple[Format, ...], Field(min_length=1)]
    least_width: Edge | None = None
    most_width: Edge | None = None
    least_height: Edge | None = None
    most_height: Edge | None = None
    least_longest: Edge | None = None
    """Of the longest edge."""
    most_longest: Edge | None = None
    least_shortest: Edge | None = None
    """Of the shortest edge."""
    most_shortest: Edge | None = None
    most_pixels: Annotated[int, Field(ge=1)] | None = None
    """Width × height."""
    most_bytes: Annotated[int, Field(ge=1_000)] | None = None
    aspect: Aspect | None = None

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        for edge in ("width", "height", "longest", "shortest"):
            least, most = getattr(self, f"least_{edge}"), getattr(self, f"most_{edge}")
            if least is not None and most is not None and least > most:
                raise ValueError(f"least_{edge} {least} is more than most_{edge} {most}")
        return self

    def problems(self, width: int, height: int) -> Iterator[Problem]:
        """Yield what is wrong with a file of this size (pixels): `too_small`, `too_large`, `wrong_aspect`."""
        for edge, has, least, most in (
            ("width", width, self.least_width, self.most_width),
            ("height", height, self.least_height, self.most_height),
            ("longest_edge", max(width, height), self.least_longest, self.most_longest),
            ("shortest_edge", min(width, height), self.least_shortest, self.most_shortest),
            ("pixels", width * height, None, self.most_pixels),
        ):
            said = f"{width} × {height}: {edge.replace('_', ' ')} {has}"
            if least is not None and has < least:
                yield Problem(code="too_small", field=edge, message=f"{said}, at least {least} is asked")
            if most is not None and has > most:
                yield Problem(code="too_large", field=edge, message=f"{said}, at most {most} is allowed")
        if self.aspect is not None and not self.aspect.admits(width, height):
            asked = f"{self.aspect.width}:{self.aspect.height}"
            yield Problem(code="wrong_aspect", field="aspect", message=f"{width} × {height} is not {asked}")


class UrlRules(Value):
    """What a channel asks of the URLs that it fetches pictures from."""

    https: bool = True
    """Only with TLS."""
    extension: bool = False
    """The path ends in the extension of the file's format."""
    query: bool = True
    """Whether there may be a query string."""
    most_characters: Annotated[int, Field(ge=1)] | None = None

    def problems(self, url: str, kind: Format) -> Iterator[Problem]:
        """Yield what is wrong with the URL of a file of this format: one problem a rule."""
        parts = urlsplit(url)
        ending = f".{FORMATS[kind].extension}"
        wrong = (
            (self.https and parts.scheme != "https", "url_not_https", "it does not begin with https:"),
            (self.extension and not parts.path.endswith(ending), "url_extension", f"its path does not end in {ending}"),
            (not self.query and "?" in url, "url_query", "it has a query string"),
            (
                self.most_characters is not None and len(url) > self.most_characters,
                "url_too_long",
                f"it has {len(url)} characters, at most {self.most_characters} are allowed",
            ),
        )
        for is_wrong, code, message in wrong:
            if is_wrong:
                yield Problem(code=code, field="url", message=message)


class Slot(Value):
    """A place for pictures of a product, as the channel names it."""

    name: SlotName
    title: Title
    role: Role
    """What its pictures are to the product: `main`, `gallery`, `swatch` …"""
    frame: FrameName
    limits: Limits
    required: bool = False
    """Whether a product is not taken without it."""
    most: Annotated[int, Field(ge=1, le=1000)] | None = 1
    """Pictures of one product that it takes at the most; None where the channel names no bound."""
    alt_text: bool = False
    """Whether its pictures need a text alternative, in the channel's language."""
    white_border: Annotated[float, Field(ge=0, le=1)] | None = None
    """The share of the picture's border that must be pure white."""
    advised_longest: Edge | None = None
    """Pixels of the longest edge below which the channel shows a picture, and calls it poor."""


class Edition(Value):
    """A media spec as it holds from one moment, included, to another, excluded; None is unbounded."""

    starts: Instant | None = None
    ends: Instant | None = None
    frames: Annotated[dict[FrameName, Frame], Field(min_length=1, max_length=40)]
    encodings: Annotated[tuple[Encoding, ...], Field(min_length=1, max_length=10)]
    slots: Annotated[tuple[Slot, ...], Field(min_length=1, max_length=40)]
    url: UrlRules = UrlRules()

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if wrong := list(_inconsistencies(self)):
            raise ValueError("; ".join(wrong))
        return self

    def encoding(self, slot: Slot) -> Encoding:
        """Return how a slot's files are encoded: the first encoding whose format its limits allow."""
        return next(e for e in self.encodings if e.format in slot.limits.formats)

    def holds(self, at: datetime) -> bool:
        """Tell whether this is in effect at a moment."""
        return (self.starts is None or self.starts <= at) and (self.ends is None or at < self.ends)


class Source(Value):
    """Where a spec's figures come from: a public document of whoever runs the channel."""

    title: Title
    url: Annotated[str, StringConstraints(pattern=r"^https://\S{1,500}$")]


class MediaSpec(Value):
    """What the channels of one kind ask of pictures, now, before and later."""

    name: SpecName
    title: Title
    sources: Annotated[tuple[Source, ...], Field(min_length=1, max_length=20)]
    editions: Annotated[tuple[Edition, ...], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _has_one_edition_at_each_moment(self) -> Self:
        wrong = []
        for number, edition in enumerate(self.editions):
            if edition.starts and edition.ends and edition.ends <= edition.starts:
                wrong.append(f"edition {number} ends before it starts")
        for number, (before, after) in enumerate(pairwise(self.editions), 1):
            if before.ends is None or after.starts is None or after.starts < before.ends:
                wrong.append(f"editions {number - 1} and {number} overlap: each ends when the next one starts")
            elif after.starts > before.ends:
                wrong.append(f"there is a gap before edition {number}: it starts when the one before ends")
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def edition(self, at: datetime) -> Edition | None:
        """Return the edition that is in effect at a moment; None before the first and after the last."""
        return next((edition for edition in self.editions if edition.holds(at)), None)

    @property
    def changes(self) -> tuple[datetime, ...]:
        """The moments from which on something else holds, in order."""
        moments = {moment for edition in self.editions for moment in (edition.starts, edition.ends) if moment}
        return tuple(sorted(moments))

    def output(self, edition: Edition, slot: Slot) -> Output:
        """Return the file that is made for a slot."""
        encoding = edition.encoding(slot)
        name = f"{self.name}-{slot.frame}.{FORMATS[encoding.format].extension}"
        return Output(name=name, frame=edition.frames[slot.frame], encoding=encoding)

    def specs(self, edition: Edition, slots: Iterable[Slot], usage: Usage) -> tuple[Spec, ...]:
        """Return the outputs that these slots need as specs: one a frame, in the encodings that its slots need."""
        needed: dict[FrameName, list[Encoding]] = {}
        for slot in slots:
            encodings = needed.setdefault(slot.frame, [])
            if edition.encoding(slot) not in encodings:
                encodings.append(edition.encoding(slot))
        return tuple(
            Spec(name=self.name, frames={name: edition.frames[name]}, encodings=tuple(encodings), usage=usage)
            for name, encodings in needed.items()
        )


def _inconsistencies(edition: Edition) -> Iterator[str]:
    names = [slot.name for slot in edition.slots]
    yield from (f"two slots are named {name}" for name in sorted({n for n in names if names.count(n) > 1}))
    taken: set[Format] = set()
    for slot in edition.slots:
        frame = edition.frames.get(slot.frame)
        encoding = next((e for e in edition.encodings if e.format in slot.limits.formats), None)
        if frame is None:
            yield f"slot {slot.name}: there is no frame {slot.frame!r}"
        if encoding is None:
            allowed = ", ".join(slot.limits.formats)
            yield f"slot {slot.name}: no encoding is of a format that its limits allow ({allowed})"
        else:
            taken.add(encoding.format)
        if frame is not None and encoding is not None:
            yield from (f"slot {slot.name}: {reason}" for reason in _misses(frame, encoding, slot))
    formats = [encoding.format for encoding in edition.encodings]
    yield from (f"two encodings are of {kind.value}" for kind in sorted({f for f in formats if formats.count(f) > 1}))
    shown = {slot.frame for slot in edition.slots}
    yield from (f"no slot shows the frame {name!r}" for name in edition.frames if name not in shown)
    yield from (f"no slot takes {kind.value}" for kind in dict.fromkeys(formats) if kind not in taken)


def _misses(frame: Frame, encoding: Encoding, slot: Slot) -> Iterator[str]:
    """Yield why the files of a slot cannot meet its limits, or could exceed them, whatever the master is."""
    limits, facts = slot.limits, FORMATS[encoding.format]
    width, height = frame.width or _UNBOUNDED, frame.height or _UNBOUNDED
    for problem in limits.problems(width, height):
        if problem.code != "wrong_aspect" or frame.fit is not Fit.INSIDE:
            yield f"its largest file misses a limit: {problem.message}"
    if max(width, height) > facts.longest_edge:
        yield f"{encoding.format.value} holds no edge of {max(width, height)} pixels"
    if limits.most_bytes is not None:
        if facts.lossy and encoding.quality is not None:
            if encoding.maximum_bytes is None or encoding.maximum_bytes > limits.most_bytes:
                yield f"{encoding.format.value} needs maximum_bytes of at most {limits.most_bytes}"
        else:
            samples = 4 if encoding.colours is ColourSpace.CMYK or (facts.alpha and not frame.opaque) else 3
            if width * height * samples > limits.most_bytes:
                yield f"{width} × {height} without loss may have more than {limits.most_bytes} bytes"
    if slot.white_border is not None:
        if facts.alpha and not frame.opaque:
            yield "its background is to be white, and what is transparent stays so: the frame must be opaque"
        if frame.background != WHITE:
            yield f"its background is to be white, and the frame's is {frame.background}"
