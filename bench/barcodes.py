"""Barcodes in photographs: ours beside plain zxing-cpp, at one angle and at eleven, over any folder of pictures.

`python -m bench.barcodes FOLDER [SECONDS]` reads all pictures below a folder. Beside `name.png`, `name.txt` holds the
text that is expected; several lines are several codes. A picture without one is expected to hold no code. It prints by
folder what was read (an expected text was found), misread (a text that is not expected, in a picture with a code) and
false (any text in a picture without one), and the CPU seconds a picture. Exit code 1 if ours misreads or reads what is
not there.

The ZXing project's black-box photographs have this shape; none travels with this repository.
"""

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import zxingcpp
from PIL import Image, ImageOps

from assetwire.domain import gs1
from assetwire.media.barcodes import LONGEST_EDGE, read_barcodes
from bench.measure import show

SECONDS = 3.3
"""Time for one picture, as ingest gives it."""
_ANGLES = range(-25, 26, 5)
"""Degrees: everything that zxing-cpp reads at any of them counts as read."""
_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp"}
_FORMAT = zxingcpp.BarcodeFormat
_FORMATS = zxingcpp.BarcodeFormats(
    (_FORMAT.EANUPC, _FORMAT.Code128, _FORMAT.ITF, _FORMAT.DataBar, _FORMAT.QRCode, _FORMAT.DataMatrix)
)


class Outcome(NamedTuple):
    """What one reader made of one picture."""

    read: bool
    misread: tuple[str, ...]
    false: tuple[str, ...]
    seconds: float


def main(folder: str, seconds: float = SECONDS) -> int:
    """Measure all pictures below a folder and return the exit code."""
    readers: dict[str, Callable[[Image.Image], set[str]]] = {
        "plain": plain,
        "11 angles": eleven_angles,
        "ours": lambda picture: ours(picture, seconds),
    }
    outcomes: dict[str, dict[str, list[Outcome]]] = {name: defaultdict(list) for name in readers}
    for path, picture, expected in pictures(Path(folder)):
        for name, reader in readers.items():
            outcome = judge(reader, picture, expected)
            outcomes[name][path.parent.name].append(outcome)
            if name == "ours" and (outcome.misread or outcome.false):
                print(f"  {path}: expected {sorted(expected)}, got {[*outcome.misread, *outcome.false]}")
    rows = []
    for group in [*sorted(outcomes["ours"]), "all"]:
        for name in readers:
            every = outcomes[name].values() if group == "all" else (outcomes[name][group],)
            rows.append([f"{group} ({name})", *summary([each for part in every for each in part])])
    show(("pictures", "number", "read", "misread", "false", "median s", "95 % s", "most s"), rows)
    return int(any(each.misread or each.false for part in outcomes["ours"].values() for each in part))


def pictures(folder: Path) -> Iterator[tuple[Path, Image.Image, frozenset[str]]]:
    """Yield each picture, upright and shrunk as ingest does it, with the texts that it is known to hold."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in _PICTURES:
            continue
        text = path.with_suffix(".txt")
        lines = text.read_text(encoding="utf-8", errors="replace").splitlines() if text.exists() else []
        try:
            with Image.open(path) as opened:
                picture = ImageOps.exif_transpose(opened).convert("RGB")
        except OSError as error:
            print(f"  {path} is passed over: {error}")
            continue
        picture.thumbnail((LONGEST_EDGE, LONGEST_EDGE), Image.Resampling.BOX)
        yield path, picture, frozenset(normal(line) for line in lines if line.strip())


def judge(reader: Callable[[Image.Image], set[str]], picture: Image.Image, expected: frozenset[str]) -> Outcome:
    """Compare what a reader finds with what is known."""
    begun = time.process_time()  # the processor's: a busy machine is no slower reader
    found = reader(picture)
    seconds = time.process_time() - begun
    wrong = tuple(sorted(found - expected))
    read = bool(found & expected)
    return Outcome(read, wrong if expected else (), () if expected else wrong, seconds)


def plain(picture: Image.Image) -> set[str]:
    """Return the texts that zxing-cpp alone finds."""
    return {normal(code.text) for code in zxingcpp.read_barcodes(picture, formats=_FORMATS)}


def eleven_angles(picture: Image.Image) -> set[str]:
    """Return the texts that zxing-cpp finds in the picture turned by any of eleven angles."""
    turned = (picture.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor="white") for angle in _ANGLES)
    return set().union(*map(plain, turned))


def ours(picture: Image.Image, seconds: float) -> set[str]:
    """Return what counts as certain with us."""
    found = read_barcodes(picture, seconds=seconds).identifiers
    # What stands beside a GTIN in one symbol is no code of its own.
    return {normal(each.gtin or each.value) for each in found if not each.kind.startswith("gs1_")}


def normal(text: str) -> str:
    """Make texts comparable: the GTIN of an element string, digits without their leading zeros."""
    text = gs1.elements(text).get("01", text).strip()
    return text.lstrip("0") if text.isdigit() else text


def summary(outcomes: list[Outcome]) -> list[object]:
    """Return the figures of a row."""
    seconds = sorted(each.seconds for each in outcomes)
    return [
        len(outcomes),
        sum(each.read for each in outcomes),
        sum(bool(each.misread) for each in outcomes),
        sum(bool(each.false) for each in outcomes),
        f"{statistics.median(seconds):.3f}",
        f"{seconds[min(len(seconds) - 1, int(len(seconds) * 0.95))]:.3f}",
        f"{seconds[-1]:.3f}",
    ]


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    raise SystemExit(main(sys.argv[1], *(float(each) for each in sys.argv[2:])))
