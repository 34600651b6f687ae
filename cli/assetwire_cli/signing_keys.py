"""Key pairs that sign URLs: made here, the private half kept in Secrets Manager and in a file of its owner's."""

import json
from pathlib import Path
from typing import Any, Literal, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

SLOT = "SigningKeyA"
"""The public key's logical id in the template; the private key's name in the secret."""

KeyType = Literal["ecdsa", "rsa"]


class KeyPair(NamedTuple):
    """A private and a public key, PEM."""

    private: str
    public: str


def new_pair(kind: KeyType) -> KeyPair:
    """Return a new ECDSA P-256 or RSA-2048 pair: the two kinds that CloudFront verifies."""
    key = ec.generate_private_key(ec.SECP256R1()) if kind == "ecdsa" else rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return KeyPair(private, _public(private))


def kept_pair(folder: Path, kind: KeyType) -> KeyPair:
    """Return the pair in this folder, made at the first call; its private file is readable by its owner alone."""
    file = folder / f"{SLOT}.private.pem"
    if file.exists():
        private = file.read_text()
        return KeyPair(private, _public(private))
    folder.mkdir(parents=True, exist_ok=True)
    pair = new_pair(kind)
    file.touch(mode=0o600)
    file.write_text(pair.private)
    (folder / f"{SLOT}.public.pem").write_text(pair.public)
    return pair


def store(pair: KeyPair, secret_id: str, *, secrets: Any) -> bool:
    """Put the private key into the secret, beside any others; tell whether it was not there yet."""
    try:
        kept = json.loads(secrets.get_secret_value(SecretId=secret_id)["SecretString"])
    except (secrets.exceptions.ResourceNotFoundException, KeyError, ValueError):
        kept = {}
    if kept.get(SLOT) == pair.private:
        return False
    secrets.put_secret_value(SecretId=secret_id, SecretString=json.dumps({**kept, SLOT: pair.private}))
    return True


def _public(private: str) -> str:
    key = load_pem_private_key(private.encode(), password=None).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
