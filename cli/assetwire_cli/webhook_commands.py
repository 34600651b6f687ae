"""`assetwire webhooks`: which systems may send deliveries, and the secrets that they sign with."""

import re
import sys
from typing import Annotated, Any

import typer

from assetwire.domain.product_feed import SOURCE
from assetwire.domain.webhook import Form
from assetwire_cli import console, webhook_sources
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target
from assetwire_cli.failure import Failure
from assetwire_cli.target import Target

app = typer.Typer(no_args_is_help=True, help="Which systems may send webhooks, and the secrets that they sign with.")
Name = Annotated[str, typer.Argument(metavar="SOURCE", help="What the system is called: lower-case, digits, hyphens.")]

Outbound = Annotated[bool, typer.Option("--outbound", help="Of what it is told (pim), not of what it sends.")]


@app.command("list")
def list_sources(*, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION) -> None:
    """List the systems that may send webhooks, with the addresses that they send them to."""
    place = target(aws, stack, region)
    table = console.Rows("source", "form", "secrets", "address")
    for name, source in sorted(webhook_sources.known(**_kept_in(place)).items()):
        table.add(name, source["form"], str(len(source["secrets"])), _address(place, name))
    console.out.print(table)


@app.command()
def secret(
    name: Name,
    *,
    form: Annotated[
        Form | None, typer.Option(help="How it writes and signs; cloudevents if it is new and this is not said.")
    ] = None,
    given: Annotated[
        bool, typer.Option("--given", help="Read the secret from standard input: Akeneo makes its own.")
    ] = False,
    outbound: Outbound = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Make a secret for a system, new or known, and print it once. Two are good at the same time."""
    if not re.fullmatch(SOURCE, name):
        raise Failure(f"{name!r} is no name: a letter, then letters, digits and hyphens", code="invalid_name")
    place = target(aws, stack, region)
    made = sys.stdin.readline().strip() if given else webhook_sources.new_secret()
    if not made:
        raise Failure("standard input holds no secret", code="no_secret")
    standing = webhook_sources.add(name, form, made, **_kept_in(place, outbound=outbound))
    does = "is told, signed with:" if outbound else f"({standing}) sends to {_address(place, name)} and signs with:"
    console.err.print(f"{name} {does}", markup=False)
    console.line("the secret that was given" if given else made)


@app.command()
def retire(
    name: Name,
    *,
    whole: Annotated[bool, typer.Option("--whole", help="All of it: the system may send nothing any more.")] = False,
    outbound: Outbound = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Take the older secret of a system away, once it signs with the newer one; it holds within five minutes."""
    left = webhook_sources.retire(name, whole=whole, **_kept_in(target(aws, stack, region), outbound=outbound))
    console.line(f"{name} has {left} secret" + ("" if left == 1 else "s"))


def _kept_in(place: Target, *, outbound: bool = False) -> dict[str, Any]:
    output = "OutboundSecretId" if outbound else "WebhookSecretId"
    return {"secret_id": place.outputs[output], "secrets": place.client("secretsmanager")}


def _address(place: Target, name: str) -> str:
    return f"{place.api_url}/webhooks/{name}"
