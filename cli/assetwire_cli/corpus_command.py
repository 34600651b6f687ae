"""`assetwire corpus`: `inspect` over a folder of files, each in a process of its own, with its time and memory."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from rich.table import Table

from assetwire_cli import console
from assetwire_cli.failure import Failure
from assetwire_cli.inspection_line import schema

SECONDS = 10.0
"""Seconds in which every file is answered."""
MEMORY = 1024**3
"""Bytes that answering holds at the most: the peaks of all processes that take part, added."""
_HUNG = 60.0
"""Seconds after which a run is ended that does not end by itself."""
_SHOWN = 12
_PROGRAM = "from assetwire_cli.main import main; main()"


class Answer(NamedTuple):
    """How one file was answered, and which bounds that broke."""

    file: Path
    seconds: float
    peak_bytes: int
    line: dict[str, Any]
    broken: tuple[str, ...]


def corpus(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The folder; everything below is read.")],
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Files at the same time.")] = 2,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write each answer to at once, a line of JSON.")
    ] = None,
) -> None:
    """Inspect every file below FOLDER as `assetwire inspect --json` does, and tell what took long or much.

    Exit code: 0 if every file was answered within 10 s and 1 GiB, with exit code 0 or 2, without a traceback and with
    a line of the documented schema; 1 if any was not.
    """
    files = sorted(path for path in folder.rglob("*") if not path.is_dir())
    if not files:
        raise Failure(f"there is no file below {folder}", code="empty_folder")
    valid = _validator()
    answers: list[Answer] = []
    with ThreadPoolExecutor(jobs) as pool, out.open("w") if out else nullcontext() as record:
        for answer in pool.map(lambda file: _answer(file, valid), files):
            answers.append(answer)
            if record:  # at once: a run over thousands of files takes hours, and may be broken off
                record.write(json.dumps(_record(answer)) + "\n")
                record.flush()
            if answer.broken or len(answers) % 100 == 0:
                said = f"{len(answers)}/{len(files)} {answer.file}: {', '.join(answer.broken) or 'ok'}"
                console.err.print(said, markup=False)
    for table in _tables(answers):
        console.out.print(table)
    broken = sum(bool(answer.broken) for answer in answers)
    console.line(f"{len(answers)} files, {broken} of which broke a bound")
    if broken:
        raise typer.Exit(1)


def _validator() -> Any:
    import jsonschema

    return jsonschema.Draft202012Validator(schema()).is_valid


def _answer(file: Path, valid: Any) -> Answer:
    started = time.monotonic()
    command = [sys.executable, "-c", _PROGRAM, "inspect", "--json", str(file)]
    with (
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err) as process,
    ):
        peak = peak_of(process, until=started + _HUNG)
        seconds = time.monotonic() - started
        out.seek(0)
        err.seek(0)
        lines, said = out.read().splitlines(), err.read()
    line = _parsed(lines)
    checks = {
        f"{seconds:.1f} s": seconds > SECONDS,
        f"{peak >> 20} MiB": peak > MEMORY,
        "a traceback": b"Traceback" in said,
        f"exit code {process.returncode}": process.returncode not in {0, 2},
        f"{len(lines)} lines": len(lines) != 1,
        "a line that is not of the schema": not valid(line),
    }
    return Answer(file, seconds, peak, line, tuple(name for name, broke in checks.items() if broke))


def _parsed(lines: list[bytes]) -> dict[str, Any]:
    try:
        return dict(json.loads(lines[0]))
    except (ValueError, IndexError, TypeError):
        return {}


def peak_of(process: subprocess.Popen[bytes], *, until: float) -> int:
    """Wait for a process; return the sum of what it and each process that it started were resident with at their peak.

    Read from /proc every few milliseconds, so that processes shorter than that are missed; 0 where there is no /proc.
    """
    peaks: dict[int, int] = {}
    while process.poll() is None:
        for pid in _tree(process.pid):
            peaks[pid] = max(peaks.get(pid, 0), _resident(pid))
        if time.monotonic() > until:
            process.kill()
        time.sleep(0.01)
    return sum(peaks.values())


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _tree(int(child))


def _resident(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(found[0]) * 1024 if found else 0


def _record(answer: Answer) -> dict[str, Any]:
    return {
        "seconds": round(answer.seconds, 3),
        "peak_bytes": answer.peak_bytes,
        "broken": answer.broken,
        "line": answer.line or {"file": os.fsencode(answer.file).decode("utf-8", "backslashreplace")},
    }


def _tables(answers: list[Answer]) -> Iterator[Table]:
    for title, key in (("Slowest", lambda a: a.seconds), ("Hungriest", lambda a: a.peak_bytes)):
        table = Table("s", "MiB", "type", "codes", "file", title=title)
        for answer in sorted(answers, key=key, reverse=True)[:_SHOWN]:
            name = ascii(answer.file.name)[1:-1]
            figures = f"{answer.seconds:.1f}", f"{answer.peak_bytes >> 20}"
            table.add_row(*figures, str(answer.line.get("media_type")), _codes(answer), name)
        yield table
    table = Table("type", "status", "codes", "files", title="All")
    count = Counter((str(a.line.get("media_type")), str(a.line.get("status")), _codes(a)) for a in answers)
    for row, files in sorted(count.items()):
        table.add_row(*row, str(files))
    yield table


def _codes(answer: Answer) -> str:
    return " ".join(sorted({problem["code"] for problem in answer.line.get("problems", [])}))
