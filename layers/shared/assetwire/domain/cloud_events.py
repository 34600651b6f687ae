"""Products in CloudEvents: the form for every system that is no Akeneo, in all three of its modes over HTTP.

Source: CloudEvents 1.0.2, HTTP protocol binding, 3.1 (binary), 3.2 (structured) and 3.3 (batched).
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from assetwire.domain.errors import InvalidRequest
from assetwire.domain.model import Instant
from assetwire.domain.product import ProductFacts
from assetwire.domain.product_change import ProductChange
from assetwire.domain.product_feed import Told
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


def read(body: bytes, headers: Mapping[str, str], *, source: str) -> Read:
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
            changes.append(_change(ProductEvent.model_validate(event), source=source))
        except ValidationError as error:
            found = problems_of(error)
            problems += [problem._replace(field=f"{place}{problem.field}") for problem in found]
        except InvalidRequest as error:
            problems.append(Problem(f"{place}data", error.code, error.message))
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
    if kind != _SINGLE and "ce-specversion" in headers:
        known = {name.removeprefix("ce-"): unquote(value) for name, value in headers.items() if name.startswith("ce-")}
        said = {"data": _json(body)} if body.strip() else {}
        return [known | said | {"datacontenttype": kind or "application/json"}]
    if kind not in {_SINGLE, *_OF_JSON}:
        raise InvalidRequest(f"the content is {kind[:64]}, not {_SINGLE} or {_BATCH}", code="wrong_type")
    return [_json(body)]


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"the body is no JSON: {error}"[:200], code="invalid_json") from error
