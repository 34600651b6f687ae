"""One secret of Secrets Manager, as commands reach it."""


class FakeSecrets:
    """Its text; None until somebody puts something into it."""

    class exceptions:  # noqa: N801 - as botocore's clients name it
        class ResourceNotFoundException(Exception):
            pass

    def __init__(self) -> None:
        self.text: str | None = None

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803
        if self.text is None:
            raise self.exceptions.ResourceNotFoundException
        return {"SecretString": self.text}

    def put_secret_value(self, SecretId: str, SecretString: str) -> None:  # noqa: N803
        self.text = SecretString
