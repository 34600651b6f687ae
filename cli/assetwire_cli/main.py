"""The command `assetwire`."""

import signal
import sys

import typer

from assetwire.domain.errors import AssetwireError
from assetwire_cli import console
from assetwire_cli.commands import Group

app = typer.Typer(
    name="assetwire",
    cls=Group,
    no_args_is_help=True,
    help="The media half of a retail content backbone. Commands work on the embedded stack, or on AWS with --aws.",
    pretty_exceptions_enable=False,
)


@app.callback()
def _assetwire() -> None:
    """Have the commands that the table names, and nothing before them."""


def _end(number: int, _frame: object) -> None:
    """End as if the command itself had: what it keeps for the time being is put away."""
    sys.exit(128 + number)


def main() -> None:
    """Run the command; a failure is one line on standard error and exit code 1."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup has it ignored
            signal.signal(number, _end)
    try:
        app()
    except AssetwireError as error:
        console.err.print(f"assetwire: {error.code}: {error.message}", style="red", markup=False)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
