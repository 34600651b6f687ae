"""The keys by which URLs are minted, from Secrets Manager."""

import json
import re

from assetwire.adapters.aws_errors import translated
from assetwire.adapters.clients import client
from assetwire.adapters.url_signer import CloudFrontSigner
from assetwire.domain.errors import Misconfigured
from assetwire.domain.viewer_paths import TokenKey


def signer_from_secret(secret_id: str, *, key: str, key_pair_id: str) -> CloudFrontSigner:
    """Return the signer whose private key stands under `key` in a secret, a JSON object of keys by name.

    Raises:
        Misconfigured: there is no such secret, or no such key in it.
    """
    return CloudFrontSigner(key_pair_id, _key_in(secret_id, key))


def token_key_from_secret(secret_id: str, *, key: str) -> TokenKey:
    """Return the key of tokens that stands under this name, `TokenKey<id>`, in the same secret.

    Raises:
        Misconfigured: there is no such secret, or no such key in it.
    """
    name = re.fullmatch(r"TokenKey([A-Za-z0-9]{1,16})", key)
    if name is None:
        raise Misconfigured(f"{key} is no name of a key of tokens")
    return TokenKey(name[1], _key_in(secret_id, key))


def _key_in(secret_id: str, name: str) -> str:
    with translated(f"reading secret {secret_id}"):
        answer = client("secretsmanager").get_secret_value(SecretId=secret_id)
    try:
        found = json.loads(answer["SecretString"])[name]
    except (KeyError, TypeError, ValueError) as error:
        raise Misconfigured(f"secret {secret_id} holds no key named {name}: run `assetwire keys init`") from error
    if not isinstance(found, str) or not found:  # as text, a null would be a key that everybody can guess
        raise Misconfigured(f"secret {secret_id} holds no text under {name}: run `assetwire keys init`")
    return found
