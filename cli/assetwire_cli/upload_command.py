"""`assetwire upload`: files and folders into the masters bucket."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from assetwire_cli import console, manifests
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target
from assetwire_cli.presigned import PresignedUploader
from assetwire_cli.target import Target
from assetwire_cli.uploader import Planned, Uploaded, Uploader, plan


def upload(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, or folders with all below them.")],
    *,
    prefix: Annotated[
        str, typer.Option(help="Start of every key; a file's path below its folder follows.")
    ] = "uploads",
    workers: Annotated[int, typer.Option(min=1, max=32, help="How many files go at a time.")] = 4,
    force: Annotated[bool, typer.Option("--force", help="Send what stands there already, too: a new version.")] = False,
    presigned: Annotated[
        bool, typer.Option("--presigned", help="Use the API alone: no permission on S3 is needed.")
    ] = False,
    manifest: Annotated[
        Path | None, typer.Option(help="CSV or JSON that says what the files show; see docs/uploads.md.")
    ] = None,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Upload masters, in parallel and with progress. An upload of a large file that broke off goes on where it was.

    Exit code: 0 if all stand there, 1 if some could not be sent.
    """
    place = target(aws, stack, region)
    planned = plan(paths, prefix)
    if manifest is not None:  # before the files, so that each finds what is said of it
        counts = manifests.declare(place, manifest, folder=prefix)
        console.line("declared\t" + "\t".join(f"{name} {count}" for name, count in counts.items()))
    if presigned:
        results = send_presigned(place, planned, workers=workers)
    else:
        results = send(place, planned, workers=workers, force=force)
    for result in results:
        what = result.error or result.s3_version
        console.line(f"{result.state}\t{result.planned.key}\t{what}")
    if any(result.state == "failed" for result in results):
        raise typer.Exit(1)


def send(place: Target, planned: list[Planned], *, workers: int = 4, force: bool = False) -> list[Uploaded]:
    """Upload files to a stack's masters bucket, with a bar for the whole and one for each large file."""
    uploader = Uploader(place.client("s3"), place.outputs["MastersBucketName"], workers=workers)
    with _bars(planned) as done:
        return list(uploader.upload(planned, force=force, progress=done))


def send_presigned(place: Target, planned: list[Planned], *, workers: int = 4) -> list[Uploaded]:
    """Upload files through a stack's API alone, with the same bars."""
    uploader = PresignedUploader(place, workers=workers)
    with _bars(planned) as done:
        return list(uploader.upload(planned, progress=done))


@contextmanager
def _bars(planned: list[Planned]) -> Iterator[Callable[[Planned, int], None]]:
    """Show progress while files are sent; whoever sends them tells how many bytes more of a file are done."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console.err, transient=True) as progress:
        whole = progress.add_task(f"{len(planned)} files", total=sum(entry.bytes for entry in planned))
        large: dict[str, TaskID] = {}

        def done(entry: Planned, count: int) -> None:
            progress.advance(whole, count)
            if count < entry.bytes:
                if entry.key not in large:
                    large[entry.key] = progress.add_task(entry.file.name, total=entry.bytes)
                progress.advance(large[entry.key], count)

        yield done
