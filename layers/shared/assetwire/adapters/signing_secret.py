"""The private keys that sign URLs, from Secrets Manager."""

import json

from assetwire.adapters.aws_errors import translated
from assetwire.adapters.clients import client
from assetwire.adapters.url_signer import CloudFrontSigner
from assetwire.domain.errors import Misconfigured


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
