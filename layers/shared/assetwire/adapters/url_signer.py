"""Signatures of CloudFront URLs, with ECDSA P-256 or RSA-2048 keys.

Source: CloudFront developer guide, "Create a signed URL using a canned policy".
"""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from typing import Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from assetwire.domain.errors import Misconfigured
from assetwire.domain.signed_policy import Conditions, canned_policy, custom_policy

_URL_SAFE = bytes.maketrans(b"+=/", b"-_~")
"""CloudFront's own alphabet in place of base64's characters that URLs reserve."""


class CloudFrontSigner:
    """Signs URLs: one exact URL until one moment, or every URL that a policy covers; as parameters or as cookies.

    The same policy has the same signature, whoever signs it: ECDSA takes its nonces from key and policy (RFC 6979).
    """

    def __init__(
        self, key_pair_id: str, private_key: str, *, hash_algorithm: Literal["sha1", "sha256"] = "sha256"
    ) -> None:
        """Take a private key (PEM, ECDSA P-256 or RSA-2048), and the id of its public key at CloudFront.

        Raises:
            Misconfigured: it is no such key.
        """
        if hash_algorithm == "sha256":
            self._digest, kind = hashlib.sha256, Prehashed(SHA256())  # hashlib has a digest sooner
        else:
            self._digest, kind = hashlib.sha1, Prehashed(SHA1())  # noqa: S303 - CloudFront's default, for RSA peers
        try:
            key = load_pem_private_key(private_key.encode(), password=None)
        except TypeError as error:
            raise Misconfigured("the signing key is encrypted: decrypt it first") from error
        except (ValueError, UnsupportedAlgorithm) as error:
            raise Misconfigured("the signing key is no private key in PEM of a kind that is known") from error
        self._sign = _signing(key, kind)
        self._key_pair_id, self._hash = key_pair_id, {"Hash-Algorithm": "SHA256"} if hash_algorithm == "sha256" else {}
        self._tail = f"&Key-Pair-Id={key_pair_id}" + ("&Hash-Algorithm=SHA256" if hash_algorithm == "sha256" else "")

    def sign(self, url: str, *, expires: int, network: str | None = None) -> str:
        """Return the URL, percent-encoded as it will be asked for, with its signature.

        The policy is canned, as short as it can be, unless a network is named.
        """
        if network is not None:
            return with_query(url, self.sign_policy(custom_policy(url, Conditions(expires, network=network))))
        signature = self._signature(canned_policy(url, expires))
        return with_query(url, f"Expires={expires}&Signature={signature}{self._tail}")

    def sign_policy(self, policy: str) -> str:
        """Return the query that lets every URL through which this policy covers: one signature for all of them."""
        return f"Policy={_encoded(policy.encode())}&Signature={self._signature(policy)}{self._tail}"

    def cookies(self, policy: str, *, canned_until: int | None = None) -> dict[str, str]:
        """Return the cookies of a policy, by name; of a canned one only its end travels.

        Source: CloudFront developer guide, "Set signed cookies using a canned policy" and "… a custom policy".
        """
        until = {"Policy": _encoded(policy.encode())} if canned_until is None else {"Expires": str(canned_until)}
        own = until | {"Signature": self._signature(policy), "Key-Pair-Id": self._key_pair_id} | self._hash
        return {f"CloudFront-{name}": value for name, value in own.items()}

    def _signature(self, policy: str) -> str:
        return _encoded(self._sign(self._digest(policy.encode()).digest()))


def _signing(key: PrivateKeyTypes, kind: Prehashed) -> Callable[[bytes], bytes]:
    """Return what signs a digest with this key."""
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        by_curve, deterministic = key.sign, ec.ECDSA(kind, deterministic_signing=True)
        return lambda digest: by_curve(digest, deterministic)
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size == 2048:
        return partial(key.sign, padding=padding.PKCS1v15(), algorithm=kind)
    raise Misconfigured("the signing key is neither ECDSA P-256 nor RSA-2048")


def with_query(url: str, query: str) -> str:
    """Return a URL with more parameters behind those that it has."""
    return f"{url}{'&' if '?' in url else '?'}{query}"


def _encoded(data: bytes) -> str:
    return b64encode(data).translate(_URL_SAFE).decode()
