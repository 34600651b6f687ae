"""The port of whoever signs URLs of what is delivered."""

from typing import Protocol


class Signer(Protocol):
    """Signs delivery URLs: the same request has the same signature, whoever signs it."""

    def sign(self, url: str, *, expires: int, network: str | None = None) -> str:
        """Return the URL with a signature that the edge accepts before `expires` (Unix time in seconds).

        With a network (IPv4, CIDR), it is accepted from there alone.
        """
        ...

    def sign_policy(self, policy: str) -> str:
        """Return the query that lets every URL through which this policy covers."""
        ...

    def cookies(self, policy: str) -> dict[str, str]:
        """Return the cookies, by name, that let every URL through which this policy covers."""
        ...
