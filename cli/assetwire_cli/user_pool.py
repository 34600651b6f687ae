"""The user pool of a stack: its people with their groups, its machines with their secrets, and tokens of both."""

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from assetwire.domain.access import MACHINES, PEOPLE
from assetwire.domain.access_tokens import SCOPES
from assetwire_cli.failure import Failure
from assetwire_cli.target import Target


class Person(NamedTuple):
    """Somebody who may sign in, or might."""

    name: str
    email: str
    groups: list[str]
    enabled: bool
    status: str


class UserPool:
    """People and machines, by the environment's AWS credentials."""

    def __init__(self, place: Target) -> None:
        self._outputs = place.outputs
        self._client = place.client("cognito-idp")
        self._pool = {"UserPoolId": self._outputs["UserPoolId"]}

    # --- people ---

    def people(self) -> Iterator[Person]:
        """Yield everybody, with the groups that each is in."""
        members: dict[str, list[str]] = {}
        for role in sorted(PEOPLE):
            asked = {**self._pool, "GroupName": role.value}
            for page in self._client.get_paginator("list_users_in_group").paginate(**asked):
                for user in page["Users"]:
                    members.setdefault(user["Username"], []).append(role.value)
        for page in self._client.get_paginator("list_users").paginate(**self._pool):
            for user in page["Users"]:
                told = {each["Name"]: each.get("Value", "") for each in user.get("Attributes", [])}
                name = user["Username"]
                yield Person(name, told.get("email", ""), members.get(name, []), user["Enabled"], user["UserStatus"])

    def invite(self, name: str, email: str) -> str:
        """Let somebody in; return the password that they sign in with once, within three days."""
        password = _password()
        attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        with _told():
            self._client.admin_create_user(
                **self._pool,
                Username=name,
                TemporaryPassword=password,
                MessageAction="SUPPRESS",
                UserAttributes=attributes,
            )
        return password

    def join(self, name: str, group: str) -> None:
        """Give somebody a role."""
        with _told():
            self._client.admin_add_user_to_group(**self._pool, Username=name, GroupName=group)

    def leave(self, name: str, group: str) -> None:
        """Take a role from somebody."""
        with _told():
            self._client.admin_remove_user_from_group(**self._pool, Username=name, GroupName=group)

    def disable(self, name: str) -> None:
        """Sign somebody out everywhere, and let them in no more; a token that they hold ends within minutes."""
        with _told():
            self._client.admin_disable_user(**self._pool, Username=name)
            self._client.admin_user_global_sign_out(**self._pool, Username=name)

    def enable(self, name: str) -> None:
        """Let somebody in again."""
        with _told():
            self._client.admin_enable_user(**self._pool, Username=name)

    def sign_in(self, name: str, password: str, new_password: str | None = None) -> str:
        """Return an access token of a person; whoever has a password for once gives another with it.

        Raises:
            Failure: the password is wrong, or another is needed (`new_password_required`).
        """
        client = {**self._pool, "ClientId": self._outputs["PeopleClientId"]}
        asked = {"USERNAME": name, "PASSWORD": password}
        with _told():
            answer = self._client.admin_initiate_auth(
                **client, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters=asked
            )
            if answer.get("ChallengeName") == "NEW_PASSWORD_REQUIRED" and new_password:
                answer = self._client.admin_respond_to_auth_challenge(
                    **client,
                    ChallengeName="NEW_PASSWORD_REQUIRED",
                    ChallengeResponses={"USERNAME": name, "NEW_PASSWORD": new_password},
                    Session=answer["Session"],
                )
        if "AuthenticationResult" not in answer:
            asked_for = str(answer.get("ChallengeName", "a challenge")).lower()
            raise Failure(f"{name} is asked for more than a password: {asked_for}", code=asked_for)
        return str(answer["AuthenticationResult"]["AccessToken"])

    # --- machines ---

    def machines(self) -> dict[str, str]:
        """Return each machine's client id."""
        return dict(pair.split("=", 1) for pair in self._outputs["MachineClientIds"].split())

    def secret(self, machine: str) -> str:
        """Return the secret that a machine's client was made with."""
        with _told():
            return str(self._client.describe_user_pool_client(**self._of(machine))["UserPoolClient"]["ClientSecret"])

    def rotate(self, machine: str) -> str:
        """Give a machine another secret beside the one it has, and return it; Cognito holds two at the most."""
        with _told():
            made = self._client.add_user_pool_client_secret(**self._of(machine))["ClientSecretDescriptor"]
        return str(made["ClientSecretValue"])

    def retire(self, machine: str) -> bool:
        """Take a machine's older secret away; tell whether it had two."""
        with _told():
            found = self._client.list_user_pool_client_secrets(**self._of(machine))["ClientSecrets"]
            if len(found) < 2:
                return False
            oldest = min(found, key=lambda each: each["ClientSecretCreateDate"])
            self._client.delete_user_pool_client_secret(**self._of(machine), ClientSecretId=oldest["ClientSecretId"])
        return True

    def token(self, machine: str, secret: str | None = None) -> str:
        """Return an access token of a machine.

        Raises:
            Failure: the secret is not the machine's, or the pool does not answer.
        """
        form = {
            "grant_type": "client_credentials",
            "scope": f"{SCOPES}/{machine}",
            "client_id": self._of(machine)["ClientId"],
            "client_secret": secret or self.secret(machine),
        }
        asked = Request(  # noqa: S310 - the stack's own address
            f"{self._outputs['SignInUrl']}/oauth2/token",
            data=urlencode(form).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        try:
            with urlopen(asked, timeout=30) as answer:  # noqa: S310 - likewise
                return str(json.load(answer)["access_token"])
        except HTTPError as error:
            raise Failure(
                f"no token for {machine}: {error.read()[:200].decode(errors='replace')}", code="no_token"
            ) from error
        except URLError as error:
            raise Failure(f"{self._outputs['SignInUrl']}: {error.reason}", code="unreachable") from error

    def _of(self, machine: str) -> dict[str, str]:
        known = self.machines()
        if machine not in known:
            names = ", ".join(sorted(role.value for role in MACHINES))
            raise Failure(f"no machine {machine!r}: there are {names}", code="machine_not_found")
        return {**self._pool, "ClientId": known[machine]}


@contextmanager
def _told() -> Iterator[None]:
    """Raise what Cognito refuses as a failure of its name."""
    from botocore.exceptions import ClientError

    try:
        yield
    except ClientError as error:
        refused = error.response["Error"]
        name = str(refused["Code"]).removesuffix("Exception")
        raise Failure(str(refused["Message"]), code=re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()) from error


def _password() -> str:
    return f"Aa1-{secrets.token_urlsafe(15)}"
