"""What the commands print: results to standard output, progress and errors to standard error."""

import sys
from contextlib import suppress

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assetwire_cli.failure import Failure

_PIPE_WIDTH = 240
"""Characters of a line where there is no terminal to fit: tables keep their words whole."""

out = Console(highlight=False, width=None if sys.stdout and sys.stdout.isatty() else _PIPE_WIDTH)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class Rows(Table):
    """A table of what others may have named: each cell as it is, neither markup nor obeyed by a terminal."""

    def __init__(self, *headers: str, show_header: bool = True) -> None:
        super().__init__(*headers, box=None, show_header=show_header)

    def add(self, *cells: str) -> None:
        """Add a row."""
        self.add_row(*(Text(on_one_line(cell)) for cell in cells))


def on_one_line(text: str) -> str:
    """Return a text with everything escaped that a terminal would obey, or that begins another line."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def line(text: str) -> None:
    """Print one line of a result, exactly as it is, and at once: for scripts.

    Raises:
        Failure: the output is closed, or cannot take it.
        BrokenPipeError: nobody reads it any more.
    """
    if sys.stdout is None:
        raise Failure("the standard output is closed", code="unwritable")
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        with suppress(OSError):  # what it still holds would be written once more at the end, and fail again
            sys.stdout.close()
        raise Failure(str(error.strerror), code="unwritable") from error
