"""People, machines and tokens from a terminal, with the user pool in memory."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from assetwire.domain.access import MACHINES, PEOPLE, ROUTES, Role
from assetwire_cli import access_commands, user_pool
from assetwire_cli.failure import Failure
from assetwire_cli.main import app

MADE = datetime(2026, 11, 20, tzinfo=UTC)


class Pool:
    """Cognito with one user pool."""

    def __init__(self) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, set[str]] = {role.value: set() for role in PEOPLE}
        self.secrets = {"c1": ["first"]}
        self.signed_out: list[str] = []

    def get_paginator(self, name: str) -> Any:
        def paginate(**asked: str) -> list[dict[str, Any]]:
            known = self.groups[asked["GroupName"]] if "GroupName" in asked else set(self.users)
            return [{"Users": [user]} for name, user in sorted(self.users.items()) if name in known]

        return type("Pages", (), {"paginate": staticmethod(paginate)})()

    def admin_create_user(self, **asked: Any) -> None:
        if asked["Username"] in self.users:
            refused = {"Error": {"Code": "UsernameExistsException", "Message": "User account already exists"}}
            raise ClientError(refused, "AdminCreateUser")  # type: ignore[arg-type]
        assert asked["MessageAction"] == "SUPPRESS"
        self.users[asked["Username"]] = {
            "Username": asked["Username"],
            "Attributes": asked["UserAttributes"],
            "Enabled": True,
            "UserStatus": "FORCE_CHANGE_PASSWORD",
            "password": asked["TemporaryPassword"],
        }

    def admin_add_user_to_group(self, **asked: str) -> None:
        self.groups[asked["GroupName"]].add(asked["Username"])

    def admin_remove_user_from_group(self, **asked: str) -> None:
        self.groups[asked["GroupName"]].discard(asked["Username"])

    def admin_disable_user(self, **asked: str) -> None:
        self.users[asked["Username"]]["Enabled"] = False

    def admin_enable_user(self, **asked: str) -> None:
        self.users[asked["Username"]]["Enabled"] = True

    def admin_user_global_sign_out(self, **asked: str) -> None:
        self.signed_out.append(asked["Username"])

    def admin_initiate_auth(self, **asked: Any) -> dict[str, Any]:
        said = asked["AuthParameters"]
        if self.users[said["USERNAME"]]["password"] != said["PASSWORD"]:
            refused = {"Error": {"Code": "NotAuthorizedException", "Message": "Incorrect username or password."}}
            raise ClientError(refused, "AdminInitiateAuth")  # type: ignore[arg-type]
        return {"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "s"}

    def admin_respond_to_auth_challenge(self, **asked: Any) -> dict[str, Any]:
        answers = asked["ChallengeResponses"]
        self.users[answers["USERNAME"]]["password"] = answers["NEW_PASSWORD"]
        return {"AuthenticationResult": {"AccessToken": f"token of {answers['USERNAME']}"}}

    def describe_user_pool_client(self, **asked: str) -> dict[str, Any]:
        return {"UserPoolClient": {"ClientSecret": self.secrets[asked["ClientId"]][0]}}

    def add_user_pool_client_secret(self, **asked: str) -> dict[str, Any]:
        self.secrets[asked["ClientId"]].append("second")
        return {"ClientSecretDescriptor": {"ClientSecretId": "second", "ClientSecretValue": "second"}}

    def list_user_pool_client_secrets(self, **asked: str) -> dict[str, Any]:
        held = enumerate(self.secrets[asked["ClientId"]])
        found = [{"ClientSecretId": s, "ClientSecretCreateDate": MADE + timedelta(days=n)} for n, s in held]
        return {"ClientSecrets": found[::-1]}

    def delete_user_pool_client_secret(self, **asked: str) -> None:
        self.secrets[asked["ClientId"]].remove(asked["ClientSecretId"])


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Pool:
    pool = Pool()
    outputs = {"UserPoolId": "p", "PeopleClientId": "people", "MachineClientIds": "cms=c1 pim=c2 channel=c3"}
    outputs |= {"SignInUrl": "https://sign-in.example"}
    place = type("Place", (), {"outputs": outputs, "client": lambda *_: pool})()
    monkeypatch.setattr(access_commands, "target", lambda *_: place)
    return pool


def run(*words: str, text: str | None = None) -> str:
    done = CliRunner().invoke(app, ["access", *words], input=text, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_routes_are_shown_with_their_roles_without_a_stack() -> None:
    shown = json.loads(run("routes", "--json"))
    assert shown == {route: [role.value for role in Role if role in roles] for route, roles in ROUTES.items()}
    assert set(json.loads(run("routes", "--json", "--role", "channel"))) == {
        route for route, roles in ROUTES.items() if Role.CHANNEL in roles
    }
    assert "PUT /assets/{asset_id}/rights" in run("routes")


def test_the_words_of_the_commands_are_the_roles() -> None:
    assert {group.value for group in access_commands.Group} == {role.value for role in PEOPLE}
    assert {machine.value for machine in access_commands.Machine} == {role.value for role in MACHINES}


def test_who_is_invited_has_roles_and_a_password_for_once(pool: Pool) -> None:
    password = run("invite", "anna", "anna@example.com", "--role", "legal", "--role", "reviewer").strip()
    assert pool.users["anna"]["password"] == password
    assert len(password) >= 14
    (row,) = [line for line in run("people").splitlines() if "anna" in line]
    assert row.split() == ["anna", "anna@example.com", "legal,", "reviewer", "force_change_password"]
    with pytest.raises(Failure) as refused:
        run("invite", "anna", "anna@example.com", "--role", "legal")
    assert refused.value.code == "username_exists"


def test_roles_are_granted_and_taken_away(pool: Pool) -> None:
    run("invite", "anna", "a@example.com", "--role", "legal")
    run("grant", "anna", "--role", "admin")
    run("revoke", "anna", "--role", "legal")
    assert {group for group, members in pool.groups.items() if members} == {"admin"}


def test_who_is_disabled_is_signed_out_and_may_be_let_in_again(pool: Pool) -> None:
    run("invite", "anna", "a@example.com", "--role", "legal")
    run("disable", "anna")
    assert (pool.users["anna"]["Enabled"], pool.signed_out) == (False, ["anna"])
    assert "disabled" in run("people")
    run("enable", "anna")
    assert pool.users["anna"]["Enabled"]


def test_a_person_signs_in_and_changes_the_password_for_once(pool: Pool) -> None:
    once = run("invite", "anna", "a@example.com", "--role", "legal").strip()
    with pytest.raises(Failure) as asked:
        run("token", "--person", "anna", text=f"{once}\n")
    assert asked.value.code == "new_password_required"
    token = run("token", "--person", "anna", "--new-password", text=f"{once}\nwanted\n").strip()
    assert (token, pool.users["anna"]["password"]) == ("token of anna", "wanted")
    with pytest.raises(Failure) as refused:
        run("token", "--person", "anna", text="wrong\n")
    assert refused.value.code == "not_authorized"


def test_a_token_is_of_somebody(pool: Pool) -> None:
    for words in ([], ["--client", "cms", "--person", "anna"]):
        with pytest.raises(Failure, match="one --client or of one --person"):
            run("token", *words)


def test_a_machines_secret_is_rotated_by_two_live_ones(pool: Pool) -> None:
    assert run("secret", "cms").strip() == "first"
    with pytest.raises(Failure) as alone:
        run("retire", "cms")
    assert alone.value.code == "one_secret"
    assert run("rotate", "cms").strip() == "second"
    assert pool.secrets["c1"] == ["first", "second"]
    assert "void" in run("retire", "cms")
    assert pool.secrets["c1"] == ["second"]
    assert [line.split() for line in run("machines").splitlines()[1:]] == [
        ["cms", "c1"],
        ["pim", "c2"],
        ["channel", "c3"],
    ]


def test_a_machine_gets_a_token_for_its_own_scope(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, list[str]]] = []

    def opened(request: Any, **_: Any) -> io.BytesIO:
        assert request.full_url == "https://sign-in.example/oauth2/token"
        sent.append(parse_qs(request.data.decode()))
        if sent[-1]["client_secret"] == ["wrong"]:
            raise HTTPError(request.full_url, 400, "Bad Request", {}, io.BytesIO(b'{"error":"invalid_client"}'))  # type: ignore[arg-type]
        return io.BytesIO(b'{"access_token": "t"}')

    monkeypatch.setattr(user_pool, "urlopen", opened)
    assert run("token", "--client", "cms").strip() == "t"
    assert sent[0] == {
        "grant_type": ["client_credentials"],
        "scope": ["assetwire/cms"],
        "client_id": ["c1"],
        "client_secret": ["first"],
    }
    with pytest.raises(Failure, match="invalid_client"):
        run("token", "--client", "cms", "--secret", "wrong")
