"""Signatures: checked by the public key alone, and against AWS's own signer."""

import base64
import json
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

import pytest
from botocore.signers import CloudFrontSigner as AwsSigner
from botocore.stub import Stubber
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from assetwire.adapters.clients import client
from assetwire.adapters.url_signer import CloudFrontSigner, signer_from_secret
from assetwire.domain.errors import Misconfigured

URL = "https://media.example/a1/g1/v1/web-320.jpg"
EXPIRES = 1_780_315_200
ECDSA_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def canned_policy(url: str, expires: int) -> bytes:
    """Return what CloudFront makes of the URL that it is asked for. Source: its developer guide, canned policies."""
    statement = {"Resource": url, "Condition": {"DateLessThan": {"AWS:EpochTime": expires}}}
    return json.dumps({"Statement": [statement]}, separators=(",", ":")).encode()


def taken_apart(signed: str) -> tuple[str, dict[str, str], bytes]:
    """Return the URL without CloudFront's parameters, those parameters, and the signature's bytes."""
    parts = urlsplit(signed)
    query = dict(parse_qsl(parts.query, strict_parsing=True))
    known = {name: query.pop(name) for name in ("Expires", "Signature", "Key-Pair-Id")}
    known |= {name: query.pop(name) for name in ("Hash-Algorithm",) if name in query}
    rest = "&".join(f"{name}={value}" for name, value in query.items())
    signature = known["Signature"].replace("-", "+").replace("_", "=").replace("~", "/")
    return parts._replace(query=rest).geturl(), known, base64.b64decode(signature, validate=True)


def verify(signed: str, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, digest: hashes.HashAlgorithm) -> None:
    url, known, signature = taken_apart(signed)
    policy = canned_policy(url, int(known["Expires"]))
    if isinstance(key, ec.EllipticCurvePrivateKey):
        key.public_key().verify(signature, policy, ec.ECDSA(digest))
    else:
        key.public_key().verify(signature, policy, padding.PKCS1v15(), digest)


@pytest.mark.parametrize("key", [ECDSA_KEY, RSA_KEY], ids=["ecdsa", "rsa"])
@pytest.mark.parametrize("digest", ["sha1", "sha256"])
@pytest.mark.parametrize("url", [URL, f"{URL}?v=2", "http://127.0.0.1:4580/a%20b/%C3%BC.jpg"])
def test_a_signature_is_that_of_the_policy_for_exactly_this_url(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, digest: Literal["sha1", "sha256"], url: str
) -> None:
    signed = CloudFrontSigner("K1", pem(key), hash_algorithm=digest).sign(url, expires=EXPIRES)
    assert taken_apart(signed)[0] == url
    verify(signed, key, hashes.SHA1() if digest == "sha1" else hashes.SHA256())  # noqa: S303 - CloudFront's default


def test_ecdsa_with_sha_256_is_the_default_and_says_so() -> None:
    signed = CloudFrontSigner("K1", pem(ECDSA_KEY)).sign(URL, expires=EXPIRES)
    _, known, signature = taken_apart(signed)
    assert {name: known[name] for name in ("Expires", "Key-Pair-Id", "Hash-Algorithm")} == {
        "Expires": str(EXPIRES),
        "Key-Pair-Id": "K1",
        "Hash-Algorithm": "SHA256",
    }
    assert len(signature) <= 72
    verify(signed, ECDSA_KEY, hashes.SHA256())


def test_sha_1_is_not_named_as_it_is_what_cloudfront_assumes() -> None:
    signed = CloudFrontSigner("K1", pem(RSA_KEY), hash_algorithm="sha1").sign(URL, expires=EXPIRES)
    assert "Hash-Algorithm" not in signed


