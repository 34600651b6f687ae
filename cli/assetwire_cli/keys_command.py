"""`assetwire keys`: the pair that signs URLs."""

from pathlib import Path
from typing import Annotated

import typer

from assetwire_cli import console, signing_keys
from assetwire_cli.choose import REGION, STACK, Region, StackName
from assetwire_cli.failure import Failure
from assetwire_cli.project import LOCAL
from assetwire_cli.target import Target

app = typer.Typer(no_args_is_help=True, help="The key pair that signs URLs on AWS; the embedded stack makes its own.")


@app.callback()
def _group() -> None:
    """The key pair that signs URLs on AWS; the embedded stack makes its own."""


@app.command()
def init(
    *,
    rsa: Annotated[bool, typer.Option("--rsa", help="RSA-2048 in place of ECDSA P-256.")] = False,
    folder: Annotated[Path | None, typer.Option(help="Where the pair is kept.")] = None,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Make the pair, and put its private key into the stack's secret. Safe to run again.

    Before the first deployment there is no secret yet: run it, deploy with the public key, and run it again.
    """
    place = folder or LOCAL / "keys" / stack
    pair = signing_keys.kept_pair(place, "rsa" if rsa else "ecdsa")
    public = place / f"{signing_keys.SLOT}.public.pem"
    console.line(f"public key: {public}")
    aws = Target(stack, region)
    try:
        secret_id = aws.outputs["SigningSecretId"]
    except Failure:
        console.err.print(f"stack {stack} is not deployed yet: deploy it with this public key, then run this again")
        return
    stored = signing_keys.store(pair, secret_id, secrets=aws.client("secretsmanager"))
    console.line(f"private key: {'stored in' if stored else 'stands in'} {secret_id}")
