"""What a child of the sandbox does for one order: it makes the file, looks at what it made, and reports both."""

import errno
import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av

from assetwire.domain.errors import Undecodable
from assetwire.domain.inscription import Inscription
from assetwire.domain.spec import Format
from assetwire.domain.transcode_plan import FilmTask, LoopTask, PageTask, PeaksTask, SoundTask, Transcode
from assetwire.domain.transcode_spec import MediaFormat
from assetwire.media.transcode.labels import DEMUXERS, finish, label_anew, tags_of

Report = dict[str, Any]


def prepare(transcode: dict[str, Any], **_: Any) -> None:
    """Import what this order's encoders need, in the server: children are forked with it."""
    makes = transcode["task"]["makes"]
    module = {"film": "film", "loop": "film", "sound": "sound", "peaks": "sound", "page": "pages"}[makes]
    importlib.import_module(f"assetwire.media.transcode.{module}")


def make(
    master: str, media_type: str, transcode: dict[str, Any], *, inscription: dict[str, Any], out: str, threads: int
) -> Iterator[Report]:
    """Yield what the made file is, or why it could not be made."""
    order, inside, file = Transcode.model_validate(transcode), Inscription.model_validate(inscription), Path(out)
    yield from _reported(lambda: _make(Path(master), media_type, order, inside, out=file, threads=threads), order, file)


def label(file: str, transcode: dict[str, Any], *, inscription: dict[str, Any], out: str) -> Iterator[Report]:
    """Yield what a film or a sound is that was made before, copied with another inscription."""
    order, inside = Transcode.model_validate(transcode), Inscription.model_validate(inscription)
    yield from _reported(lambda: _label(Path(file), order, inside, out=Path(out)), order, Path(out))


def _reported(act: Callable[[], None], order: Transcode, file: Path) -> Iterator[Report]:
    try:
        act()
        yield {"made": _facts(file, order)}
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  decoders and encoders raise what they like
        yield {"problem": _problem(error)}


def _make(master: Path, media_type: str, order: Transcode, inside: Inscription, *, out: Path, threads: int) -> None:
    tags = tags_of(inside, order.format)
    match order.task:
        case FilmTask() | LoopTask() as task:
            from assetwire.media.transcode.film import write_film  # noqa: PLC0415  imported by `prepare`

            write_film(master, media_type, task, out=out, tags=tags, threads=threads)
        case SoundTask() as task:
            from assetwire.media.transcode.sound import write_sound  # noqa: PLC0415  as above

            write_sound(master, media_type, task, out=out, tags=tags)
        case PeaksTask() as task:
            from assetwire.media.transcode.sound import write_peaks  # noqa: PLC0415  as above

            write_peaks(master, media_type, task, out=out)
        case PageTask() as task:
            from assetwire.media.transcode.pages import write_page  # noqa: PLC0415  as above

            write_page(master, task, out=out)
    finish(out, order.format, inside)


def _label(file: Path, order: Transcode, inside: Inscription, *, out: Path) -> None:
    if not isinstance(order.format, MediaFormat):
        raise Undecodable(f"{order.format.value} is not labelled anew", code="not_labelled")
    label_anew(file, order.format, inside, out=out)


def _facts(file: Path, order: Transcode) -> dict[str, Any]:
    """Return the width and height (pixels) and the seconds of a made file, as it says itself."""
    if isinstance(order.format, Format):
        from assetwire.media.engine import read_header  # noqa: PLC0415  imported by `prepare`

        image = read_header(file)
        delays = image.get("delay") if image.get_typeof("delay") else []
        return {"width": image.width, "height": image.height, "seconds": sum(delays) / 1000 or None}
    if order.format is MediaFormat.JSON:
        return {"width": 0, "height": 0, "seconds": None}
    with av.open(f"file:{file}", format=DEMUXERS[order.format], options={"protocol_whitelist": "file"}) as made:
        picture = next(iter(made.streams.video), None)
        seconds = None if not made.duration else round(made.duration / 1_000_000, 3)
        size = (0, 0) if picture is None else (picture.width, picture.height)
        return {"width": size[0], "height": size[1], "seconds": seconds}


def _problem(error: Exception) -> dict[str, str]:
    code, message = "undecodable", f"it was given up: {type(error).__name__}"
    if isinstance(error, Undecodable):
        code, message = error.code, error.message
    elif isinstance(error, OSError) and error.errno == errno.EFBIG:
        code, message = "too_large", "the file would be larger than there is room for"
    return {"code": code, "field": "file", "message": message}
