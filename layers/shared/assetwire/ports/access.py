"""The ports of access: what a token says, and whose an IAM identity is."""

from collections.abc import Mapping
from typing import Any, Protocol


class TokenVerifier(Protocol):
    """Tokens of the user pool."""

    def claims(self, token: str) -> Mapping[str, Any]:
        """Return what a token says whose signature is the pool's.

        Raises:
            Unauthenticated: it is not signed by the pool, with the algorithm that the pool signs with.
            Unavailable: the pool's keys cannot be read.
        """
        ...


class IdentityProver(Protocol):
    """IAM identities by presigned calls of STS."""

    def arn(self, query: str, *, api_id: str) -> str:
        """Return the ARN of the identity that signed this query for an API.

        Raises:
            Unauthenticated: STS does not accept it.
            Unavailable: STS cannot be asked.
        """
        ...
