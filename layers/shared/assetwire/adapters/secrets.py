"""Texts in Secrets Manager."""

from botocore.exceptions import ClientError

from assetwire.adapters.aws_errors import translated
from assetwire.adapters.clients import client


def secret_text(secret_id: str) -> str | None:
    """Return what a secret holds; None if nobody ever put anything into it."""
    with translated(f"reading secret {secret_id}"):
        try:
            answer = client("secretsmanager").get_secret_value(SecretId=secret_id)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":  # it has no value yet
                return None
            raise
    return answer.get("SecretString") or None
