"""Key pairs that sign URLs: made here, the private half kept in Secrets Manager and in a file of its owner's."""

import json
from collections.abc import Mapping
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

Slot = Literal["A", "B"]
"""Where a pair has its place: one signs; a second verifies too while pairs are rotated."""

SLOTS: tuple[Slot, ...] = ("A", "B")

KeyType = Literal["ecdsa", "rsa"]


class KeyPair(NamedTuple):
    """A private and a public key, PEM."""

    private: str
    public: str


def key_name(slot: Slot) -> str:
    """Return the public key's logical id in the template, which is the private key's name in the secret."""
    return f"SigningKey{slot}"


def other(slot: Slot) -> Slot:
    """Return the slot beside this one."""
    return "B" if slot == "A" else "A"


def public_file(folder: Path, slot: Slot) -> Path:
    """Return where the public key of a slot is kept: `make deploy` reads it there."""
    return folder / f"{key_name(slot)}.public.pem"


def new_pair(kind: KeyType) -> KeyPair:
    """Return a new ECDSA P-256 or RSA-2048 pair: the two kinds that CloudFront verifies."""
    key = ec.generate_private_key(ec.SECP256R1()) if kind == "ecdsa" else rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return KeyPair(private, _public(private))


def kept_pair(folder: Path, kind: KeyType, slot: Slot = "A") -> KeyPair:
    """Return a slot's pair in this folder, made at the first call; its private file is its owner's to read alone."""
    file = _private_file(folder, slot)
    if file.exists():
        private = file.read_text()
        pair = KeyPair(private, _public(private))
    else:
        folder.mkdir(parents=True, exist_ok=True)
        pair = new_pair(kind)
        file.touch(mode=0o600)
        file.write_text(pair.private)
    public_file(folder, slot).write_text(pair.public)
    return pair


def parameters(folder: Path, signing: Slot) -> dict[str, str]:
    """Return the template's parameters for the pairs in this folder, of which one signs."""
    files = {slot: public_file(folder, slot) for slot in SLOTS}
    keys = {f"SigningPublicKey{slot}": file.read_text() if file.exists() else "" for slot, file in files.items()}
    return {**keys, "SigningSlot": signing}


def store(pair: KeyPair, secret_id: str, *, secrets: Any, slot: Slot = "A") -> bool:
    """Put the private key into the secret, beside any others; tell whether it was not there yet."""
    return keep_in_secret({key_name(slot): pair.private}, secret_id, secrets=secrets)


def keep_in_secret(named: Mapping[str, Any], secret_id: str, *, secrets: Any) -> bool:
    """Put values under their names into a secret, beside others; None takes one out. Tell whether that changed it."""
    kept = stored(secret_id, secrets)
    wanted = {name: value for name, value in {**kept, **named}.items() if value is not None}
    if kept == wanted:
        return False
    secrets.put_secret_value(SecretId=secret_id, SecretString=json.dumps(wanted))
    return True


def retire(folder: Path, secret_id: str, *, secrets: Any, slot: Slot) -> bool:
    """Forget a slot's pair: in the secret, then in this folder; tell whether there was one."""
    files = [file for file in (_private_file(folder, slot), public_file(folder, slot)) if file.exists()]
    if not keep_in_secret({key_name(slot): None}, secret_id, secrets=secrets) and not files:
        return False
    for file in files:
        file.unlink()
    return True


def stored(secret_id: str, secrets: Any) -> dict[str, Any]:
    """Return what a secret holds under names; nothing if nobody ever put anything into it."""
    try:
        found = json.loads(secrets.get_secret_value(SecretId=secret_id)["SecretString"])
    except (secrets.exceptions.ResourceNotFoundException, KeyError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _private_file(folder: Path, slot: Slot) -> Path:
    return folder / f"{key_name(slot)}.private.pem"


def _public(private: str) -> str:
    key = load_pem_private_key(private.encode(), password=None).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
