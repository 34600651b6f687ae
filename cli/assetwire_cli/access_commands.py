"""`assetwire access`: people and their roles, machines and their secrets, tokens, and who may call what."""

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from assetwire.domain.access import ROUTES, SIGNED, Role
from assetwire_cli import console
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target
from assetwire_cli.failure import Failure
from assetwire_cli.user_pool import UserPool

app = typer.Typer(
    no_args_is_help=True, help="People and their roles, machines and their secrets, tokens, and who may call what."
)


class Group(StrEnum):
    """The roles of people."""

    LIBRARIAN = "librarian"
    REVIEWER = "reviewer"
    LEGAL = "legal"
    ADMIN = "admin"


class Machine(StrEnum):
    """The machines, each with the role of its name."""

    CMS = "cms"
    PIM = "pim"
    CHANNEL = "channel"


Name = Annotated[str, typer.Argument(metavar="NAME", help="A person's name in the user pool.")]
Roles = Annotated[list[Group], typer.Option("--role", help="A role; several by several options.")]
MachineName = Annotated[Machine, typer.Argument(help="Which machine.")]


@app.command()
def routes(
    *,
    role: Annotated[Role | None, typer.Option(help="Only what this role may call.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, route → roles.")] = False,
) -> None:
    """Show every route of the API and the roles that may call it. Needs no stack."""
    found = {
        route: [each.value for each in Role if each in roles]
        for route, roles in ROUTES.items()
        if role is None or role in roles
    }
    if as_json:
        console.line(json.dumps(found, indent=2))
        return
    table = console.Rows("route", "roles")
    for route, roles in found.items():
        table.add(route, ", ".join(roles))
    for route in sorted(SIGNED) if role is None else ():
        table.add(route, "whoever signs it")
    console.out.print(table)


@app.command()
def people(*, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION) -> None:
    """List everybody in the user pool, with their roles."""
    table = console.Rows("name", "email", "roles", "state")
    for each in UserPool(target(aws, stack, region)).people():
        table.add(each.name, each.email, ", ".join(each.groups), each.status.lower() if each.enabled else "disabled")
    console.out.print(table)


@app.command()
def invite(
    name: Name,
    email: Annotated[str, typer.Argument(help="Where a forgotten password is reset.")],
    *,
    roles: Roles,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Let somebody in with these roles, and print the password that they sign in with once, within three days."""
    pool = UserPool(target(aws, stack, region))
    password = pool.invite(name, email)
    for role in roles:
        pool.join(name, role.value)
    console.line(password)


@app.command()
def grant(name: Name, *, roles: Roles, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION) -> None:
    """Give somebody roles; they hold with the next token, within 15 minutes."""
    pool = UserPool(target(aws, stack, region))
    for role in roles:
        pool.join(name, role.value)
        console.line(f"{name}: is {role.value}")


@app.command()
def revoke(name: Name, *, roles: Roles, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION) -> None:
    """Take roles from somebody; a token that they hold has them until it ends, within 15 minutes."""
    pool = UserPool(target(aws, stack, region))
    for role in roles:
        pool.leave(name, role.value)
        console.line(f"{name}: is no longer {role.value}")


@app.command()
def disable(name: Name, *, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION) -> None:
    """Sign somebody out and let them in no more; a token that they hold ends within 15 minutes."""
    UserPool(target(aws, stack, region)).disable(name)
    console.line(f"{name}: disabled")


@app.command()
def enable(name: Name, *, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION) -> None:
    """Let somebody in again who was disabled."""
    UserPool(target(aws, stack, region)).enable(name)
    console.line(f"{name}: enabled")


@app.command()
def machines(*, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION) -> None:
    """List the machines and their client ids."""
    table = console.Rows("machine", "client id")
    for name, client in UserPool(target(aws, stack, region)).machines().items():
        table.add(name, client)
    console.out.print(table)


@app.command()
def secret(machine: MachineName, *, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION) -> None:
    """Print the secret that a machine's client was made with."""
    console.line(UserPool(target(aws, stack, region)).secret(machine.value))


@app.command()
def rotate(machine: MachineName, *, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION) -> None:
    """Print another secret of a machine; both are good until the older one is retired. On AWS alone."""
    console.line(UserPool(target(aws, stack, region)).rotate(machine.value))
    console.err.print(f"give it to {machine.value}, then: assetwire access retire {machine.value}", style="dim")


@app.command()
def retire(machine: MachineName, *, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION) -> None:
    """Take a machine's older secret away, once it uses the newer one. On AWS alone."""
    if not UserPool(target(aws, stack, region)).retire(machine.value):
        raise Failure(f"{machine.value} has one secret alone: `assetwire access rotate` first", code="one_secret")
    console.line(f"{machine.value}: its older secret is void")


@app.command()
def token(
    *,
    machine: Annotated[Machine | None, typer.Option("--client", help="Of this machine.")] = None,
    person: Annotated[
        str | None, typer.Option(help="Of this person; the password is read from standard input.")
    ] = None,
    client_secret: Annotated[
        str | None,
        typer.Option("--secret", envvar="ASSETWIRE_CLIENT_SECRET", help="The machine's; the one it was made with."),
    ] = None,
    new_password: Annotated[
        bool, typer.Option("--new-password", help="The second line is the password that the person wants.")
    ] = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Print an access token, for `Authorization: Bearer` or `ASSETWIRE_TOKEN`."""
    if (machine is None) == (person is None):
        raise Failure("a token is of one --client or of one --person", code="usage")
    pool = UserPool(target(aws, stack, region))
    if machine is not None:
        console.line(pool.token(machine.value, client_secret))
        return
    password = sys.stdin.readline().rstrip("\n")
    wanted = sys.stdin.readline().rstrip("\n") if new_password else None
    console.line(pool.sign_in(str(person), password, wanted))
