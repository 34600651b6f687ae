"""`assetwire keys tokens`: the keys of tokens in paths."""

import re
from pathlib import Path
from typing import Annotated

import typer

from assetwire_cli import console, token_keys
from assetwire_cli.choose import REGION, STACK, Region, StackName
from assetwire_cli.failure import Failure
from assetwire_cli.project import LOCAL
from assetwire_cli.target import Target


def tokens(
    *,
    key: Annotated[str, typer.Option(help="The key's name: TokenKey and letters or digits.")] = token_keys.NAME,
    forget: Annotated[bool, typer.Option("--forget", help="Take it away: its tokens open nothing any more.")] = False,
    folder: Annotated[Path | None, typer.Option(help="Where keys are kept.")] = None,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Make a key of tokens, and put it into the stack's key value store and secret; or take it away. Safe to run again.

    Several can be valid at once; the stack's parameter TokenKey says which makes new tokens.
    """
    if not re.fullmatch(token_keys.PATTERN, key):
        raise Failure(f"{key!r} is no name of a key: TokenKey and 1 to 16 letters or digits", code="invalid_key_name")
    place, aws = folder or LOCAL / "keys" / stack, Target(stack, region)
    if forget:
        changed = token_keys.forget(key, **token_keys.places(aws))
        (place / f"{key}.secret").unlink(missing_ok=True)
        console.line(f"{key}: {'taken away' if changed else 'is not there'}")
        return
    changed = token_keys.publish(key, token_keys.kept_key(place, key), **token_keys.places(aws))
    console.line(f"{key}: {'stored' if changed else 'stands'} at the edge and in {aws.outputs['SigningSecretId']}")
