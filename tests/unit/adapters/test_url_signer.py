"""Signatures: checked by the public key alone, and against AWS's own signer."""

import base64
import json
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

import pytest
from botocore.signers import CloudFrontSigner as AwsSigner
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from assetwire.adapters.url_signer import CloudFrontSigner
from assetwire.domain.errors import Misconfigured

URL = "https://media.example/a1/g1/v1/web-320.jpg"
EXPIRES = 1_780_315_200
ECDSA_KEY = ec.generate_private_key(ec.SECP256R1())
SM2 = """-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgln95m2/vdg72y50o
L058xmdOabqkYMH3VW96DmYF6J+hRANCAAR+ltYn6SQTEHWsCyBibyTo3mck4Gzu
kwT73Gyjp60VAEbLPJNxXL1Mm69GypGtr8+19lfvpHNwfbUJxQg6FDa2
-----END PRIVATE KEY-----
"""
"""A key on a curve that `cryptography` does not know."""
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


@pytest.mark.parametrize("key", [ECDSA_KEY, RSA_KEY], ids=["ecdsa", "rsa"])
@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_every_instance_signs_the_same_in_the_same_letters(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, digest: Literal["sha1", "sha256"]
) -> None:
    """Else no cache would know a URL again that another instance has minted."""
    one, other = (CloudFrontSigner("K1", pem(key), hash_algorithm=digest) for _ in range(2))
    assert one.sign(URL, expires=EXPIRES) == other.sign(URL, expires=EXPIRES)
    assert one.sign_policy("of anything") == other.sign_policy("of anything")
    assert one.sign(URL, expires=EXPIRES) != one.sign(URL, expires=EXPIRES + 1)


def test_nonces_of_ecdsa_are_those_of_rfc_6979() -> None:
    """Source: RFC 6979, A.2.5: P-256 with SHA-256, message "sample"."""
    private = ec.derive_private_key(0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721, ec.SECP256R1())
    query = dict(parse_qsl(CloudFrontSigner("K1", pem(private)).sign_policy("sample"), strict_parsing=True))
    signature = base64.b64decode(query["Signature"].translate(str.maketrans("-_~", "+=/")), validate=True)
    assert decode_dss_signature(signature) == (
        0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716,
        0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8,
    )


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
        "-----BEGIN EC PARAMETERS-----\nBggqgRzPVQGCLQ==\n-----END EC PARAMETERS-----\n",
        SM2,
        "\udca5",
    ],
    ids=[
        "empty",
        "text",
        "garbage",
        "p-384",
        "rsa-3072",
        "ed25519",
        "public",
        "encrypted",
        "parameters",
        "sm2",
        "bytes",
    ],
)
def test_any_other_key_is_misconfigured(key: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        CloudFrontSigner("K1", key)
    assert "-----" not in refused.value.message


def test_a_network_makes_it_a_custom_policy_of_this_url_alone() -> None:
    signed = CloudFrontSigner("K1", pem(ECDSA_KEY)).sign(URL, expires=EXPIRES, network="192.0.2.0/24")
    query = dict(parse_qsl(urlsplit(signed).query, strict_parsing=True))
    policy = base64.b64decode(query["Policy"].translate(str.maketrans("-_~", "+=/")), validate=True)
    (statement,) = json.loads(policy)["Statement"]
    assert statement["Resource"] == URL
    assert statement["Condition"] == {
        "DateLessThan": {"AWS:EpochTime": EXPIRES},
        "IpAddress": {"AWS:SourceIp": "192.0.2.0/24"},
    }
    signature = base64.b64decode(query["Signature"].translate(str.maketrans("-_~", "+=/")), validate=True)
    ECDSA_KEY.public_key().verify(signature, policy, ec.ECDSA(hashes.SHA256()))
