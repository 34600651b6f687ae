"""Requests that are carried out once, as services need them."""

from typing import Protocol

from assetwire.domain.idempotency import IdempotentRequest, RequestPart
from assetwire.domain.link import Arrangement


class IdempotentRequests(Protocol):
    """What callers asked for by keys of theirs, and what became of it. Everything is read consistently."""

    def request(self, request_id: str) -> IdempotentRequest | None:
        """Return a request, if it came before; also one whose answer is to be forgotten by now."""
        ...

    def save_request(self, request: IdempotentRequest) -> None:
        """Replace a request that was read at the revision before; write a new one at revision 0.

        Raises:
            Conflict: its revision moved.
        """
        ...

    def parts(self, request: IdempotentRequest) -> list[RequestPart]:
        """Return the parts of a request that are carried out."""
        ...

    def carry_out(self, part: RequestPart, arrangement: Arrangement | None) -> None:
        """Write a part, and the list and links that it changes, all or nothing; each was read at the revision before.

        Raises:
            Conflict: the part is carried out already, or a revision moved.
        """
        ...
