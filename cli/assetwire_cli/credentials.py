"""What a call of the API carries: a token of the user pool, or a proof of the AWS credentials' identity."""

import base64
import json
import time
from typing import Any
from urllib.parse import urlsplit

from assetwire.domain.iam_proof import AUDIENCE, LONGEST_LIFE, token_of

_KEPT_SECONDS = 600
"""A proof is made anew after that, well before its end: API Gateway keeps what it found out of one."""


def iam_token(credentials: Any, *, region: str, api_id: str, sts_url: str) -> str:
    """Return a proof of the credentials' identity, good for one API and 15 minutes; nothing is sent."""
    from botocore.auth import SigV4QueryAuth
    from botocore.awsrequest import AWSRequest

    asked = f"{sts_url}/?Action=GetCallerIdentity&Version=2011-06-15"
    request = AWSRequest("GET", asked, headers={AUDIENCE: api_id})
    SigV4QueryAuth(credentials, "sts", region, expires=int(LONGEST_LIFE.total_seconds())).add_auth(request)
    return token_of(urlsplit(str(request.url)).query)


class IamTokens:
    """Proofs of one identity for one API, each used for minutes."""

    def __init__(self, credentials: Any, **place: str) -> None:
        self._credentials = credentials
        self._place = place
        self._made = ("", float("-inf"))

    def token(self) -> str:
        """Return a proof that is good for some more minutes."""
        if time.monotonic() - self._made[1] > _KEPT_SECONDS:
            self._made = (iam_token(self._credentials, **self._place), time.monotonic())
        return self._made[0]


def plan_of(token: str | None, machine_clients: str) -> str:
    """Return the usage plan that a call counts for, which the embedded stack has to be told.

    On AWS the authorizer alone says it. `machine_clients` is the stack's output, `name=client …`.
    """
    if token is None:
        return "operators"
    try:
        payload = token.split(".")[1]
        client = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["client_id"]
    except (IndexError, ValueError, KeyError, TypeError):
        return "people"
    machines = dict(pair.split("=", 1)[::-1] for pair in machine_clients.split())
    return machines.get(client, "people")
