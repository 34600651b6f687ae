"""The command `assetwire`."""

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


def main() -> None:
    """Run the command; a failure is one line on standard error and exit code 1."""
    try:
        app()
    except AssetwireError as error:
        console.err.print(f"assetwire: {error.code}: {error.message}", style="red", markup=False)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
