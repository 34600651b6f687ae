"""Where a deployed stack keeps the keys of tokens, in memory."""

import json
from typing import Any


class FakePlaces:
    """A key value store and a secret, which note what happened in which order."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.secret: dict[str, str] = {"SigningKeyA": "pem"}
        self.steps: list[str] = []
        self.exceptions = type("Exceptions", (), {"ResourceNotFoundException": KeyError})

    @property
    def places(self) -> dict[str, Any]:
        return {"store_arn": "arn", "store": self, "secret_id": "keys", "secrets": self}

    def get_paginator(self, name: str) -> Any:
        assert name == "list_keys"
        return self

    def paginate(self, *, KvsARN: str) -> Any:  # noqa: N803 - boto3's names
        return [{}, {"Items": [{"Key": key, "Value": value} for key, value in self.values.items()]}]

    def describe_key_value_store(self, *, KvsARN: str) -> Any:  # noqa: N803
        return {"ETag": f"E{len(self.steps)}"}

    def put_key(self, *, KvsARN: str, Key: str, Value: str, IfMatch: str) -> None:  # noqa: N803
        assert IfMatch == f"E{len(self.steps)}"
        self.values[Key] = Value
        self.steps.append(f"edge knows {Key}")

    def delete_key(self, *, KvsARN: str, Key: str, IfMatch: str) -> None:  # noqa: N803
        assert IfMatch == f"E{len(self.steps)}"
        del self.values[Key]
        self.steps.append(f"edge forgets {Key}")

    def get_secret_value(self, *, SecretId: str) -> Any:  # noqa: N803
        return {"SecretString": json.dumps(self.secret)}

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> None:  # noqa: N803
        self.secret = json.loads(SecretString)
        self.steps.append("secret changes")
