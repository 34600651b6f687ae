"""Requests that are carried out once, however often they come: known by their caller and its key.

A request is carried out in parts, and what became of each part is written with what it changed, all or nothing. So a
request that broke off is taken up where it broke off, by whoever sends it again.
"""

import json
import re
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field

from assetwire.domain import ids
from assetwire.domain.errors import Conflict, InvalidRequest
from assetwire.domain.link import LinkRole, Market, Place
from assetwire.domain.link_operations import MOST_OPERATIONS, OperationOutcome
from assetwire.domain.model import Instant, Value
from assetwire.domain.sku import Sku

KEPT = timedelta(hours=24)
"""How long an answer is given again."""
_HELD = timedelta(seconds=30)
"""How long a request counts as being carried out: longer than API Gateway waits for any, which is 29 s."""
_KEY = r"^[\x21-\x7e]{1,255}$"


class IdempotentRequest(Value):
    """A request by its caller's key; `revision` counts its changes."""

    request_id: str
    digest: str
    """Of its body."""
    serial: int = 1
    """How often the key was used, once its answer was forgotten: parts are of one of these."""
    is_done: bool = False
    held_until: Instant
    """Until when whoever carries it out is waited for."""
    expires_at: Instant
    revision: int = 0

    def taken_up(self, now: datetime) -> "IdempotentRequest":
        """Return it held by somebody from now on."""
        return self.model_copy(update={"held_until": now + _HELD, "revision": self.revision + 1})

    def released(self, now: datetime) -> "IdempotentRequest":
        """Return it free to be taken up at once."""
        return self.model_copy(update={"held_until": now, "revision": self.revision + 1})

    def done(self) -> "IdempotentRequest":
        """Return it carried out."""
        return self.model_copy(update={"is_done": True, "revision": self.revision + 1})


class RequestPart(Value):
    """What became of a request's operations on one list; written with the list, once."""

    request_id: str
    serial: int
    sku: Sku
    role: LinkRole
    market: Market
    outcomes: Annotated[dict[str, OperationOutcome], Field(max_length=MOST_OPERATIONS)]
    """By the number of the operation in its request."""
    expires_at: Instant

    @property
    def place(self) -> Place:
        """The list that it is about."""
        return Place(self.sku, self.role, self.market)


def request_id_of(caller: str, key: str) -> str:
    """Return the id of a request: each caller has keys of its own.

    Raises:
        InvalidRequest: it is no key (`invalid_idempotency_key`): 1 to 255 visible ASCII characters.
    """
    if not re.fullmatch(_KEY, key):
        raise InvalidRequest("Idempotency-Key is 1 to 255 visible ASCII characters", code="invalid_idempotency_key")
    return ids.digest(caller, key)


def body_digest(body: Any) -> str:
    """Return what tells one JSON body from another, whatever its blanks and the order of its names."""
    return ids.digest(json.dumps(body, sort_keys=True, separators=(",", ":")))


def begun(known: IdempotentRequest | None, request_id: str, digest: str, *, now: datetime) -> IdempotentRequest:
    """Return a request as it is to be written before it is carried out; one that is done is returned as it is.

    Raises:
        InvalidRequest: the key came with another body (`idempotency_key_reused`).
        Conflict: somebody is carrying it out (`in_progress`).
    """
    if known is None or known.expires_at <= now:
        of = {"request_id": request_id, "digest": digest, "held_until": now + _HELD, "expires_at": now + KEPT}
        if known is None:
            return IdempotentRequest(**of)
        return IdempotentRequest(**of, serial=known.serial + 1, revision=known.revision + 1)
    if known.digest != digest:
        raise InvalidRequest("the key came with another body before", code="idempotency_key_reused")
    if known.is_done:
        return known
    if known.held_until > now:
        raise Conflict("the same request is being carried out", code="in_progress")
    return known.taken_up(now)
