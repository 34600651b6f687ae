"""Films and sounds: what making each file of a master costs, beside what the plan estimates for one processor.

The master is made: twelve seconds of 1080p30, a moving test picture with noise as a sensor has it, and a tone. Each
file is made in a process of its own, its imports counted. An estimate that falls short would let a run begin what it
cannot finish: then the exit code is 1.
"""

import os
import sys
import tempfile
from pathlib import Path

from assetwire.domain.inspection import Inspection, Kind, Status
from assetwire.domain.metadata import Metadata
from assetwire.domain.transcode_plan import FilmTask, LoopTask, SoundTask, Transcode, seconds_needed, wanted_transcodes
from bench.measure import child, show

PROJECT = Path(__file__).parents[1]
MASTER = PROJECT / ".local/bench/film-1080p30-v1.mp4"
SECONDS, SIZE, RATE = 12, (1920, 1080), 30


def make_master() -> None:
    """Write the film; the same at every call."""
    import av
    from av.filter import Graph

    MASTER.parent.mkdir(parents=True, exist_ok=True)
    unfinished = MASTER.with_suffix(".part.mp4")
    with av.open(str(unfinished), "w") as output:
        video = output.add_stream("libx264", rate=RATE, options={"preset": "veryfast", "crf": "20"})
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        audio = output.add_stream("aac", rate=48_000, layout="stereo")
        width, height = SIZE
        chains = (
            (
                video,
                (("testsrc2", f"size={width}x{height}:rate={RATE}:duration={SECONDS}"), ("noise", "alls=8:allf=t")),
            ),
            (
                audio,
                (
                    ("sine", f"frequency=440:sample_rate=48000:duration={SECONDS}"),
                    ("aformat", "channel_layouts=stereo"),
                ),
            ),
        )
        for stream, filters in chains:
            graph = Graph()
            last = None
            sink = ("format", "yuv420p") if stream is video else ("aformat", "sample_fmts=fltp")
            for name, how in (*filters, sink, ("buffersink" if stream is video else "abuffersink", "")):
                node = graph.add(name, how) if how else graph.add(name)
                if last is not None:
                    last.link_to(node)
                last = node
            graph.configure()
            while True:
                try:
                    frame = graph.pull()
                except (av.BlockingIOError, av.EOFError):
                    break
                if stream is video:
                    frame.pict_type = 0
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
    unfinished.rename(MASTER)


def inspection(kind: Kind) -> Inspection:
    """Return what ingest says of the film, or of its sound alone."""
    technical = {"frame_rate": float(RATE), "audio_tracks": 1}
    return Inspection(
        status=Status.ACCEPTED,
        kind=kind,
        media_type="video/mp4" if kind is Kind.VIDEO else "audio/mp4",
        sha256="0" * 64,
        bytes=MASTER.stat().st_size,
        width=SIZE[0] if kind is Kind.VIDEO else None,
        height=SIZE[1] if kind is Kind.VIDEO else None,
        duration_seconds=float(SECONDS),
        metadata=Metadata(technical=technical),
    )


def one(name: str) -> None:
    """Make one file, and print its bytes."""
    from assetwire.media.transcode.child import make

    kind, transcode = _wanted()[name]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / name
        reports = make(
            str(MASTER),
            inspection(kind).media_type or "",
            transcode.model_dump(mode="json"),
            inscription={"fields": {}},
            out=str(out),
            threads=os.cpu_count() or 1,
        )
        for report in reports:
            if "problem" in report:
                raise SystemExit(str(report["problem"]))
        print(out.stat().st_size)


def _wanted() -> dict[str, tuple[Kind, Transcode]]:
    kinds = (Kind.VIDEO, Kind.AUDIO)
    return {each.name: (kind, each) for kind in kinds for each in wanted_transcodes(inspection(kind))}


def main() -> int:
    """Measure every file and return the exit code."""
    os.environ["SVT_LOG"] = "1"  # errors alone
    if not MASTER.exists():
        child("-c", "from bench.transcode import make_master; make_master()")
    rows, short = [], []
    for name, (kind, transcode) in _wanted().items():
        cost = child("-m", "bench.transcode", name)
        estimate = seconds_needed(transcode, inspection(kind))
        rows.append(
            [
                name,
                f"{cost.cpu:.1f}",
                f"{estimate:.1f}",
                f"{estimate / cost.cpu:.1f}",
                _rate(transcode, cost.cpu),
                f"{cost.memory:.0f}",
                f"{int(cost.output) / 1e6:.2f}",
            ]
        )
        if estimate < cost.cpu:
            short.append(name)
    show(("file", "cpu s", "estimate s", "ratio", "made a cpu s", "peak MiB", "MB"), rows)
    for name in short:
        print(f"  the estimate of {name} falls short")
    return 1 if short else 0


def _rate(transcode: Transcode, cpu: float) -> str:
    """Return how much a processor makes in a second: pixels of a film, seconds of a sound."""
    task = transcode.task
    if isinstance(task, FilmTask | LoopTask):
        seconds = min(SECONDS, task.take.excerpt.seconds) if task.take.excerpt else SECONDS
        return f"{task.size[0] * task.size[1] * min(RATE, task.take.frame_rate) * seconds / cpu / 1e6:.1f} Mpx"
    seconds = min(SECONDS, task.excerpt.seconds) if isinstance(task, SoundTask) and task.excerpt else SECONDS
    return f"{seconds / cpu:.0f} s"


if __name__ == "__main__":
    raise SystemExit(one(sys.argv[1]) if len(sys.argv) > 1 else main())
