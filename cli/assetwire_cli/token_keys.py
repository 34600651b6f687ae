"""Keys of tokens in paths: made here, kept in a file, in the signing keys' secret and in the edge's key value store."""

import secrets as random
from pathlib import Path
from typing import Any

from assetwire_cli import signing_keys
from assetwire_cli.target import Target

NAME = "TokenKeyA"
"""The first key's name in the secret, in the key value store and, without `TokenKey`, in tokens."""
PATTERN = r"TokenKey[A-Za-z0-9]{1,16}"
_BYTES = 32
"""As many as HMAC-SHA256 puts out: RFC 2104 advises no fewer."""


def kept_key(folder: Path, name: str) -> str:
    """Return the key of this name in this folder, made at the first call; its file is readable by its owner alone."""
    file = folder / f"{name}.secret"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(random.token_urlsafe(_BYTES))
    return file.read_text()


def publish(name: str, key: str, *, store_arn: str, store: Any, secret_id: str, secrets: Any) -> bool:
    """Let the edge know a key, and then those who mint; tell whether either did not know it yet.

    The store comes first: no token is made that the edge cannot judge.
    """
    known = _values(store, store_arn).get(name) == key
    if not known:
        etag = store.describe_key_value_store(KvsARN=store_arn)["ETag"]
        store.put_key(KvsARN=store_arn, Key=name, Value=key, IfMatch=etag)
    return signing_keys.keep_in_secret({name: key}, secret_id, secrets=secrets) or not known


def forget(name: str, *, store_arn: str, store: Any, secret_id: str, secrets: Any) -> bool:
    """Take a key from those who mint, and then from the edge: its tokens open nothing any more."""
    changed = signing_keys.keep_in_secret({name: None}, secret_id, secrets=secrets)
    if name not in _values(store, store_arn):
        return changed
    etag = store.describe_key_value_store(KvsARN=store_arn)["ETag"]
    store.delete_key(KvsARN=store_arn, Key=name, IfMatch=etag)
    return True


def places(target: Target) -> dict[str, Any]:
    """Return where a deployed stack keeps keys of tokens, and the clients to reach it."""
    return {
        "store_arn": target.outputs["TokenKeysArn"],
        "store": target.client("cloudfront-keyvaluestore"),
        "secret_id": target.outputs["SigningSecretId"],
        "secrets": target.client("secretsmanager"),
    }


def _values(store: Any, arn: str) -> dict[str, str]:
    pages = store.get_paginator("list_keys").paginate(KvsARN=arn)
    return {each["Key"]: each["Value"] for page in pages for each in page.get("Items", [])}
