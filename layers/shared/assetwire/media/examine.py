"""What a child of the sandbox does with one file: stage by stage, reporting each, so that a late loss costs one stage.

The stages are `facts` (header), `extent` (cut off or followed by something), `metadata`, `pixels` (decoded once, to
find damage), `appearance`, `perceptual_hash` and `barcodes`. Up to the pixels, a failure of facts or pixels refuses the
file; any other costs what its stage would have found.
"""

import importlib
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from assetwire.domain.errors import Undecodable
from assetwire.domain.inspection import Kind, Problem
from assetwire.media.extent import declared_end
from assetwire.media.limits import refusal
from assetwire.media.readers import READERS
from assetwire.media.readers.facts import Facts

Report = dict[str, Any]

SECONDS = {
    "facts": 4.0,
    "extent": 1.0,
    "metadata": 2.0,
    "pixels": 6.0,
    "appearance": 2.0,
    "perceptual_hash": 2.0,
    "barcodes": 4.0,
}
"""Seconds that each stage has at the most, within those of the whole, where that has as many as `inspect.SECONDS`."""
_EVIDENCE = frozenset({"appearance", "perceptual_hash", "barcodes"})
"""Stages that have no longer where the whole has: nothing is refused for want of what they find."""
_LAST = 0.7
"""Seconds before the end of the whole when the reader of barcodes is asked to come to an end by itself."""
_BLANK = 1.0
"""Deviation of brightness (of 255) below which a picture is blank, and not searched for barcodes."""
_PATIENCE = 0.5
"""Seconds after a stage's time until a child is ended that is deep in a decoder, where no alarm is heard."""
_CUT_OFF = frozenset({"video/mp4", "video/quicktime", "audio/mp4", "video/webm", "video/x-matroska"})
"""Types of which a part may play, and that say themselves how long they are: refused, where they are cut off."""
_WITH_APPEARANCE = frozenset({Kind.IMAGE, Kind.VIDEO, Kind.DOCUMENT})
_WITH_BARCODES = frozenset({Kind.IMAGE, Kind.DOCUMENT})


class _Over(Exception):
    """A stage's time is up."""


def prepare(media_type: str, **_: Any) -> None:
    """Import what this medium's decoders need, in the server: children are forked with it."""
    reader = READERS[media_type]
    importlib.import_module(f"assetwire.media.readers.{reader}")
    importlib.import_module("assetwire.media.metadata")
    importlib.import_module("assetwire.media.picture")
    if reader == "timed":
        importlib.import_module("assetwire.media.frames")
        return
    importlib.import_module("assetwire.media.barcodes")
    importlib.import_module("assetwire.media.drawings" if reader in {"vector", "document"} else "PIL.Image")


def examine(  # one answer from many stages
    file: str, media_type: str, *, size: int, maximum_pixels: int, without: list[str], until: float, pace: float = 1.0
) -> Iterator[Report]:
    """Yield what a file of this type says about itself; `without` names stages to leave out.

    `until` (of the monotonic clock) is when the process is ended: the last stage sees to it that it has answered.
    `pace` is how many times as long as `SECONDS` the stages have that a file may be refused for.
    """
    path = Path(file)
    allowed = {name: seconds * (1 if name in _EVIDENCE else pace) for name, seconds in SECONDS.items()}

    def stage(name: str) -> Report:
        return {"stage": name, "seconds": allowed[name] + _PATIENCE}

    def optional(name: str, work: Callable[[], Iterator[Report]]) -> list[Report]:
        return _optional(name, work, seconds=allowed[name])

    yield stage("facts")
    try:
        reader = importlib.import_module(f"assetwire.media.readers.{READERS[media_type]}")
        facts: Facts = reader.read(path, media_type)
    except Exception as error:  # noqa: BLE001  decoders throw ValueError, KeyError, RuntimeError … at damage
        yield _refused(error, file)
        return
    yield _facts(facts)
    problem = refusal(facts, size=size, maximum_pixels=maximum_pixels)
    if "extent" not in without:
        yield stage("extent")
        for warning in optional("extent", lambda: _extent(path, facts.media_type, size)):
            if warning.get("cut_off"):
                problem = problem or Problem(code="truncated", field="file", message=warning["cut_off"])
            else:
                yield warning
    if "metadata" not in without and not facts.encrypted:
        yield stage("metadata")
        yield from optional("metadata", lambda: _metadata(path, facts))
    if problem is not None:
        yield {"problem": problem.model_dump()}
        return
    yield stage("pixels")
    try:
        image = _checked(path, facts)
    except Exception as error:  # noqa: BLE001  as above
        yield _refused(error, file)
        return
    yield {"checked": True}
    shown = cache(lambda: image if image is not None else _drawn(path, facts))
    if facts.kind in _WITH_APPEARANCE and "appearance" not in without:
        yield stage("appearance")
        yield from optional("appearance", lambda: _appearance(shown()))
    if facts.kind is Kind.IMAGE and "perceptual_hash" not in without:  # what else may be hashed: docs/similarity.md
        yield stage("perceptual_hash")
        yield from optional("perceptual_hash", lambda: _hash(image))
    if facts.kind in _WITH_BARCODES and "barcodes" not in without:
        yield stage("barcodes")
        yield from optional("barcodes", lambda: _barcodes(image, until=until))


