"""Renditions: masters into the six widths of the web profile, ours beside sharp's; processor, memory, and how it looks.

Sizes, formats, qualities and efforts are those of data/profiles/web.json for both. sharp is used as its documentation
has it: one input, and of it a clone with a pipeline of its own for each output. All of them together (Promise.all), and
one after another: processor time is held against the cheaper of the two, memory against all together, which is what
its users write. What sharp does by default that ours does not is set alike: AVIF's colours are halved. Nothing is
written inside the files of either.

Each contender runs in processes of its own, in turn. Start and imports count in no ratio of processor time, since a
function pays them once and then renders many masters; in memory they do.

The distance of a picture is that to a direct resize of the whole master by Pillow, without loss: DSSIM by ssim.js. It
is compared at equal bytes: where a file of sharp's has more than 5 % more or less of them than ours, sharp encodes it
once more at the quality that comes nearest to ours. Inks are brought to a screen differently (see
`bench/rendition_masters.py`), so each contender is held to a reference of its own there.
"""

import json
import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any, NamedTuple

from bench.measure import child, cost_of, show
from bench.rendition_masters import CUTOUT, LARGE, PHOTOGRAPH, PRINT, PROJECT, WIDTHS, Master

SHARP = PROJECT / ".local/sharp"
ROUNDS = 3
SLOW = 60.0
"""Seconds of processor time from which one round is enough."""
EQUAL = 0.05
"""Files whose bytes differ by no more than this share are of equal bytes."""
_HALVING = 14
"""Points of quality that halve a photograph's bytes, about."""
MEMORY, DISTANCE = 0.7, 1.02
"""How much of sharp's memory rendering may hold, and how many times its distance each picture may have."""


class Case(NamedTuple):
    """A master, the formats that it is rendered in, and how much of sharp's processor time that may take."""

    master: Master
    formats: tuple[str, ...]
    processor: float


CASES = {
    "photograph, JPEG": Case(PHOTOGRAPH, ("jpeg",), 0.5),
    "photograph, JPEG + WebP": Case(PHOTOGRAPH, ("jpeg", "webp"), 0.6),
    "photograph, JPEG + WebP + AVIF": Case(PHOTOGRAPH, ("jpeg", "webp", "avif"), 0.8),
    "transparent PNG, JPEG + WebP": Case(CUTOUT, ("jpeg", "webp"), 0.6),
    "CMYK TIFF, JPEG + WebP": Case(PRINT, ("jpeg", "webp"), 0.6),
    "100 megapixels, JPEG": Case(LARGE, ("jpeg",), 0.5),
    "100 megapixels, JPEG + WebP": Case(LARGE, ("jpeg", "webp"), 0.6),
}
EXTENSIONS = {"jpeg": "jpg", "webp": "webp", "avif": "avif"}


class Run(NamedTuple):
    """What one rendering used: processor seconds of its start and of its work, and peak memory (MiB)."""

    start: float
    work: float
    memory: float


def ours(case: Case, out: Path) -> Callable[[], None]:
    """Import what assetwire needs; return its rendering."""
    from assetwire.domain.inscription import Inscription
    from assetwire.domain.plan import Subject, plan, wanted
    from assetwire.domain.spec import profiles
    from assetwire.media.render import render

    web = next(spec for spec in profiles() if spec.name == "web")
    asked = tuple(encoding for encoding in web.encodings if encoding.format.value in case.formats)
    subject = Subject(case.master.width, case.master.height)
    planned = plan(wanted(web.model_copy(update={"encodings": asked}), subject), subject)

    def work() -> None:
        master, kind = case.master.file, case.master.media_type
        for _ in render(master, planned, media_type=kind, inscription=Inscription(), out=out):
            pass

    return work


def contend(case: str, folder: str) -> None:
    """Render once, in this process; print the processor seconds that were spent before."""
    work = ours(CASES[case], Path(folder))
    started = time.process_time()
    work()
    print(started)


def _outputs(case: Case, out: Path) -> Iterator[dict[str, Any]]:
    """Yield each output as sharp is told of it, read from the profile's data alone."""
    web = json.loads((PROJECT / "layers/shared/assetwire/data/profiles/web.json").read_text(encoding="utf-8"))
    assert sorted(WIDTHS) == sorted(frame["width"] for frame in web["frames"].values())
    for width in WIDTHS:
        for encoding in web["encodings"]:
            kind = encoding["format"]
            if kind in case.formats:
                options = {"quality": encoding["quality"]} | ({"effort": encoding["effort"]} if kind != "jpeg" else {})
                options |= {"chromaSubsampling": "4:2:0"} if kind == "avif" else {}
                path = str(out / f"web-{width}.{EXTENSIONS[kind]}")
                size = {"width": width, "height": case.master.height_at(width)}
                yield {"path": path, "format": kind, "options": options, **size}


def _sharp(file: Path, outputs: Sequence[dict[str, Any]], *, together: bool) -> Run:
    job = {"master": str(file), "together": together, "background": "#ffffff", "outputs": outputs}
    cost = cost_of(["node", str(SHARP / "render.mjs")], json.dumps(job))
    return Run(float(cost.output), cost.cpu - float(cost.output), cost.memory)


