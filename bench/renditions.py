"""Renditions: one 24-megapixel photograph into the six widths of the web profile, ours against Pillow.

Pillow is used as most do: the master opened anew for each size, LANCZOS, then every format of that size. Sizes,
formats, qualities and efforts are those of data/profiles/web.json for both; the bytes that each wrote stand in the
table. Each contender runs in processes of its own, in turn. Start and imports are shown apart and count in no ratio of
processor time, since a function pays them once and then renders many masters.

The photograph is made of six real ones of samples/masters, which are small: enlarged to 2000 × 2000 pixels each, side
by side, with seeded noise as a sensor has it, since enlarged pixels alone would be smoother than any camera's. So it is
of the right size and compresses like a photograph, but is none. It has no embedded profile.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.measure import child, show

PROJECT = Path(__file__).parents[1]
PHOTOGRAPH = PROJECT / ".local/bench/photograph-6000x4000-v1.jpg"
SOURCES = (
    "AW-1001_coffee-cup_front.jpg",
    "Dahlie Blüte 01 AdobeRGB.jpg",
    "AW-3001_pavilion_print_CMYK.tif",
    "AW-2001_fundus_cutout.png",
    "AW-2002_deep-field_16bit.png",
    "DSC_0042.JPG",
)
SETS = {"jpeg": ("jpeg",), "jpeg+webp": ("jpeg", "webp"), "jpeg+webp+avif": ("jpeg", "webp", "avif")}
ROUNDS = 3
SLOW = 60.0
"""Seconds of processor time from which one round is enough."""


def make_photograph() -> None:
    """Write the 24-megapixel photograph; the same at every call."""
    import pyvips

    masters = PROJECT / "samples/masters"
    tiles = []
    for name in SOURCES:
        tile = pyvips.Image.thumbnail(str(masters / name), 2000, height=2000, crop="centre", output_profile="srgb")
        tile = tile.colourspace("srgb")
        tiles.append(tile.flatten(background=[255, 255, 255]) if tile.hasalpha() else tile)
    sheet = pyvips.Image.arrayjoin(tiles, across=3)
    noise = [pyvips.Image.gaussnoise(sheet.width, sheet.height, mean=0, sigma=4, seed=seed) for seed in (1, 2, 3)]
    image = (sheet + noise[0].bandjoin(noise[1:])).cast("uchar").copy(interpretation="srgb")
    PHOTOGRAPH.parent.mkdir(parents=True, exist_ok=True)
    unfinished = PHOTOGRAPH.with_suffix(".part.jpg")
    image.jpegsave(str(unfinished), Q=92, keep="none")
    unfinished.rename(PHOTOGRAPH)


def _sizes(formats: str) -> Iterator[tuple[int, int, list[tuple[str, int, int]]]]:
    """Yield the width, height and (format, quality, effort) of each size, read from the profile's data alone."""
    web = json.loads((PROJECT / "layers/shared/assetwire/data/profiles/web.json").read_text(encoding="utf-8"))
    encodings = [
        (e["format"], e["quality"], e.get("effort", 0)) for e in web["encodings"] if e["format"] in SETS[formats]
    ]
    for width in sorted((frame["width"] for frame in web["frames"].values()), reverse=True):
        yield width, round(4000 * width / 6000), encodings


def ours(formats: str, out: Path) -> Callable[[], None]:
    """Import what assetwire needs; return its rendering."""
    from assetwire.domain.inscription import Inscription
    from assetwire.domain.plan import Subject, plan, wanted
    from assetwire.domain.spec import profiles
    from assetwire.media.render import render

    subject = Subject(6000, 4000)
    (web,) = (spec for spec in profiles() if spec.name == "web")
    outputs = [output for output in wanted(web, subject) if output.encoding.format.value in SETS[formats]]
    planned = plan(outputs, subject)

    def work() -> None:
        for _ in render(PHOTOGRAPH, planned, media_type="image/jpeg", inscription=Inscription(), out=out):
            pass

    return work


def pillow(formats: str, out: Path) -> Callable[[], None]:
    """Import Pillow; return the usual rendering with it."""
    from PIL import Image

    def work() -> None:
        for width, height, encodings in _sizes(formats):
            with Image.open(PHOTOGRAPH) as master:
                image = master.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
            for name, quality, effort in encodings:
                # libvips' AVIF effort counts from fast to slow, Pillow's speed the other way
                options = {"jpeg": {"optimize": True}, "webp": {"method": effort}, "avif": {"speed": 9 - effort}}[name]
                image.save(out / f"{width}.{name}", quality=quality, **options)

    return work


CONTENDERS = {"ours": ours, "pillow": pillow}


def contend(contender: str, formats: str) -> None:
    """Render once, in this process; print the processor seconds spent before, and how many files and bytes came out."""
    with tempfile.TemporaryDirectory() as folder:
        work = CONTENDERS[contender](formats, Path(folder))
        started = time.process_time()
        work()
        files = list(Path(folder).iterdir())
        print(started, len(files), sum(file.stat().st_size for file in files))


class Run(NamedTuple):
    """What one rendering used: processor seconds of its start and of its work, peak memory (MiB); and what it wrote."""

    start: float
    work: float
    memory: float
    files: int
    size: int


def run(contender: str, formats: str) -> Run:
    """Render in a fresh process."""
    cost = child("-m", "bench.renditions", contender, formats)
    start, files, size = cost.output.split()
    return Run(float(start), cost.cpu - float(start), cost.memory, int(files), int(size))


def main() -> None:
    """Run all contenders in turn and print medians and ratios."""
    if not PHOTOGRAPH.exists():
        child("-c", "from bench.renditions import make_photograph; make_photograph()")
    rows, ratios = [], []
    for formats in SETS:
        runs: dict[str, list[Run]] = {contender: [] for contender in CONTENDERS}
        for _ in range(ROUNDS):
            for contender, done in runs.items():
                done.append(run(contender, formats))
            if max(done[0].work for done in runs.values()) > SLOW:
                break
        middle = {contender: Run(*map(median, zip(*done, strict=True))) for contender, done in runs.items()}
        for contender, m in middle.items():
            figures = (f"{m.work:.2f}", f"{m.start:.2f}", f"{m.memory:.0f}", f"{m.files:.0f}", f"{m.size / 1e6:.2f}")
            rows.append((formats, contender, len(runs[contender]), *figures))
        mine, theirs = middle["ours"], middle["pillow"]
        ratios.append(f"{formats} {mine.work / theirs.work:.2f} / {mine.memory / theirs.memory:.2f}")
    show(("formats", "contender", "rounds", "CPU s", "start s", "peak MiB", "files", "MB"), rows)
    print("ratio ours/Pillow, CPU / peak memory:", ", ".join(ratios))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        contend(*sys.argv[1:])
    else:
        main()
