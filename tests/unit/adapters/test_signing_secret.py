"""The keys by which URLs are minted come from Secrets Manager."""

import base64
import json
from urllib.parse import parse_qs

import pytest
from botocore.stub import Stubber
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from assetwire.adapters.clients import client
from assetwire.adapters.signing_secret import signer_from_secret, token_key_from_secret
from assetwire.domain.errors import Misconfigured
from assetwire.domain.viewer_paths import TokenKey

KEY = ec.generate_private_key(ec.SECP256R1())
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_the_signer_signs_with_the_key_in_the_secret() -> None:
    with Stubber(client("secretsmanager")) as answers:
        secret = json.dumps({"SigningKeyA": PEM, "Other": "x"})
        answers.add_response("get_secret_value", {"SecretString": secret}, {"SecretId": "keys"})
        signer = signer_from_secret("keys", key="SigningKeyA", key_pair_id="K1")
    url, _, query = signer.sign("https://media.example/a1.jpg", expires=1_780_315_200).partition("?")
    signature = base64.b64decode(parse_qs(query)["Signature"][0].translate(str.maketrans("-_~", "+=/")))
    policy = f'{{"Statement":[{{"Resource":"{url}","Condition":{{"DateLessThan":{{"AWS:EpochTime":1780315200}}}}}}]}}'
    KEY.public_key().verify(signature, policy.encode(), ec.ECDSA(SHA256()))


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
def test_a_secret_without_a_key_is_misconfigured(secret: str) -> None:
    with Stubber(client("secretsmanager")) as answers:
        answers.add_response("get_secret_value", {"SecretString": secret})
        with pytest.raises(Misconfigured):
            signer_from_secret("keys", key="SigningKeyA", key_pair_id="K1")


def test_a_secret_in_bytes_is_misconfigured() -> None:
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
def test_a_secret_that_cannot_be_read_is_misconfigured(code: str) -> None:
    with Stubber(client("secretsmanager")) as answers:
        answers.add_client_error("get_secret_value", service_error_code=code)
        with pytest.raises(Misconfigured):
            signer_from_secret("keys", key="SigningKeyA", key_pair_id="K1")


def test_a_key_of_tokens_is_known_by_the_end_of_its_name() -> None:
    with Stubber(client("secretsmanager")) as answers:
        answers.add_response(
            "get_secret_value", {"SecretString": json.dumps({"TokenKeyB2": "s"})}, {"SecretId": "keys"}
        )
        assert token_key_from_secret("keys", key="TokenKeyB2") == TokenKey("B2", "s")


@pytest.mark.parametrize("secret", ["{}", '{"TokenKeyA": ""}', '{"TokenKeyA": null}', '{"TokenKeyA": 7}'])
def test_a_key_of_tokens_that_everybody_could_guess_is_none(secret: str) -> None:
    with Stubber(client("secretsmanager")) as answers:
        answers.add_response("get_secret_value", {"SecretString": secret})
        with pytest.raises(Misconfigured):
            token_key_from_secret("keys", key="TokenKeyA")


@pytest.mark.parametrize("name", ["SigningKeyA", "TokenKey", "TokenKey.A", "TokenKeyA\n"])
def test_a_name_that_no_token_could_say_is_misconfigured(name: str) -> None:
    with pytest.raises(Misconfigured):
        token_key_from_secret("keys", key=name)
