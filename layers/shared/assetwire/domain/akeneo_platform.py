"""Akeneo's Event Platform: CloudEvents that name a product or product model to which something happened, and not what.

Source: Akeneo's API documentation, "The Event Platform", available events: products by UUID, models by code.
"""

import re
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from assetwire.domain.akeneo import Kind
from assetwire.domain.errors import InvalidRequest
from assetwire.domain.model import Instant
from assetwire.domain.product_import import problems_of

_TYPE = re.compile(r"com\.akeneo\.pim\.v1\.(?P<thing>product|product-model)\.(?P<happened>created|updated|deleted)")
_KINDS = {"product": Kind.PRODUCT, "product-model": Kind.MODEL}


class PlatformEvent(BaseModel):
    """One event, as much of it as is needed; what else it says is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"]
    id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    type: str
    time: Instant
    data: dict[str, Any] = Field(default_factory=dict)


class Hint(NamedTuple):
    """Something happened to a product, by its UUID, or to a product model, by its code."""

    kind: Kind
    name: str
    is_gone: bool
    at: datetime

    @property
    def ref(self) -> str:
        """What Akeneo calls it, as products remember."""
        return f"{self.kind}:{self.name}"


def event_in(body: bytes) -> PlatformEvent:
    """Return the event of a delivery.

    Raises:
        InvalidRequest: it holds none.
    """
    try:
        return PlatformEvent.model_validate_json(body)
    except ValidationError as error:
        told = tuple(problem.told() for problem in problems_of(error))
        raise InvalidRequest("the delivery is no event of the Event Platform's", problems=told) from error


def hint_of(event: PlatformEvent) -> Hint | None:
    """Return what an event tells of; None if that is nothing that is kept here.

    Raises:
        InvalidRequest: it does not say of which product or model.
    """
    match = _TYPE.fullmatch(event.type)
    if match is None:
        return None
    kind = _KINDS[match["thing"]]
    about = event.data.get("product_model") or event.data.get("product")
    name = about.get("code" if kind is Kind.MODEL else "uuid") if isinstance(about, dict) else None
    if not isinstance(name, str) or not 0 < len(name) <= 100:
        raise InvalidRequest(f"{event.type} does not say of which", code="wrong_type")
    return Hint(kind, name, match["happened"] == "deleted", event.time)
