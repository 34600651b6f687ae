"""The authorizer answers API Gateway: a policy of all that the caller may call, a refusal, or nothing at all."""

import json
from typing import Any

import pytest

from assetwire.adapters import web
from assetwire.domain.errors import Unavailable
from crash.world import NOW, World
from fakes.access import ISSUER, SigningPool

POOL = SigningPool("one")
STAGE = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/v1"
ENDS = int(NOW.timestamp()) + 60
MACHINE = {"iss": ISSUER, "token_use": "access", "client_id": "c3", "sub": "c3", "exp": ENDS}


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "get", lambda *_: web.Answered(200, json.dumps(POOL.published)))


def event(token: str | None, header: str = "Authorization") -> dict[str, Any]:
    return {
        "type": "REQUEST",
        "methodArn": f"{STAGE}/GET/assets/a/changes",
        "headers": None if token is None else {header: f"Bearer {token}"},
        "requestContext": {"apiId": "a1b2c3d4e5", "stage": "v1"},
    }


def asked(world: World, sent: dict[str, Any]) -> Any:
    return world.deliver("authorize", sent)[0]


@pytest.mark.parametrize("header", ["Authorization", "authorization"])
def test_a_policy_is_of_all_routes_of_the_role_since_it_is_kept(world: World, header: str) -> None:
    answer = asked(world, event(POOL.token(MACHINE | {"scope": "assetwire/channel"}, "one"), header))
    (statement,) = answer["policyDocument"]["Statement"]
    assert statement["Effect"] == "Allow"
    reached = ["GET/assets/*", "GET/channels", "GET/channels/*", "GET/products/*"]
    assert statement["Resource"] == [f"{STAGE}/{each}" for each in reached]
    assert answer["principalId"] == "client:channel"
    assert answer["context"] == {"by": "client:channel", "roles": "channel"}
    assert answer["usageIdentifierKey"] == "channel-5e1b8f3c-3b8c-4f6e-9d59-0d9f4d7c8f10"


def test_who_has_no_role_gets_a_policy_that_denies_everything(world: World) -> None:
    answer = asked(world, event(POOL.token(MACHINE, "one")))
    assert answer["policyDocument"]["Statement"] == [
        {"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": [f"{STAGE}/*"]}
    ]
    assert "context" not in answer


@pytest.mark.parametrize("token", [None, "", "a.b.c", POOL.token(MACHINE | {"exp": ENDS - 61}, "one")])
def test_who_proves_nobody_is_told_so_by_the_word_that_api_gateway_knows(world: World, token: str | None) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        asked(world, event(token))


def test_while_the_pools_keys_cannot_be_read_every_call_fails(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "get", lambda *_: web.Answered(503, ""))
    with pytest.raises(Unavailable):
        asked(world, event(POOL.token(MACHINE, "one")))