@pytest.mark.parametrize("url", [URL, f"{URL}?v=2"])
def test_a_url_signed_with_rsa_and_sha_1_is_byte_for_byte_that_of_botocore(url: str) -> None:
    from datetime import UTC, datetime

    aws = AwsSigner("K1", lambda message: RSA_KEY.sign(message, padding.PKCS1v15(), hashes.SHA1()))  # noqa: S303
    expected = aws.generate_presigned_url(url, date_less_than=datetime.fromtimestamp(EXPIRES, UTC))
    assert CloudFrontSigner("K1", pem(RSA_KEY), hash_algorithm="sha1").sign(url, expires=EXPIRES) == expected


@pytest.mark.parametrize("spoilt", [("320", "640"), (str(EXPIRES), str(EXPIRES + 1)), ("/g1/", "/g2/")])
def test_a_url_that_was_changed_does_not_verify(spoilt: tuple[str, str]) -> None:
    signed = CloudFrontSigner("K1", pem(ECDSA_KEY)).sign(URL, expires=EXPIRES).replace(*spoilt)
    with pytest.raises(InvalidSignature):
        verify(signed, ECDSA_KEY, hashes.SHA256())


@given(st.integers(1, 2**33))
def test_a_signature_needs_no_escaping_in_a_url(expires: int) -> None:
    signed = CloudFrontSigner("K1", pem(ECDSA_KEY)).sign(URL, expires=expires)
    signature = signed.split("&Signature=")[1].split("&")[0]
    assert not set(signature) & set("+=/%")
    verify(signed, ECDSA_KEY, hashes.SHA256())


@pytest.mark.parametrize(
    "key",
    [
        "",
        "no key",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        pem(ec.generate_private_key(ec.SECP384R1())),
        pem(rsa.generate_private_key(public_exponent=65537, key_size=3072)),
        pem(ed25519.Ed25519PrivateKey.generate()),
        ECDSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        ECDSA_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")).decode(),
    ],
    ids=["empty", "text", "garbage", "p-384", "rsa-3072", "ed25519", "public", "encrypted"],
)
def test_any_other_key_is_misconfigured(key: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        CloudFrontSigner("K1", key)
    assert "-----" not in refused.value.message


class TestSecret:
    """The private key comes from Secrets Manager."""

    def test_the_signer_signs_with_the_key_in_the_secret(self) -> None:
        with Stubber(client("secretsmanager")) as answers:
            secret = json.dumps({"SigningKeyA": pem(ECDSA_KEY), "Other": "x"})
            answers.add_response("get_secret_value", {"SecretString": secret}, {"SecretId": "keys"})
            signer = signer_from_secret("keys", key="SigningKeyA", key_pair_id="K1")
        verify(signer.sign(URL, expires=EXPIRES), ECDSA_KEY, hashes.SHA256())

    @pytest.mark.parametrize(
        "secret",
        [
            "{}",
            "[]",
            "null",
            "no json",
            '{"SigningKeyA": "x"}',
            '{"SigningKeyA": null}',
        ],
    )
    def test_a_secret_without_a_key_is_misconfigured(self, secret: str) -> None:
        with Stubber(client("secretsmanager")) as answers:
            answers.add_response("get_secret_value", {"SecretString": secret})
            with pytest.raises(Misconfigured):
                signer_from_secret("keys", key="SigningKeyA", key_pair_id="K1")

    def test_a_secret_in_bytes_is_misconfigured(self) -> None:
        with Stubber(client("secretsmanager")) as answers:
            answers.add_response("get_secret_value", {"SecretBinary": b"x"})
            with pytest.raises(Misconfigured):
                signer_from_secret("keys", key="SigningKeyA", key_pair_id="K1")

    @pytest.mark.parametrize(
        "code",
        [
            "ResourceNotFoundException",
            "AccessDeniedException",
        ],
    )
    def test_a_secret_that_cannot_be_read_is_misconfigured(self, code: str) -> None:
        with Stubber(client("secretsmanager")) as answers:
            answers.add_client_error("get_secret_value", service_error_code=code)
            with pytest.raises(Misconfigured):
                signer_from_secret("keys", key="SigningKeyA", key_pair_id="K1")