def _warning(code: str, field: str, message: str) -> Report:
    return {"warnings": [{"code": code, "field": field, "message": message}]}


def _refused(error: Exception, file: str) -> Report:
    """Return the refusal of what a decoder threw; its wording is kept where it is ours, without the file's place."""
    if isinstance(error, Undecodable):
        code, message = error.code, error.message.replace(file, "the file")
    elif isinstance(error, MemoryError):
        code, message = "too_much_memory", "decoding wants more memory than it may have"
    else:
        code, message = "undecodable", f"the decoder gave up: {type(error).__name__}"
    return {"problem": {"code": code, "field": "file", "message": message}}


def _optional(name: str, work: Callable[[], Iterator[Report]], *, seconds: float) -> list[Report]:
    """Return the reports of a stage that may fail; a failure, or its time being up, costs the stage."""
    try:
        with _alarm(seconds):
            return list(work())
    except _Over:
        reason = f"it took more than {seconds:g} seconds"
    except Exception as error:  # noqa: BLE001  whatever it is, it costs this stage alone
        reason = type(error).__name__
    return [_warning(f"{name}_lost", name, f"it was given up: {reason}")]


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def ring(*_: object) -> None:
        raise _Over

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _facts(facts: Facts) -> Report:
    names = ("width", "height", "duration_seconds", "pages", "encrypted", "technical", "private")
    known = {name: getattr(facts, name) for name in names}
    warnings = [{"code": code, "field": field, "message": text} for code, field, text in facts.warnings]
    return {"facts": {"kind": facts.kind.value, "media_type": facts.media_type, **known}, "warnings": warnings}


def _extent(file: Path, media_type: str, size: int) -> Iterator[Report]:
    end = declared_end(file, media_type)
    if end is None or end == size:
        return
    if end < size:
        yield _warning("trailing_data", "file", f"{size - end} bytes follow the end of the {media_type}")
    elif media_type in _CUT_OFF:
        yield {"cut_off": f"{end - size} of {end} bytes are missing"}
    else:
        yield _warning("truncated", "file", f"{end - size} of {end} bytes are missing")


def _metadata(file: Path, facts: Facts) -> Iterator[Report]:
    from assetwire.media.metadata import read_metadata  # noqa: PLC0415  imported by `prepare`

    found = read_metadata(file, facts.media_type, container=facts.container)
    yield {
        "metadata": {
            "fields": {name: value.model_dump(mode="json") for name, value in found.fields.items()},
            "conflicts": [conflict.model_dump(mode="json") for conflict in found.conflicts],
            "private": found.private,
            "technical": found.technical,
        },
        "warnings": [warning.model_dump(mode="json") for warning in found.warnings],
    }


def _longest_edge() -> int:
    from assetwire.media.barcodes import LONGEST_EDGE  # noqa: PLC0415  imported by `prepare`

    return LONGEST_EDGE


def _checked(file: Path, facts: Facts) -> Any:
    """Decode the pixels, small, to find damage; return the picture where there is one already.

    Raises:
        Undecodable: they are damaged.
    """
    if facts.kind in {Kind.VIDEO, Kind.AUDIO}:
        from assetwire.media.readers import timed  # noqa: PLC0415  imported by `prepare`

        timed.check(file, facts.media_type)
        return None
    from assetwire.media.picture import picture  # noqa: PLC0415  imported by `prepare`

    return picture(file, facts.media_type, longest_edge=_longest_edge())


def _drawn(file: Path, facts: Facts) -> Any:
    """Return the picture that stands for a master, where finding damage gave none: a film's poster."""
    from assetwire.media.perceptual import EDGE  # noqa: PLC0415  imported late, as its engine
    from assetwire.media.picture import picture  # noqa: PLC0415  imported by `prepare`

    return picture(file, facts.media_type, longest_edge=EDGE)


def _appearance(image: Any) -> Iterator[Report]:
    from assetwire.media.appearance import appearance  # noqa: PLC0415  imported late, as its engine

    yield {"appearance": appearance(image).model_dump()}


def _hash(image: Any) -> Iterator[Report]:
    from assetwire.media.perceptual import perceptual_hash  # noqa: PLC0415  imported late, as its engine

    yield {"perceptual_hash": perceptual_hash(image)}


def _barcodes(image: Any, *, until: float) -> Iterator[Report]:
    from PIL import Image  # noqa: PLC0415  imported by `prepare`

    from assetwire.media.barcodes import read_barcodes  # noqa: PLC0415  imported by `prepare`

    if image.width * image.height < 2 or image.colourspace("b-w").extract_band(0).deviate() < _BLANK:
        return
    opaque = image.flatten(background=[255] * (image.bands - 1)) if image.hasalpha() else image
    mode = "L" if opaque.bands == 1 else "RGB"
    pixels = Image.frombuffer(mode, (opaque.width, opaque.height), opaque.write_to_memory(), "raw", mode, 0, 1)
    identifiers, warnings = read_barcodes(
        pixels, seconds=min(SECONDS["barcodes"] - _LAST, until - time.monotonic() - _LAST)
    )
    yield {
        "identifiers": [identifier.model_dump(mode="json") for identifier in identifiers],
        "warnings": [warning.model_dump(mode="json") for warning in warnings],
    }
