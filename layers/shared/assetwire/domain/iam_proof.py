"""A proof of an IAM identity: a presigned call of STS GetCallerIdentity that was signed for one API alone.

Whoever holds it can do one thing with it, to have STS say whose it is. The API's id is a signed header, so what was
made for another service, or for another stack, is refused by STS itself. Vault and Amazon EKS prove identities so.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import parse_qsl

from assetwire.domain.access import MACHINES, Caller, Plan, Role
from assetwire.domain.errors import Misconfigured, NotPermitted, Unauthenticated

PREFIX = "assetwire-iam-v1."
AUDIENCE = "x-assetwire-api"
"""The signed header that names the API."""
LONGEST_LIFE = timedelta(minutes=15)
_SKEW = timedelta(minutes=5)
_LONGEST = 8192
_QUERY = re.compile(r"[A-Za-z0-9%&=._~+-]+")
_NEEDED = frozenset(
    {
        *("Action", "Version", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires"),
        *("X-Amz-SignedHeaders", "X-Amz-Signature"),
    }
)
_FIXED = {
    "Action": "GetCallerIdentity",
    "Version": "2011-06-15",
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-SignedHeaders": f"host;{AUDIENCE}",
}
_ARN = re.compile(r"arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:[A-Za-z0-9_+=,.@*/-]+")


class Operator(NamedTuple):
    """A role, and the IAM identities that have it: an ARN in which `*` stands for a part between slashes."""

    role: Role
    arn: str


def token_of(query: str) -> str:
    """Return the token that carries the query of a presigned call."""
    return PREFIX + base64.urlsafe_b64encode(query.encode()).decode().rstrip("=")


def query_in(token: str, *, region: str, now: datetime) -> str:
    """Return the query of the presigned call in a token, exactly as it was signed.

    Raises:
        Unauthenticated: it is anything else than GetCallerIdentity in this region, bound to an API, for minutes.
    """
    try:
        text = token.removeprefix(PREFIX)
        query = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii")
        if len(token) > _LONGEST or not _QUERY.fullmatch(query):
            raise ValueError("not a query")
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True)
        said = dict(pairs)
        if len(said) != len(pairs) or said.keys() - {"X-Amz-Security-Token"} != _NEEDED:
            raise ValueError("other parameters")
        signed_at = datetime.strptime(said["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        life = timedelta(seconds=int(said["X-Amz-Expires"]))
    except (ValueError, binascii.Error, OverflowError) as error:
        raise Unauthenticated("the proof is no presigned call of GetCallerIdentity") from error
    if any(said[name] != value for name, value in _FIXED.items()):
        raise Unauthenticated("the proof is not of GetCallerIdentity, or is bound to no API")
    if said["X-Amz-Credential"].split("/")[1:] != [f"{signed_at:%Y%m%d}", region, "sts", "aws4_request"]:
        raise Unauthenticated(f"the proof is not for STS in {region}")
    if not timedelta(0) < life <= LONGEST_LIFE or not signed_at - _SKEW <= now < signed_at + life:
        raise Unauthenticated("the proof has expired")
    return query


def operators_in(texts: Sequence[str]) -> tuple[Operator, ...]:
    """Return the operators that a setting names, each as `role=arn`; a role's ARN means its sessions.

    Raises:
        Misconfigured: one is no role, or no ARN of an IAM identity.
    """
    found = []
    for text in texts:
        name, _, arn = text.partition("=")
        if name not in set(Role) or not _ARN.fullmatch(arn):
            raise Misconfigured(f"{text!r} is not a role and the ARN of an IAM identity: role=arn")
        found.append(Operator(Role(name), _of_sessions(arn)))
    return tuple(found)


def operator_of(arn: str, operators: Sequence[Operator]) -> Caller:
    """Return the caller that an IAM identity is.

    Raises:
        NotPermitted: it is none of the operators.
    """
    roles = frozenset(operator.role for operator in operators if _matches(operator.arn, arn))
    if not roles:
        raise NotPermitted(f"{arn} is not an operator of this API")
    machine = len(roles) == 1 and roles <= MACHINES
    return Caller(arn, roles, Plan(next(iter(roles)).value) if machine else Plan.OPERATORS)


def _of_sessions(arn: str) -> str:
    role = re.fullmatch(r"(arn:aws[a-z-]*:)iam(::[0-9]{12}:)role/(?:.*/)?([^/]+)", arn)
    return f"{role[1]}sts{role[2]}assumed-role/{role[3]}/*" if role else arn


def _matches(pattern: str, arn: str) -> bool:
    return re.fullmatch(r"[^/:\s]*".join(map(re.escape, pattern.split("*"))), arn) is not None
