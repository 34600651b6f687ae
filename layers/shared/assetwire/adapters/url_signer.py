"""Signatures of CloudFront URLs, with ECDSA P-256 or RSA-2048 keys.

Source: CloudFront developer guide, "Create a signed URL using a canned policy".
"""

import json
from base64 import b64encode
from functools import partial
from typing import Literal

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from assetwire.adapters.aws_errors import translated
from assetwire.adapters.clients import client
from assetwire.domain.errors import Misconfigured

_URL_SAFE = bytes.maketrans(b"+=/", b"-_~")
"""CloudFront's own alphabet in place of base64's characters that URLs reserve."""


class CloudFrontSigner:
    """Signs URLs under a canned policy: one exact URL, until one moment."""

    def __init__(
        self, key_pair_id: str, private_key: str, *, hash_algorithm: Literal["sha1", "sha256"] = "sha256"
    ) -> None:
        """Take a private key (PEM, ECDSA P-256 or RSA-2048), and the id of its public key at CloudFront.

        Raises:
            Misconfigured: it is no such key.
        """
        digest = SHA256() if hash_algorithm == "sha256" else SHA1()  # noqa: S303 - CloudFront's default, for RSA peers
        try:
            key = load_pem_private_key(private_key.encode(), password=None)
        except (ValueError, TypeError) as error:
            raise Misconfigured(f"the signing key is no private key in PEM: {error}") from error
        if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
            self._sign = partial(key.sign, signature_algorithm=ec.ECDSA(digest))
        elif isinstance(key, rsa.RSAPrivateKey) and key.key_size == 2048:
            self._sign = partial(key.sign, padding=padding.PKCS1v15(), algorithm=digest)
        else:
            raise Misconfigured("the signing key is neither ECDSA P-256 nor RSA-2048")
        self._tail = f"&Key-Pair-Id={key_pair_id}" + ("&Hash-Algorithm=SHA256" if hash_algorithm == "sha256" else "")

    def sign(self, url: str, *, expires: int) -> str:
        """Return the URL, percent-encoded as it will be asked for, with its signature."""
        policy = (
            '{"Statement":[{"Resource":"'
            + url
            + '","Condition":{"DateLessThan":{"AWS:EpochTime":'
            + str(expires)
            + "}}}]}"
        )
        signature = b64encode(self._sign(policy.encode())).translate(_URL_SAFE).decode()
        joint = "&" if "?" in url else "?"
        return f"{url}{joint}Expires={expires}&Signature={signature}{self._tail}"


def signer_from_secret(secret_id: str, *, key: str, key_pair_id: str) -> CloudFrontSigner:
    """Return the signer whose private key stands under `key` in a secret, a JSON object of PEM texts.

    Raises:
        Misconfigured: there is no such secret, or no such key in it.
    """
    with translated(f"reading secret {secret_id}"):
        answer = client("secretsmanager").get_secret_value(SecretId=secret_id)
    try:
        private_key = str(json.loads(answer["SecretString"])[key])
    except (KeyError, TypeError, ValueError) as error:
        raise Misconfigured(f"secret {secret_id} holds no key named {key}: run `assetwire keys init`") from error
    return CloudFrontSigner(key_pair_id, private_key)
