"""Who calls the API, and what it may call: API Gateway asks before each call, and keeps the answer for a minute."""

from typing import Any

from assetwire import bootstrap
from assetwire.domain.access import reach
from assetwire.domain.errors import NotPermitted, Unauthenticated
from assetwire.observability import logger


class Refusal(Exception):
    """API Gateway answers 401 where an authorizer fails with this one word."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return the policy of the caller: for all routes of its roles, as it is kept for its next calls too."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    stage = "/".join(event["methodArn"].split("/")[:2])
    try:
        caller, usage_key = bootstrap.authorize()(headers.get("authorization") or "", event["requestContext"]["apiId"])
    except Unauthenticated as error:
        logger.info("unauthenticated", extra={"detail": error.message})
        raise Refusal from error
    except NotPermitted as error:
        logger.info("not permitted", extra={"detail": error.message})
        return {"principalId": "nobody", "policyDocument": policy("Deny", [f"{stage}/*"])}
    return {
        "principalId": caller.name,
        "policyDocument": policy("Allow", [f"{stage}/{pattern}" for pattern in reach(caller.roles)]),
        "context": {"by": caller.name, "roles": ",".join(sorted(caller.roles))},
        "usageIdentifierKey": usage_key,
    }


def policy(effect: str, resources: list[str]) -> dict[str, Any]:
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": resources}
    return {"Version": "2012-10-17", "Statement": [statement]}
