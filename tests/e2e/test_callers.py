"""Every route by every caller, with tokens that the stack itself gave: who may is let through, and nobody else is."""

import base64
import json
import re
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.credentials import Credentials

from assetwire.domain.access import MACHINES, PEOPLE, ROUTES, SIGNED, Role
from assetwire.domain.iam_proof import token_of
from assetwire_cli.credentials import iam_token
from assetwire_cli.failure import Failure
from assetwire_cli.target import ApiError, Target
from assetwire_cli.user_pool import UserPool
from watching import eventually

Answer = tuple[int, str]
Caller = Callable[[str, str], Answer]


def called(target: Target, token: str | None, method: str, path: str, *, plan: str = "people") -> Answer:
    """Call the API with a token, or with none; return the status, and the reason of a refusal."""
    headers = {"x-api-key": f"{plan}-{target.outputs['UsageKeys']}", "Content-Type": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    body = None if method == "GET" else b"[]"
    request = urllib.request.Request(f"{target.api_url}{path}", data=body, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as error:
        return error.code, str(json.loads(error.read() or b"{}").get("code", "by the gateway"))


def let_through(answer: Answer) -> bool:
    status, code = answer
    assert status < 500, answer
    return not (status == 401 or (status == 403 and code in {"not_permitted", "by the gateway"}))


def clients(target: Target) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in target.outputs["MachineClientIds"].split())


def machine_token(target: Target, name: str) -> str:
    return UserPool(target).token(name)


def sign_in(target: Target, name: str, *groups: str) -> dict[str, str]:
    """Let somebody in and sign them in; return their tokens."""
    people, pool = target.client("cognito-idp"), {"UserPoolId": target.outputs["UserPoolId"]}
    password = f"Aa1-{secrets.token_urlsafe(16)}"
    temporary = {"TemporaryPassword": f"Aa1-{secrets.token_urlsafe(16)}", "MessageAction": "SUPPRESS"}
    people.admin_create_user(**pool, Username=name, **temporary)
    people.admin_set_user_password(**pool, Username=name, Password=password, Permanent=True)
    for group in groups:
        people.admin_add_user_to_group(**pool, Username=name, GroupName=group)
    asked = {"USERNAME": name, "PASSWORD": password}
    signed = people.admin_initiate_auth(
        **pool, ClientId=target.outputs["PeopleClientId"], AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters=asked
    )
    tokens: dict[str, str] = signed["AuthenticationResult"]
    return tokens


@pytest.fixture(scope="module")
def tokens(target: Target) -> dict[Role, str]:
    """A token for each role."""
    people = {role: sign_in(target, f"{role.value}-{uuid.uuid4().hex[:6]}", role.value) for role in sorted(PEOPLE)}
    machines = {role: machine_token(target, role.value) for role in sorted(MACHINES)}
    return {role: held["AccessToken"] for role, held in people.items()} | machines


def place_of(route: str) -> tuple[str, str]:
    method, path = route.split(" ", 1)
    return method, re.sub(r"\{\w+\}", "x1", path)


@pytest.mark.parametrize("role", Role)
def test_each_role_calls_what_the_table_says_and_nothing_else(
    target: Target, tokens: dict[Role, str], role: Role
) -> None:
    plan = role.value if role in MACHINES else "people"
    answers = {route: called(target, tokens[role], *place_of(route), plan=plan) for route in ROUTES}
    wrong = {route: answer for route, answer in answers.items() if let_through(answer) != (role in ROUTES[route])}
    assert wrong == {}


def test_an_operator_calls_every_route(target: Target) -> None:
    token = target.credentials()["Authorization"].removeprefix("Bearer ")
    assert [r for r in ROUTES if not let_through(called(target, token, *place_of(r), plan="operators"))] == []


def test_a_query_that_says_a_parameter_twice_is_refused(target: Target, tokens: dict[Role, str]) -> None:
    asked = {
        path: called(target, tokens[Role.ADMIN], "GET", path) for path in ("/assets?limit=1", "/assets?limit=1&limit=2")
    }
    assert list(asked.values()) == [(200, ""), (422, "repeated_parameter")]


def test_who_proves_nobody_calls_nothing(target: Target) -> None:
    assert {called(target, None, *place_of(route))[0] for route in ROUTES} == {401}
    assert {called(target, token, "GET", "/assets")[0] for token in ("", "junk", "a.b.c")} == {401}


def test_no_role_opens_what_a_signature_guards(target: Target, tokens: dict[Role, str]) -> None:
    refused = {called(target, token, *place_of(route)) for token in (*tokens.values(), None) for route in SIGNED}
    assert refused == {(401, "unknown_source")}


def changed(token: str, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """Return a token with other claims, or another header, and the signature that it had."""
    parts = token.split(".")
    for place, values in ((0, header), (1, claims)):
        if values:
            read = json.loads(base64.urlsafe_b64decode(parts[place] + "=="))
            parts[place] = base64.urlsafe_b64encode(json.dumps(read | values).encode()).decode().rstrip("=")
    return ".".join(parts)


def test_tokens_that_are_forged_or_of_another_kind_prove_nobody(target: Target, tokens: dict[Role, str]) -> None:
    person = sign_in(target, f"forger-{uuid.uuid4().hex[:6]}", "librarian")
    good = person["AccessToken"]
    assert let_through(called(target, good, "GET", "/assets"))
    bad = {
        "alg none": changed(good, header={"alg": "none"}).rsplit(".", 1)[0] + ".",
        "alg none, signed": changed(good, header={"alg": "none"}),
        "HMAC": changed(good, header={"alg": "HS256"}),
        "more groups": changed(good, **{"cognito:groups": ["admin"]}),
        "later end": changed(good, exp=int(time.time()) + 10**6),
        "another's scope": changed(tokens[Role.CHANNEL], scope="assetwire/cms"),
        "an ID token": person["IdToken"],
        "a refresh token": person["RefreshToken"],
    }
    assert {kind: called(target, token, "GET", "/assets")[0] for kind, token in bad.items()} == dict.fromkeys(bad, 401)


def test_a_token_of_another_client_or_of_another_pool_proves_nobody(target: Target) -> None:
    people, pool = target.client("cognito-idp"), target.outputs["UserPoolId"]
    flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    client = people.create_user_pool_client(UserPoolId=pool, ClientName="other", ExplicitAuthFlows=flows)
    others = people.create_user_pool(PoolName="others")["UserPool"]["Id"]
    elsewhere = people.create_user_pool_client(UserPoolId=others, ClientName="o", ExplicitAuthFlows=flows)
    people.create_group(UserPoolId=others, GroupName="admin")
    same_pool = {"UserPoolId": pool, "PeopleClientId": client["UserPoolClient"]["ClientId"]}
    other_pool = {"UserPoolId": others, "PeopleClientId": elsewhere["UserPoolClient"]["ClientId"]}
    try:
        for outputs in (same_pool, other_pool):
            place = replace(target)
            place.__dict__["outputs"] = target.outputs | outputs
            token = sign_in(place, f"stranger-{uuid.uuid4().hex[:6]}", "admin")["AccessToken"]
            assert called(target, token, "GET", "/assets")[0] == 401
    finally:
        people.delete_user_pool_client(UserPoolId=pool, ClientId=same_pool["PeopleClientId"])
        people.delete_user_pool(UserPoolId=others)


def test_a_token_that_has_ended_proves_nobody(target: Target) -> None:
    people, client = target.client("cognito-idp"), clients(target)["pim"]
    place = {"UserPoolId": target.outputs["UserPoolId"], "ClientId": client}
    token = machine_token(target, "pim")
    read = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert 3500 < read["exp"] - time.time() <= 3600
    known = people.describe_user_pool_client(**place)["UserPoolClient"]
    kept = ("AllowedOAuthFlows", "AllowedOAuthScopes", "AllowedOAuthFlowsUserPoolClient", "EnableTokenRevocation")
    kept_values = {name: known[name] for name in kept}
    try:
        people.update_user_pool_client(
            **place, **kept_values, AccessTokenValidity=1, TokenValidityUnits={"AccessToken": "seconds"}
        )
        short = machine_token(target, "pim")
    except people.exceptions.InvalidParameterException:
        pytest.skip("this stack makes no short tokens")
    finally:
        people.update_user_pool_client(
            **place, **kept_values, AccessTokenValidity=60, TokenValidityUnits={"AccessToken": "minutes"}
        )
    time.sleep(2)
    assert called(target, short, "GET", "/assets", plan="pim")[0] == 401


def test_who_has_no_group_is_known_and_may_nothing(target: Target) -> None:
    token = sign_in(target, f"guest-{uuid.uuid4().hex[:6]}")["AccessToken"]
    assert called(target, token, "GET", "/assets")[0] == 403


def test_a_machine_gets_no_scope_but_its_own(target: Target) -> None:
    secret = UserPool(target).secret("channel")
    form = {"grant_type": "client_credentials", "scope": "assetwire/cms", "client_id": clients(target)["channel"]}
    data = urllib.parse.urlencode(form | {"client_secret": secret}).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(f"{target.outputs['SignInUrl']}/oauth2/token", data, kind))
    assert refused.value.code == 400


def test_a_person_is_let_in_calls_and_is_let_in_no_more_by_commands_alone(target: Target) -> None:
    pool, name = UserPool(target), f"anna-{uuid.uuid4().hex[:6]}"
    once = pool.invite(name, f"{name}@example.com")
    pool.join(name, "reviewer")
    wanted = f"Aa1-{secrets.token_urlsafe(16)}"
    anna = replace(target, token=pool.sign_in(name, once, wanted))
    assert anna.call("GET", "/work", query={"limit": "1"})["items"] is not None
    with pytest.raises(ApiError) as refused:
        anna.call("GET", "/changes")
    assert (refused.value.status, refused.value.code) == (403, "not_permitted")
    (shown,) = [each for each in pool.people() if each.name == name]
    assert (shown.groups, shown.enabled) == (["reviewer"], True)
    pool.disable(name)
    with pytest.raises(Failure):
        pool.sign_in(name, wanted)


class TestProofs:
    """An IAM identity is proved by its own signature, for this API, and is an operator or nobody."""

    @pytest.fixture
    def stranger(self, target: Target) -> Credentials:
        iam, name = target.client("iam"), f"nobody-{uuid.uuid4().hex[:8]}"
        iam.create_user(UserName=name)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return Credentials(key["AccessKeyId"], key["SecretAccessKey"])

    def proof(self, target: Target, credentials: Any, **other: str) -> str:
        place = {"region": target.region, "api_id": target.outputs["ApiId"], "sts_url": str(target.endpoint)}
        return iam_token(credentials, **place | other)

    def test_an_identity_that_is_no_operator_may_nothing(self, target: Target, stranger: Credentials) -> None:
        assert called(target, self.proof(target, stranger), "GET", "/assets")[0] == 403

    def test_a_proof_with_another_secret_or_for_another_api_proves_nobody(
        self, target: Target, stranger: Credentials
    ) -> None:
        wrong = self.proof(target, Credentials(stranger.access_key, "0" * 40))
        other = self.proof(target, stranger, api_id="a1b2c3d4e5")
        assert [called(target, token, "GET", "/assets")[0] for token in (wrong, other)] == [401, 401]

    def test_a_signature_for_execute_api_is_no_proof(self, target: Target) -> None:
        assert called(target, token_of("Action=GetCallerIdentity"), "GET", "/assets")[0] == 401


def test_the_trail_names_people_machines_and_operators(
    target: Target, tokens: dict[Role, str], put: Callable[[str, bytes], str], ingested: Callable[..., Any]
) -> None:
    key = f"access/{uuid.uuid4().hex}.txt"
    asset_id = ingested(key, put(key, b"a text of its own " + key.encode()))["asset_id"]
    pim, legal = (replace(target, token=tokens[role]) for role in (Role.PIM, Role.LEGAL))
    legal.call("PUT", f"/assets/{asset_id}/rights", body={"windows": [{}], "usages": ["web"]})
    target.call("POST", f"/assets/{asset_id}/hold", body={"reason": "a dispute"})
    with pytest.raises(ApiError) as refused:
        pim.call("POST", f"/assets/{asset_id}/release", body={"reason": "no dispute"})
    assert refused.value.status == 403
    trail = legal.call("GET", f"/assets/{asset_id}/changes")["changes"]
    everything = legal.call("GET", "/changes", query={"limit": "2"})["changes"]
    assert [each | {"kind": "asset"} for each in trail[:2]] == everything
    mine = legal.call("GET", "/changes", query={"by": trail[1]["by"]})["changes"]
    assert mine == everything[1:]
    assert trail[0]["by"] == "arn:aws:iam::000000000000:root"
    assert re.fullmatch(r"cognito:legal-[0-9a-f]{6}", trail[1]["by"])


def test_a_machine_that_used_up_its_day_is_refused_and_the_others_are_not(
    target: Target, tokens: dict[Role, str]
) -> None:
    gateway = target.client("apigateway")
    plans = gateway.get_usage_plans(limit=100)["items"]
    (plan,) = [each for each in plans if each["name"] == f"{target.stack}-machines"]

    def limited(to: int) -> None:
        change = {"op": "replace", "path": "/quota/limit", "value": str(to)}
        gateway.update_usage_plan(usagePlanId=plan["id"], patchOperations=[change])

    def status(role: Role, plan: str) -> int:
        return called(target, tokens[role], "GET", "/channels", plan=plan)[0]

    assert (plan["quota"]["limit"], plan["quota"]["period"]) == (1_000_000, "DAY")
    assert status(Role.CHANNEL, "channel") == 200
    limited(1)
    try:
        assert eventually(lambda: status(Role.CHANNEL, "channel") == 429, "the quota to be used up")
        assert status(Role.LEGAL, "people") == 200
    finally:
        limited(plan["quota"]["limit"])
    assert status(Role.CHANNEL, "channel") == 200
