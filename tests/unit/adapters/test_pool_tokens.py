"""Tokens are verified by the pool's own keys: its algorithm and its issuer, and none that a token would like better."""

import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from assetwire.adapters import pool_tokens, web
from assetwire.adapters.pool_tokens import PoolTokens
from assetwire.domain.errors import Unauthenticated, Unavailable
from fakes.access import ISSUER, SigningPool, forged

CLAIMS = {"iss": ISSUER, "exp": 1, "sub": "s"}
POOL = SigningPool("one", "two")
OTHER = SigningPool("one")


class Keys:
    """What the pool publishes, and how often it was read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answer = web.Answered(200, json.dumps(POOL.published))
        self.reads = 0
        self.clock = 1000.0
        monkeypatch.setattr(web, "get", self._get)
        monkeypatch.setattr(pool_tokens.time, "monotonic", lambda: self.clock)

    def _get(self, url: str, headers: Any) -> web.Answered:
        assert url == f"{ISSUER}/.well-known/jwks.json"
        self.reads += 1
        return self.answer


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Keys:
    return Keys(monkeypatch)


@pytest.fixture
def tokens(keys: Keys) -> PoolTokens:
    return PoolTokens(ISSUER, keys_url=f"{ISSUER}/.well-known/jwks.json")


def test_a_token_of_the_pool_says_what_it_says_whatever_its_times_are(tokens: PoolTokens, keys: Keys) -> None:
    for key in ("one", "two", "one"):
        assert tokens.claims(POOL.token(CLAIMS, key)) == CLAIMS
    assert keys.reads == 1


def hmac_by_public_key() -> str:
    public = (
        POOL.keys["one"]
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    import hashlib
    import hmac

    signed = forged({"alg": "HS256", "kid": "one"}, CLAIMS).rsplit(".", 1)[0]
    return forged({"alg": "HS256", "kid": "one"}, CLAIMS, hmac.new(public, signed.encode(), hashlib.sha256).digest())


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(OTHER.token(CLAIMS, "one"), id="of another pool with the key's name"),
        pytest.param(POOL.token(CLAIMS, "one", named="two"), id="by another key than it names"),
        pytest.param(POOL.token(CLAIMS | {"iss": ISSUER + "2"}, "one"), id="of another issuer"),
        pytest.param(POOL.token({"exp": 1}, "one"), id="of no issuer"),
        pytest.param(POOL.token({"iss": ISSUER}, "one"), id="without an end"),
        pytest.param(forged({"alg": "none", "kid": "one"}, CLAIMS), id="alg none"),
        pytest.param(forged({"alg": "None", "kid": "one"}, CLAIMS), id="alg None"),
        pytest.param(forged({"alg": "RS256", "kid": "one"}, CLAIMS), id="not signed"),
        pytest.param(forged({"alg": "RS256"}, CLAIMS), id="by no key"),
        pytest.param(forged({"alg": "RS256", "kid": ["one"]}, CLAIMS), id="by a list of keys"),
        pytest.param(hmac_by_public_key(), id="HMAC with the public key"),
        pytest.param(POOL.token(CLAIMS, "one")[:-6] + "AAAAAA", id="with another signature"),
        *(pytest.param(text, id=repr(text)) for text in ("", "a", "a.b", "a.b.c", "....", "{}.{}.{}")),
    ],
)
def test_any_other_token_is_refused(token: str, tokens: PoolTokens) -> None:
    with pytest.raises(Unauthenticated):
        tokens.claims(token)


def test_claims_that_were_changed_are_refused(tokens: PoolTokens) -> None:
    header, _, signature = POOL.token(CLAIMS, "one").split(".")
    changed = forged({}, CLAIMS | {"cognito:groups": ["admin"]}).split(".")[1]
    with pytest.raises(Unauthenticated):
        tokens.claims(f"{header}.{changed}.{signature}")


def test_an_unknown_key_has_the_keys_read_again_but_not_for_each_token(tokens: PoolTokens, keys: Keys) -> None:
    later = SigningPool("three")
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            tokens.claims(later.token(CLAIMS, "three"))
    assert keys.reads == 1
    keys.answer = web.Answered(200, json.dumps(later.published))
    keys.clock += 61
    assert tokens.claims(later.token(CLAIMS, "three")) == CLAIMS
    with pytest.raises(Unauthenticated):
        tokens.claims(POOL.token(CLAIMS, "one"))


@pytest.mark.parametrize(
    "answer",
    [
        web.Answered(500, "{}"),
        web.Answered(404, json.dumps(POOL.published)),
        *(
            web.Answered(200, text)
            for text in ("", "[]", "{}", '{"keys": [1]}', '{"keys": [{"kty": "RSA"}]}', "<html>")
        ),
    ],
)
def test_without_the_pools_keys_nobody_is_judged(answer: web.Answered, tokens: PoolTokens, keys: Keys) -> None:
    keys.answer = answer
    with pytest.raises(Unavailable):
        tokens.claims(POOL.token(CLAIMS, "one"))
    keys.answer = web.Answered(200, json.dumps(POOL.published))
    assert tokens.claims(POOL.token(CLAIMS, "one")) == CLAIMS


def test_a_key_that_is_no_rsa_key_is_not_used(tokens: PoolTokens, keys: Keys) -> None:
    secret = {"kty": "oct", "kid": "s", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"}
    keys.answer = web.Answered(200, json.dumps({"keys": [secret, *POOL.published["keys"]]}))
    token = jwt.encode(CLAIMS, b"secret-secret-secret-secret-secret", algorithm="HS256", headers={"kid": "s"})
    with pytest.raises(Unauthenticated):
        tokens.claims(token)
