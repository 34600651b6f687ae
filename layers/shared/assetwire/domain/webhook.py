"""Deliveries of webhooks: what a source sent, and what is read of it."""

import base64
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import Field

from assetwire.domain.model import Instant, Value
from assetwire.domain.product_change import ProductChange
from assetwire.domain.product_feed import SourceName

LARGEST_DELIVERY = 512 * 1024
"""Bytes of one delivery at the most: in base64, with what belongs to it, it fits into a message of SQS (1 MiB).

Akeneo sends 10 products at the most, with all of their values.
"""


class Form(StrEnum):
    """How a source writes and signs its deliveries."""

    CLOUDEVENTS = "cloudevents"
    """CloudEvents 1.0 of our own types, signed as Standard Webhooks are."""
    AKENEO = "akeneo"
    """Akeneo's Events API, signed in its own way."""
    AKENEO_PLATFORM = "akeneo-platform"
    """Akeneo's Event Platform, which says what changed and not how, and signs in yet another way."""


class Source(Value):
    """A system that may send deliveries: its form, and the secrets that it signs with, two while they are rotated."""

    form: Form
    secrets: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)]


class Delivery(Value):
    """One delivery: who sent it in which form, its id, and its bytes as they came."""

    source: SourceName
    form: Form
    delivery_id: str
    received_at: Instant
    headers: dict[str, str] = Field(default_factory=dict)
    """Those that belong to what is said: the content's type."""
    content: str
    """The body, in base64."""

    @classmethod
    def of(cls, body: bytes, **fields: object) -> "Delivery":
        """Return a delivery of these bytes."""
        return cls.model_validate({**fields, "content": base64.b64encode(body).decode()})

    @property
    def body(self) -> bytes:
        """The bytes that were sent."""
        return base64.b64decode(self.content)


class Problem(NamedTuple):
    """What of a delivery cannot be taken: where it stands, and why."""

    field: str
    code: str
    message: str

    def told(self) -> dict[str, str]:
        """Return it as answers of the API have it."""
        return self._asdict()


class Read(NamedTuple):
    """What a delivery says, and what of it cannot be taken."""

    changes: tuple[ProductChange, ...] = ()
    problems: tuple[Problem, ...] = ()
    ignored: int = 0
    """Events of kinds that do not concern us, and products without a SKU."""
    look_for: datetime | None = None
    """Something changed at this moment, and is not told how: somebody has to look."""


def belonging(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that belong to what a delivery says."""
    return {name: value for name, value in headers.items() if name == "content-type"}
