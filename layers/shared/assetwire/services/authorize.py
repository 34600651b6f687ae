"""Who calls the API, by what its request carries."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from assetwire.domain.access import Caller
from assetwire.domain.access_tokens import caller_of
from assetwire.domain.errors import Unauthenticated
from assetwire.domain.iam_proof import PREFIX, Operator, operator_of, query_in
from assetwire.ports.access import IdentityProver, TokenVerifier

_LONGEST = 9000
"""Characters of a token at the most; API Gateway takes 10,240 bytes of headers together."""


def authorize(
    authorization: str,
    *,
    api_id: str,
    region: str,
    people_client: str,
    machine_clients: Mapping[str, str],
    operators: Sequence[Operator],
    tokens: TokenVerifier,
    identities: IdentityProver,
    now: datetime,
) -> Caller:
    """Return who calls, by the Authorization header: an access token, or a proof of an IAM identity.

    Raises:
        Unauthenticated: it proves nobody.
        NotPermitted: whom it proves has no role here.
        Unavailable: the pool's keys or STS cannot be asked.
    """
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > _LONGEST or not token.isascii():
        raise Unauthenticated("the Authorization header is no bearer token")
    if token.startswith(PREFIX):
        query = query_in(token, region=region, now=now)
        return operator_of(identities.arn(query, api_id=api_id), operators)
    claims = tokens.claims(token)
    return caller_of(claims, people_client=people_client, machine_clients=machine_clients, now=now)
