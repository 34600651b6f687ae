"""`assetwire keys`: the pairs that sign URLs, and the keys of tokens."""

from pathlib import Path
from typing import Annotated

import typer

from assetwire_cli import console, signing_keys, token_keys
from assetwire_cli.choose import REGION, STACK, Region, StackName
from assetwire_cli.failure import Failure
from assetwire_cli.project import LOCAL
from assetwire_cli.target import NoStack, Target
from assetwire_cli.token_keys_command import tokens

app = typer.Typer(no_args_is_help=True, help="The keys of URLs on AWS; the embedded stack makes its own.")


@app.callback()
def _group() -> None:
    """The keys of URLs on AWS; the embedded stack makes its own."""


app.command()(tokens)


@app.command()
def init(
    *,
    rsa: Annotated[bool, typer.Option("--rsa", help="RSA-2048 in place of ECDSA P-256.")] = False,
    folder: Annotated[Path | None, typer.Option(help="Where the pair is kept.")] = None,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Make the pair and the first key of tokens, and put them where the stack keeps them. Safe to run again.

    Before the first deployment there is no secret yet: run it, deploy with the public key, and run it again. A stack
    that is there and cannot be read is a failure.
    """
    place = folder or LOCAL / "keys" / stack
    pair = signing_keys.kept_pair(place, "rsa" if rsa else "ecdsa")
    console.line(f"public key: {signing_keys.public_file(place, 'A')}")
    aws = Target(stack, region)
    try:
        secret_id = aws.outputs["SigningSecretId"]
    except NoStack:
        console.err.print(f"stack {stack} is not deployed yet: deploy it with this public key, then run this again")
        return
    stored = signing_keys.store(pair, secret_id, secrets=aws.client("secretsmanager"))
    console.line(f"private key: {'stored in' if stored else 'stands in'} {secret_id}")
    changed = token_keys.publish(token_keys.NAME, token_keys.kept_key(place, token_keys.NAME), **token_keys.places(aws))
    console.line(f"{token_keys.NAME}: {'stored' if changed else 'stands'} at the edge and in {secret_id}")


@app.command()
def rotate(
    *,
    rsa: Annotated[bool, typer.Option("--rsa", help="RSA-2048 in place of ECDSA P-256.")] = False,
    folder: Annotated[Path | None, typer.Option(help="Where the pairs are kept.")] = None,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Make the pair that will sign next, store its private key, and print the deployments that lead to it.

    Nothing changes before they are made. Safe to run again until the first of them.
    """
    place, aws = folder or LOCAL / "keys" / stack, Target(stack, region)
    signing = _signing_slot(aws)
    coming = signing_keys.other(signing)
    if aws.parameters.get(f"SigningPublicKey{coming}"):
        raise Failure(
            f"both slots of stack {stack} have a key, and {signing} signs: go on with `make deploy SLOT={coming}`, "
            f"or take {coming} away with `assetwire keys retire`",
            code="rotation_under_way",
        )
    pair = signing_keys.kept_pair(place, "rsa" if rsa else "ecdsa", coming)
    present = signing_keys.public_file(place, signing)
    if not present.exists():  # else the deployment would take away the key that signs
        present.write_text(aws.parameters[f"SigningPublicKey{signing}"])
    secret_id = aws.outputs["SigningSecretId"]
    signing_keys.store(pair, secret_id, secrets=aws.client("secretsmanager"), slot=coming)
    seconds = aws.parameters.get("MaximumUrlSeconds", "86400")
    console.line(f"public key: {signing_keys.public_file(place, coming)}")
    console.line(f"private key: stored in {secret_id}")
    console.line(f"1. make deploy STACK_NAME={stack} SLOT={signing}: both keys are accepted, {signing} signs")
    console.line(f"2. make deploy STACK_NAME={stack} SLOT={coming}: {coming} signs, URLs of {signing} stay good")
    console.line(
        f"3. {seconds} s later, when the last URL of {signing} has ended: assetwire keys retire --stack {stack}, "
        f"then make deploy STACK_NAME={stack}"
    )


@app.command()
def retire(
    *,
    folder: Annotated[Path | None, typer.Option(help="Where the pairs are kept.")] = None,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Forget the pair that does not sign; the next deployment takes its public key from CloudFront."""
    place, aws = folder or LOCAL / "keys" / stack, Target(stack, region)
    signing = _signing_slot(aws)
    gone = signing_keys.other(signing)
    if not signing_keys.public_file(place, signing).exists():
        raise Failure(f"the public key of {signing}, which signs, is not in {place}", code="no_public_key")
    found = signing_keys.retire(place, aws.outputs["SigningSecretId"], secrets=aws.client("secretsmanager"), slot=gone)
    console.line(f"{signing_keys.key_name(gone)}: {'forgotten' if found else 'there is none'}")
    console.line(f"make deploy STACK_NAME={stack} SLOT={signing}: URLs of {gone} are refused from then on")


def _signing_slot(aws: Target) -> signing_keys.Slot:
    return "B" if aws.parameters.get("SigningSlot") == "B" else "A"
