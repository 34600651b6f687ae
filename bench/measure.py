"""What a child process costs, and how costs are shown.

Keep the measuring process small: a child's peak memory counts that of its parent at the moment it was started.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_BYTE_CODE = Path(__file__).parents[1] / ".local/bench/byte-code"
"""Children keep compiled modules here, whatever the environment says about byte code, so that all start alike."""


class Cost(NamedTuple):
    """What one process used: processor seconds (user and system, all threads) and peak memory in MiB."""

    cpu: float
    memory: float
    output: str


def child(*arguments: str) -> Cost:
    """Run Python with these arguments in a fresh process, and return what it used and printed.

    Raises:
        RuntimeError: it failed.
    """
    return cost_of([sys.executable, *arguments])


def cost_of(command: Sequence[str], given: str = "") -> Cost:
    """Run a command in a fresh process, with this on its standard input; return what it used and printed.

    Raises:
        RuntimeError: it failed.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["PYTHONPYCACHEPREFIX"] = str(_BYTE_CODE)
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment) as process:
        assert process.stdin is not None
        process.stdin.write(given)
        process.stdin.close()
        output = process.stdout.read() if process.stdout else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    to_mebibytes = 1024**2 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux kibibytes
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / to_mebibytes, output)


def show(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table: the first column to the left, figures to the right."""
    table = [list(header), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(header))]
    for row in table:
        first, *rest = (
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join([first, *rest]))
