"""How much memory rendering holds for the largest masters: TIFFs of 300 megapixels, documents of 1 GB, 100-MP JPEGs.

`python -m bench large` makes each in a temporary folder (1.3 GB of disk at a time) and renders it in a process of its
own, as the renditions function does: the JPEGs of the profiles `web` and `thumb`, then the picture for `print`. The
figure is the most memory that the process was resident with, pages of mapped files included, which the system may take
back at any time.
"""

import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from bench.masters import HEIGHT, WIDTH, Make, jpeg, one_strip, photoshop, tiff
from bench.measure import child

MOST = 512
"""MiB that rendering one may hold unless it says otherwise, as for reading one: see `bench/memory.py`."""
_MOST_PROGRESSIVE = 768
"""MiB of a progressive JPEG of 100 megapixels, whose coefficients are kept whole: 6 bytes a pixel are 572 of them."""
_TILED = {"tile": True, "tile_width": 256, "tile_height": 256}


class _Master(NamedTuple):
    make: Make
    media_type: str
    width: int
    height: int
    most: int = MOST
    """MiB that rendering it may hold."""


_PSD = "image/vnd.adobe.photoshop"
_MASTERS = {
    "TIFF, strips": _Master(tiff(compression="none"), "image/tiff", WIDTH, HEIGHT),
    "TIFF, strips, LZW": _Master(tiff(compression="lzw"), "image/tiff", WIDTH, HEIGHT),
    "TIFF, tiles, Deflate": _Master(tiff(compression="deflate", **_TILED), "image/tiff", WIDTH, HEIGHT),
    "TIFF, tiles": _Master(tiff(compression="none", **_TILED), "image/tiff", WIDTH, HEIGHT),
    "TIFF, one strip": _Master(one_strip(deflated=False), "image/tiff", WIDTH, HEIGHT),
    "TIFF, one strip, Deflate": _Master(one_strip(deflated=True), "image/tiff", WIDTH, HEIGHT),
    "TIFF, on its side": _Master(one_strip(deflated=False, orientation=6), "image/tiff", HEIGHT, WIDTH),
    "Photoshop, raw": _Master(photoshop(30_000, 11_200, packed=False), _PSD, 30_000, 11_200),
    "Photoshop, packed": _Master(photoshop(30_000, 11_200, packed=True), _PSD, 30_000, 11_200),
    "Photoshop, mostly layers": _Master(photoshop(9_000, 6_000, packed=True, layers=850_000_000), _PSD, 9_000, 6_000),
    "JPEG": _Master(jpeg(12_250, 8_167), "image/jpeg", 12_250, 8_167),
    "JPEG, progressive": _Master(
        jpeg(12_250, 8_167, interlace=True), "image/jpeg", 12_250, 8_167, most=_MOST_PROGRESSIVE
    ),
}


def render(name: str, file: str, profiles: str) -> None:
    """Render a master by these profiles, in this process; print how many files came out."""
    from assetwire.domain.inscription import Inscription
    from assetwire.domain.plan import Subject, plan, wanted
    from assetwire.domain.spec import profiles as shipped
    from assetwire.media.render import render as renderer

    master = _MASTERS[name]
    subject = Subject(master.width, master.height)
    outputs = [output for spec in shipped() if spec.name in profiles for output in wanted(spec, subject)]
    asked = [output for output in outputs if output.encoding.format.value in {"jpeg", "tiff"}]
    with tempfile.TemporaryDirectory() as out:
        inside = Inscription(fields={"credit_line": "Studio"})
        made = renderer(
            Path(file), plan(asked, subject), media_type=master.media_type, inscription=inside, out=Path(out)
        )
        print(sum(1 for _ in made))


def main() -> None:
    """Make each master, render it, and print a line of figures; exit with 1 if one held too much."""
    missed: list[str] = []
    print(f"{'master':<28}{'MP':>5}{'bytes':>15}  {'profiles':<12}{'files':>6}{'CPU s':>8}{'MiB held':>10}{'of':>5}")
    for name, master in _MASTERS.items():
        with tempfile.TemporaryDirectory(prefix="bench-large-") as folder:
            file = Path(folder) / "master"
            child("-c", f"from bench.large import make; make({name!r}, {str(file)!r})")
            for profiles in ("web thumb", "print"):
                cost = child("-m", "bench.large", name, str(file), profiles)
                missed += [f"{name}, {profiles}"] if cost.memory > master.most else []
                megapixels = master.width * master.height // 1_000_000
                said = f"{name:<28}{megapixels:>5}{file.stat().st_size:>15,}  {profiles:<12}"
                print(f"{said}{cost.output.strip():>6}{cost.cpu:>8.1f}{cost.memory:>10.0f}{master.most:>5}", flush=True)
    print(f"too much: {'; '.join(missed)}" if missed else "every bound is kept")
    sys.exit(bool(missed))


def make(name: str, file: str) -> None:
    """Write one of the masters."""
    _MASTERS[name].make(Path(file))


if __name__ == "__main__":
    if len(sys.argv) == 4:
        render(*sys.argv[1:])
    else:
        main()
