"""The TokenVerifier port: access tokens of a Cognito user pool, verified with its public keys (JWKS)."""

import json
import time
from collections.abc import Mapping
from typing import Any

import jwt

from assetwire.adapters import web
from assetwire.domain.errors import Unauthenticated, Unavailable

_ALGORITHM = "RS256"
_SECONDS_BETWEEN_READS = 60.0
"""A token with an unknown key has the keys read again, but not for each forged one."""


class PoolTokens:
    """Tokens that one issuer signs; its keys are read at the first token and when one names a key that is unknown."""

    def __init__(self, issuer: str, *, keys_url: str) -> None:
        self._issuer = issuer
        self._keys_url = keys_url
        self._keys: dict[str, jwt.PyJWK] = {}
        self._read_at: float | None = None

    def claims(self, token: str) -> Mapping[str, Any]:
        """Verify the signature, the algorithm and the issuer; times and audience are the domain's matter."""
        try:
            header = jwt.get_unverified_header(token)
            key = self._key(header.get("kid"))
            if key is None or header.get("alg") != _ALGORITHM:
                raise Unauthenticated("the token is not signed by the pool")
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                issuer=self._issuer,
                options={"require": ["iss", "exp"], "verify_exp": False, "verify_iat": False, "verify_aud": False},
            )
        except jwt.PyJWTError as error:
            raise Unauthenticated(f"the token is not the pool's: {type(error).__name__}") from error
        return claims

    def _key(self, name: object) -> jwt.PyJWK | None:
        if not isinstance(name, str):
            return None
        if name not in self._keys:
            at = time.monotonic()
            if self._read_at is None or at - self._read_at >= _SECONDS_BETWEEN_READS:
                self._keys = self._read()
                self._read_at = at
        return self._keys.get(name)

    def _read(self) -> dict[str, jwt.PyJWK]:
        answer = web.get(self._keys_url, {"Accept": "application/json"})
        try:
            if answer.status != 200:
                raise ValueError(f"status {answer.status}")
            described = [each for each in json.loads(answer.text)["keys"] if each.get("kty") == "RSA"]
            return {str(each["kid"]): jwt.PyJWK(each, algorithm=_ALGORITHM) for each in described}
        except (ValueError, TypeError, KeyError, AttributeError, jwt.PyJWTError) as error:
            raise Unavailable("the keys of the user pool cannot be read") from error
