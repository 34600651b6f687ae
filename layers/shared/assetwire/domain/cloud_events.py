"""Products in CloudEvents: the form for every system that is no Akeneo, in the modes that a signature covers.

Source: CloudEvents 1.0.2, HTTP protocol binding, 3.2 (structured) and 3.3 (batched). In binary mode (3.1)
headers say what happened to which product, and Standard Webhooks sign the body alone.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from assetwire.domain.errors import InvalidRequest
from assetwire.domain.model import Instant
from assetwire.domain.product import ProductFacts
from assetwire.domain.product_change import ProductChange
from assetwire.domain.product_feed import MOST_AHEAD, Told
from assetwire.domain.product_import import problems_of
from assetwire.domain.sku import Sku
from assetwire.domain.webhook import Problem, Read

MOST_EVENTS = 100
"""Events of one batch at the most."""
_BATCH, _SINGLE = "application/cloudevents-batch+json", "application/cloudevents+json"
_OF_JSON = frozenset({"application/json", ""})
_MOST_PROBLEMS = 100


class ProductEvent(BaseModel):
    """An event of a product: its SKU is the subject, what is said of it the data.

    Extension attributes are taken and ignored, as the specification asks; fields of the data that are none of a product
    are not.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"]
    id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    source: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    type: Literal["product.changed", "product.deleted"]
    subject: Sku
    time: Instant
    """When it changed at its source: by this, what comes late is known."""
    datacontenttype: str = "application/json"
    data: ProductFacts | None = Field(default=None)


def read(body: bytes, headers: Mapping[str, str], *, source: str, now: datetime) -> Read:
    """Return what a delivery says; it is taken whole, or refused with everything that is wrong with it.

    Raises:
        InvalidRequest: it is no CloudEvent of products, or says more than is kept here: prices above all, by name.
    """
    events = _events(body, headers)
    if len(events) > MOST_EVENTS:
        raise InvalidRequest(f"{len(events)} events, at most {MOST_EVENTS} are taken", code="too_many_events")
    changes: list[ProductChange] = []
    problems: list[Problem] = []
    for number, event in enumerate(events):
        place = f"{number}." if len(events) > 1 else ""
        try:
            change = _change(ProductEvent.model_validate(event), source=source)
        except ValidationError as error:
            found = problems_of(error)
            problems += [problem._replace(field=f"{place}{problem.field}") for problem in found]
        except InvalidRequest as error:
            problems.append(Problem(f"{place}data", error.code, error.message))
        else:
            changes.append(change)
            if change.told.is_ahead_of(now):
                problems.append(Problem(f"{place}time", "in_future", f"more than {MOST_AHEAD} ahead of {now}"))
    if problems:
        told = tuple(problem.told() for problem in problems[:_MOST_PROBLEMS])
        raise InvalidRequest("the delivery is not of the documented shape; nothing of it is taken", problems=told)
    return Read(tuple(changes))


def _change(event: ProductEvent, *, source: str) -> ProductChange:
    gone = event.type == "product.deleted"
    if event.datacontenttype.partition(";")[0].strip().lower() not in _OF_JSON:
        raise InvalidRequest(f"the data is {event.datacontenttype[:64]}, not JSON", code="wrong_type")
    if not gone and event.data is None:
        raise InvalidRequest("a product that changed has data", code="missing")
    if event.data is not None and event.data.parent == event.subject:
        raise InvalidRequest("a product is no variant of itself", code="own_parent")
    told = Told(source=source, ref=f"product:{event.subject}", changed_at=event.time, seen_at=event.time)
    return ProductChange(event.subject, None if gone else event.data, told)


def _events(body: bytes, headers: Mapping[str, str]) -> list[Any]:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _BATCH:
        batch = _json(body)
        if not isinstance(batch, list):
            raise InvalidRequest("a batch is an array of events", code="wrong_type")
        return batch
    if kind != _SINGLE and any(name.startswith("ce-") for name in headers):
        raise InvalidRequest(f"binary mode: nobody signs its headers; send {_SINGLE} or {_BATCH}", code="binary_mode")
    if kind not in {_SINGLE, *_OF_JSON}:
        raise InvalidRequest(f"the content is {kind[:64]}, not {_SINGLE} or {_BATCH}", code="wrong_type")
    return [_json(body)]


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"the body is no JSON: {error}"[:200], code="invalid_json") from error
