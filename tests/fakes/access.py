"""A user pool that signs tokens, and an STS that knows whose proofs are whose."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from assetwire.domain.errors import Unauthenticated

ISSUER = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_pool"


class SigningPool:
    """Keys of a pool, and tokens signed by them."""

    def __init__(self, *names: str) -> None:
        self.keys = {name: rsa.generate_private_key(public_exponent=65537, key_size=2048) for name in names}

    @property
    def published(self) -> dict[str, Any]:
        public = ((name, key.public_key().public_numbers()) for name, key in self.keys.items())
        return {
            "keys": [
                {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": name, "n": _number(n.n), "e": _number(n.e)}
                for name, n in public
            ]
        }

    def token(self, claims: Mapping[str, Any], key: str, *, named: str | None = None) -> str:
        return jwt.encode(dict(claims), self.keys[key], algorithm="RS256", headers={"kid": named or key})


def forged(header: Mapping[str, Any], claims: Mapping[str, Any], signature: bytes = b"") -> str:
    """Return a token whose parts are what its maker likes."""
    parts = (json.dumps(header).encode(), json.dumps(claims).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


class FakeTokens:
    """What tokens say, by their text."""

    def __init__(self, known: Mapping[str, Mapping[str, Any]]) -> None:
        self._known = known

    def claims(self, token: str) -> Mapping[str, Any]:
        if token not in self._known:
            raise Unauthenticated("not signed by the pool")
        return self._known[token]


class FakeIdentities:
    """Whose queries are, for one API."""

    def __init__(self, api_id: str, known: Mapping[str, str]) -> None:
        self._api_id = api_id
        self._known = known

    def arn(self, query: str, *, api_id: str) -> str:
        if api_id != self._api_id or query not in self._known:
            raise Unauthenticated("STS does not accept the proof")
        return self._known[query]


def _number(value: int) -> str:
    return base64.urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8)).decode().rstrip("=")
