"""Wiring of the authorizer."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from assetwire import settings
from assetwire.bootstrap import moment

if TYPE_CHECKING:
    from assetwire.domain.access import Caller


@cache
def authorize() -> "Callable[[str, str], tuple[Caller, str]]":
    """Return what tells, of an Authorization header and the API's id, who calls and the key of its usage plan."""
    from assetwire.adapters.pool_tokens import PoolTokens
    from assetwire.adapters.sts_identities import StsIdentities
    from assetwire.domain.iam_proof import operators_in
    from assetwire.services.authorize import authorize as service

    known = settings.load(settings.AuthorizeSettings)
    machines = dict(pair.split("=", 1)[::-1] for pair in known.machine_clients)
    operators = operators_in(known.operators)
    tokens = PoolTokens(known.token_issuer, keys_url=known.token_keys_url)
    identities = StsIdentities(known.sts_url)

    def call(authorization: str, api_id: str) -> "tuple[Caller, str]":
        caller = service(
            authorization,
            api_id=api_id,
            region=known.aws_region,
            people_client=known.people_client,
            machine_clients=machines,
            operators=operators,
            tokens=tokens,
            identities=identities,
            now=moment.now(),
        )
        return caller, f"{caller.plan.value}-{known.usage_keys}"

    return call
