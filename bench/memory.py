"""How much memory ingest holds for the largest masters: all of its processes, their peaks added.

`python -m bench memory` makes films of 1 GB and TIFFs of 300 megapixels in a temporary folder (6 GB of disk), and has
each read as ingest reads it: hashed in pieces by the process with ingest's own modules, examined in the sandbox. The
figure is the sum of VmHWM of that process, of the sandbox's server and of its child, read from /proc every 10 ms; pages
that they share are counted in each.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.masters import photoshop, tiff

MOST = 512 * 1024**2
"""Bytes that reading any of them may hold. Source: the bar of the issue that asked for it."""
_FILM = 1_000_000_000

_READ = """
import hashlib, json, sys
from pathlib import Path
import assetwire.adapters.catalog.repository, assetwire.adapters.media_store, assetwire.services.ingest
from assetwire.media.inspect import inspect
file, sha256 = Path(sys.argv[1]), hashlib.sha256()
with file.open("rb") as opened:
    while piece := opened.read(1 << 20):
        sha256.update(piece)
limits = {"maximum_bytes": 3 * 1024**3, "maximum_pixels": 400_000_000, "seconds": 30.0}
found = inspect(file, sha256=sha256.hexdigest(), size=file.stat().st_size, **limits)
print(json.dumps([found.status.value, found.media_type, [problem.code for problem in found.problems]]))
"""


def main() -> None:
    """Make each master, read it, and print a line of figures; exit with 1 if one held too much, or was refused."""
    worst, refused = 0, 0
    print(f"{'master':<28}{'bytes':>14}{'MiB held':>10}{'seconds':>9}  answer")
    for name, make in _MASTERS.items():
        with tempfile.TemporaryDirectory(prefix="bench-memory-") as folder:
            file = Path(folder) / f"master{name[-4:]}"
            make(file)
            peak, seconds, answer = _read(file)
            worst = max(worst, peak)
            refused += not answer.startswith("accepted")  # it would tell nothing of what reading it holds
            print(f"{name[:-4]:<28}{file.stat().st_size:>14,}{peak >> 20:>10}{seconds:>9.1f}  {answer}")
    print(f"worst: {worst >> 20} MiB of {MOST >> 20}")
    sys.exit(worst > MOST or refused > 0)


def _read(file: Path) -> tuple[int, float, str]:
    from assetwire_cli.corpus_command import peak_of

    started = time.monotonic()
    with subprocess.Popen([sys.executable, "-c", _READ, str(file)], stdout=subprocess.PIPE, text=True) as process:
        peak = peak_of(process, until=started + 120)
        assert process.stdout is not None
        answer = process.stdout.read()
    return peak, time.monotonic() - started, " ".join(map(str, json.loads(answer)))


def _raw_film(samples: str) -> Callable[[Path], None]:
    """Return what writes a film of uncompressed frames of 1080p; each container has its own order of samples."""

    def write(file: Path) -> None:
        import av

        with av.open(str(file), "w") as output:
            stream = output.add_stream("rawvideo", rate=25)
            stream.width, stream.height, stream.pix_fmt = 1920, 1080, samples
            frame = av.VideoFrame(1920, 1080, samples)
            for plane in frame.planes:
                plane.update(bytes(range(256)) * (plane.buffer_size // 256) + bytes(plane.buffer_size % 256))
            for number in range(_FILM // sum(plane.buffer_size for plane in frame.planes) + 1):
                frame.pts = number
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))

    return write


def _padded_film(file: Path) -> None:
    """Write a short H.264 film whose header stands behind 1 GB of padding."""
    import av
    from PIL import Image

    with av.open(str(file), "w") as output:
        stream = output.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        for number in range(50):
            frame = av.VideoFrame.from_image(Image.effect_noise((1920, 1080), 60).convert("RGB"))
            frame.pts = number
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    with file.open("ab") as opened:
        length = _FILM - opened.tell()
        opened.write(length.to_bytes(4, "big") + b"free")
        opened.truncate(_FILM)


_MASTERS: dict[str, Callable[[Path], None]] = {
    "Photoshop, 1 GB, raw.psd": photoshop(30_000, 11_200, packed=False),
    "Photoshop, 1 GB, packed.psd": photoshop(30_000, 11_200, packed=True),
    "film, 1 GB, raw, Matroska.mkv": _raw_film("yuv420p"),
    "film, 1 GB, raw, QuickTime.mov": _raw_film("uyvy422"),
    "film, 1 GB, H.264, padded.mp4": _padded_film,
    "300 MP, strips.tif": tiff(compression="none"),
    "300 MP, strips, LZW.tif": tiff(compression="lzw"),
    "300 MP, tiles, Deflate.tif": tiff(compression="deflate", tile=True, tile_width=256, tile_height=256),
    "300 MP, tiles.tif": tiff(compression="none", tile=True, tile_width=256, tile_height=256),
}

if __name__ == "__main__":
    main()
