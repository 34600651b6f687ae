"""Which stack a command works on, by its options."""

from typing import Annotated

import typer

from assetwire_cli.local_stack import LocalStack
from assetwire_cli.target import Target

OnAws = Annotated[bool, typer.Option("--aws", help="Work on AWS, with the environment's credentials.")]
StackName = Annotated[str, typer.Option("--stack", envvar="ASSETWIRE_STACK", help="Stack on AWS (with --aws).")]
Region = Annotated[str, typer.Option("--region", envvar="AWS_REGION", help="Region on AWS (with --aws).")]

STACK, REGION = "assetwire", "us-east-1"


def target(on_aws: bool, stack: str, region: str) -> Target:
    """Return the embedded stack, or the named one on AWS.

    Raises:
        Failure: the embedded stack does not run.
    """
    return Target(stack, region) if on_aws else LocalStack().target
