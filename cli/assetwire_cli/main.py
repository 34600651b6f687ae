"""The command `assetwire`."""

import sys

import typer

from assetwire.domain.errors import AssetwireError
from assetwire_cli import (
    asset_commands,
    console,
    job_commands,
    keys_command,
    lifecycle_commands,
    local_commands,
    metadata_commands,
    rendition_commands,
    rules_commands,
    work_commands,
)
from assetwire_cli.audit_command import audit_delivery
from assetwire_cli.corpus_command import corpus
from assetwire_cli.demo_command import demo
from assetwire_cli.drop_command import drop
from assetwire_cli.inspect_command import inspect
from assetwire_cli.render_command import render
from assetwire_cli.replay_command import replay
from assetwire_cli.similar_command import similar
from assetwire_cli.upload_command import upload

app = typer.Typer(
    name="assetwire",
    no_args_is_help=True,
    help="The media half of a retail content backbone. Commands work on the embedded stack, or on AWS with --aws.",
    pretty_exceptions_enable=False,
)
app.command()(demo)
app.add_typer(local_commands.app, name="local")
app.command()(upload)
app.command()(drop)
app.command()(asset_commands.assets)
app.command()(asset_commands.asset)
app.add_typer(asset_commands.rights_app, name="rights")
app.command()(asset_commands.url)
app.add_typer(work_commands.app, name="work")
app.add_typer(metadata_commands.metadata_app, name="metadata")
app.add_typer(rules_commands.template_app, name="template")
app.add_typer(rules_commands.vocab_app, name="vocab")
app.add_typer(rendition_commands.app, name="renditions")
app.command("audit-delivery")(audit_delivery)
app.command()(job_commands.jobs)
app.add_typer(lifecycle_commands.app, name="lifecycle")
app.command()(inspect)
app.command()(corpus)
app.command()(render)
app.command()(similar)
app.command()(replay)
app.add_typer(keys_command.app, name="keys")


@asset_commands.rights_app.callback()
def _rights() -> None:
    """Set the rights of assets."""


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
