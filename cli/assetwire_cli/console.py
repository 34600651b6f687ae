"""What the commands print: results to standard output, progress and errors to standard error."""

import sys

from rich.console import Console

_PIPE_WIDTH = 240
"""Characters of a line where there is no terminal to fit: tables keep their words whole."""

out = Console(highlight=False, width=None if sys.stdout.isatty() else _PIPE_WIDTH)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def line(text: str) -> None:
    """Print one line of a result, exactly as it is, and at once: for scripts."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