def _ours(name: str, out: Path) -> Run:
    cost = child("-m", "bench.renditions", name, str(out))
    return Run(float(cost.output), cost.cpu - float(cost.output), cost.memory)


def compare(name: str, case: Case, folder: Path) -> list[str]:
    """Run all contenders in turn, print what they used and how their pictures look; return what missed its bar."""
    mine, theirs = folder / "ours", folder / "sharp"
    mine.mkdir()
    theirs.mkdir()
    outputs = list(_outputs(case, theirs))
    runs: dict[str, list[Run]] = {"ours": [], "sharp, together": [], "sharp, in turn": []}
    for _ in range(ROUNDS):
        runs["ours"].append(_ours(name, mine))
        runs["sharp, together"].append(_sharp(case.master.file, outputs, together=True))
        runs["sharp, in turn"].append(_sharp(case.master.file, outputs, together=False))
        if max(done[0].work for done in runs.values()) > SLOW:
            break
    middle = {who: Run(*map(median, zip(*done, strict=True))) for who, done in runs.items()}
    size = {"ours": _bytes(mine)} | dict.fromkeys(("sharp, together", "sharp, in turn"), _bytes(theirs))
    print(f"\n{name}")
    show(
        ("", "rounds", "CPU s", "start s", "peak MiB", "MB"),
        [
            (who, len(runs[who]), f"{m.work:.2f}", f"{m.start:.2f}", f"{m.memory:.0f}", f"{size[who] / 1e6:.2f}")
            for who, m in middle.items()
        ],
    )
    cheapest = min(middle["sharp, together"].work, middle["sharp, in turn"].work)
    processor, memory = middle["ours"].work / cheapest, middle["ours"].memory / middle["sharp, together"].memory
    in_turn = middle["ours"].memory / middle["sharp, in turn"].memory
    distances = _distances(case, mine, outputs)
    worst = max(distances, key=lambda file: distances[file])
    average = mean(distances.values())
    print(f"ratio ours/sharp: CPU {processor:.2f} (bar {case.processor}), memory {memory:.2f} (bar {MEMORY})", end="")
    print(f", against in turn {in_turn:.2f}")
    print(f"distance ours/sharp: {average:.3f} on average, {distances[worst]:.3f} the worst, {worst} (bar {DISTANCE})")
    held = ((processor, case.processor, "CPU"), (memory, MEMORY, "memory"), (distances[worst], DISTANCE, "distance"))
    return [f"{name}: {what} {ratio:.3f}, bar {bar}" for ratio, bar, what in held if ratio > bar]


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


def _distances(case: Case, mine: Path, outputs: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Return by how much each of our files is further from its reference than sharp's of equal bytes.

    Where references differ, as of inks that look otherwise on a screen, encoding alone brings each as far from its own
    as its darks and lights are: by that, how far a file is, is divided.
    """
    pairs = []
    for output in outputs:
        file, width = mine / Path(output["path"]).name, output["width"]
        theirs = _of_equal_bytes(case, output, file.stat().st_size)
        for picture, whose in ((str(file), "ours"), (theirs, "sharp")):
            reference = case.master.reference(width, whose)
            pairs.append({"picture": picture, "reference": str(reference)})
            if case.master == PRINT:
                again = Path(picture).with_name(f"again-{whose}-{file.name}")
                _sharp(reference, [output | {"path": str(again)}], together=False)
                pairs.append({"picture": str(again), "reference": str(reference)})
    found = json.loads(cost_of(["node", str(SHARP / "distance.mjs")], json.dumps(pairs)).output)
    if case.master == PRINT:
        found = [distance / alone for distance, alone in zip(found[::2], found[1::2], strict=True)]
    names = [Path(output["path"]).name for output in outputs]
    return {name: one / other for name, one, other in zip(names, found[::2], found[1::2], strict=True)}


def _of_equal_bytes(case: Case, output: dict[str, Any], wanted: int) -> str:
    """Return sharp's file, or the one of another quality whose bytes come nearest to these."""
    path = Path(output["path"])
    if abs(wanted / path.stat().st_size - 1) <= EQUAL:
        return str(path)
    guess = output["options"]["quality"] + round(_HALVING * math.log2(wanted / path.stat().st_size))
    others = []
    for quality in range(max(1, guess - 1), min(100, guess + 1) + 1):
        options = output["options"] | {"quality": quality}
        others.append(output | {"path": str(path.with_name(f"{quality}-{path.name}")), "options": options})
    _sharp(case.master.file, others, together=False)
    files = [path, *(Path(each["path"]) for each in others)]
    return str(min(files, key=lambda file: abs(file.stat().st_size - wanted)))


def main(part: str = "") -> int:
    """Compare every case whose name has this part; return 1 if one missed its bar."""
    if not (SHARP / "render.mjs").exists():
        print("sharp is missing: run 'make bench' once, which installs it")
        return 1
    missed = []
    for name, case in CASES.items():
        if part not in name:
            continue
        child("-c", f"from bench.rendition_masters import make; make({case.master.name!r})")
        with tempfile.TemporaryDirectory() as folder:
            missed += compare(name, case, Path(folder))
    print("\n" + ("missed: " + "; ".join(missed) if missed else "every bar is met"))
    return int(bool(missed))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        contend(*sys.argv[1:])
    else:
        sys.exit(main(*sys.argv[1:]))
