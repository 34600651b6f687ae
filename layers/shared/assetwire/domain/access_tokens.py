"""Who calls by an access token of the user pool: a person with the roles of its groups, or a machine with its scope's.

The signature and the issuer were verified before; here is judged what the token says.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assetwire.domain.access import MACHINE, MACHINES, PEOPLE, Caller, Plan, roles_named
from assetwire.domain.errors import NotPermitted, Unauthenticated

SCOPES = "assetwire"
"""The resource server whose scopes machines have: `assetwire/cms`."""


class _Claims(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    token_use: str
    client_id: str
    sub: str = Field(min_length=1)
    exp: int
    username: str = ""
    scope: str = ""
    groups: list[str] = Field(default=[], alias="cognito:groups")


def caller_of(
    claims: Mapping[str, Any], *, people_client: str, machine_clients: Mapping[str, str], now: datetime
) -> Caller:
    """Return who a verified token stands for; `machine_clients` names each client id's machine.

    Raises:
        Unauthenticated: it is no access token, has expired, or is another client's.
        NotPermitted: it gives no role.
    """
    try:
        told = _Claims.model_validate(dict(claims))
    except ValidationError as error:
        raise Unauthenticated("the token lacks claims of an access token") from error
    if told.token_use != "access":  # noqa: S105 - a kind of token, no secret
        raise Unauthenticated("the token is no access token")
    if told.exp <= now.astimezone(UTC).timestamp():
        raise Unauthenticated("the token has expired")
    if told.client_id == people_client and told.username:
        return _with_roles(f"cognito:{told.username}", told.groups, PEOPLE, Plan.PEOPLE)
    machine = machine_clients.get(told.client_id)
    if machine is None or told.sub != told.client_id or told.username:
        raise Unauthenticated("the token is not of a client of this API")
    scopes = [scope.removeprefix(f"{SCOPES}/") for scope in told.scope.split() if scope == f"{SCOPES}/{machine}"]
    return _with_roles(f"{MACHINE}{machine}", scopes, MACHINES, Plan(machine))


def _with_roles(name: str, names: list[str], possible: frozenset[Any], plan: Plan) -> Caller:
    roles = roles_named(names) & possible
    if not roles:
        raise NotPermitted(f"{name} has no role")
    return Caller(name, roles, plan)
