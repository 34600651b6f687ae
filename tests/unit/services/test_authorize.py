"""Who calls, by the Authorization header: tokens and proofs, and nothing else."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from assetwire.domain.access import Caller, Role
from assetwire.domain.errors import NotPermitted, Unauthenticated
from assetwire.domain.iam_proof import operators_in, token_of
from assetwire.services.authorize import authorize
from fakes.access import FakeIdentities, FakeTokens

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CLAIMS = {"token_use": "access", "client_id": "c1", "sub": "c1", "exp": 2_000_000_000, "scope": "assetwire/cms"}
QUERY = urlencode(
    {
        "Action": "GetCallerIdentity",
        "Version": "2011-06-15",
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": "ASIAEXAMPLE/20261120/eu-central-1/sts/aws4_request",
        "X-Amz-Date": "20261120T120000Z",
        "X-Amz-Expires": "900",
        "X-Amz-SignedHeaders": "host;x-assetwire-api",
        "X-Amz-Signature": "0" * 64,
    }
)
OPS = "arn:aws:sts::123456789012:assumed-role/media-ops/anna"


def caller(
    authorization: str, *, api_id: str = "a1", operators: str = "admin=arn:aws:iam::123456789012:role/media-ops"
) -> Caller:
    return authorize(
        authorization,
        api_id=api_id,
        region="eu-central-1",
        people_client="people",
        machine_clients={"c1": "cms"},
        operators=operators_in([operators]),
        tokens=FakeTokens({"a.b.c": CLAIMS}),
        identities=FakeIdentities("a1", {QUERY: OPS}),
        now=NOW,
    )


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_token_of_the_pool_proves_who_calls(scheme: str) -> None:
    assert caller(f"{scheme} a.b.c").name == "client:cms"


def test_a_proof_of_an_iam_identity_does_too() -> None:
    assert caller(f"Bearer {token_of(QUERY)}")[:2] == (OPS, {Role.ADMIN})


def test_a_proof_for_another_api_proves_nobody() -> None:
    with pytest.raises(Unauthenticated):
        caller(f"Bearer {token_of(QUERY)}", api_id="a2")


def test_an_identity_that_is_no_operator_may_nothing() -> None:
    with pytest.raises(NotPermitted):
        caller(f"Bearer {token_of(QUERY)}", operators="admin=arn:aws:iam::123456789012:user/other")


@pytest.mark.parametrize(
    "header",
    [
        *(
            "",
            "Bearer",
            "Bearer ",
            "a.b.c",
            "Basic a.b.c",
            "Bearer x.y.z",
            "Bearer  a.b.c",
            "Bearer a.b.c ",
            "Bearer ä",
        ),
        "AWS4-HMAC-SHA256 Credential=AKIA/20261120/eu-central-1/execute-api/aws4_request, Signature=0",
        "Bearer " + "a" * 9001,
        "Bearer assetwire-iam-v1.",
        "Bearer assetwire-iam-v2." + token_of(QUERY).split(".", 1)[1],
    ],
)
def test_anything_else_proves_nobody(header: str) -> None:
    with pytest.raises(Unauthenticated):
        caller(header)
