"""Many operations on many lists by one call, each list by one write, and the whole once for each key of a caller."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from assetwire.domain.errors import NotFound, TransientError
from assetwire.domain.idempotency import IdempotentRequest, RequestPart, begun
from assetwire.domain.link import LinkOrigin, Place
from assetwire.domain.link_operations import LinkOperation, OperationKind, OperationOutcome, operated, refused
from assetwire.ports import AssetReader
from assetwire.ports.idempotency import IdempotentRequests
from assetwire.ports.products import Products
from assetwire.services.asset_batches import assets_by_id
from assetwire.services.conflicts import decided, saved
from assetwire.services.products import require_there


class Asked(NamedTuple):
    """Operations by their numbers in a request, and by which key, body and caller they came."""

    operations: Mapping[int, LinkOperation]
    request_id: str
    digest: str
    origin: LinkOrigin
    by: str


class _Ports(NamedTuple):
    products: Products
    assets: AssetReader
    requests: IdempotentRequests
    clock: Callable[[], datetime]


def change_links(
    asked: Asked,
    *,
    products: Products,
    assets: AssetReader,
    requests: IdempotentRequests,
    clock: Callable[[], datetime],
) -> dict[int, OperationOutcome]:
    """Carry operations out, those on one list together in their order, and return what became of each.

    The same request again is answered as before and changes nothing. What became of a list's operations is written with
    the list: where a call broke off, the next one goes on, and does nothing twice.

    Raises:
        InvalidRequest: the key came with another body before (`idempotency_key_reused`).
        Conflict: the same request is being carried out (`in_progress`); or others kept changing a list: what was done
            is done, and the same request again does the rest.
        Unavailable: the Catalog did not answer; the same holds.
    """
    ports = _Ports(products, assets, requests, clock)
    request = decided(lambda: _begin(asked, requests=requests, now=clock()))
    parts = {part.place: part for part in requests.parts(request)}
    if not request.is_done:
        _carry_out(asked, request, parts, ports=ports)
    return {int(number): outcome for part in parts.values() for number, outcome in part.outcomes.items()}


def _begin(asked: Asked, *, requests: IdempotentRequests, now: datetime) -> IdempotentRequest:
    known = requests.request(asked.request_id)
    request = begun(known, asked.request_id, asked.digest, now=now)
    if request is not known:
        requests.save_request(request)
    return request


def _carry_out(asked: Asked, request: IdempotentRequest, parts: dict[Place, RequestPart], *, ports: _Ports) -> None:
    """Carry out the parts that are not, and add them to those that are."""
    try:
        bound = [op.asset_id for op in asked.operations.values() if op.op is OperationKind.BIND and op.asset_id]
        there = {each for each, asset in assets_by_id(bound, assets=ports.assets).items() if not asset.is_gone}
        places = dict.fromkeys(operation.place for operation in asked.operations.values())
        for place in places:
            if place not in parts:
                parts[place] = _carried_out(place, asked, request, there, ports=ports)
    except TransientError:
        saved(ports.requests.save_request, request.released(ports.clock()))
        raise
    saved(ports.requests.save_request, request.done())  # who took it up meanwhile finds every part


def _carried_out(
    place: Place, asked: Asked, request: IdempotentRequest, there: set[str], *, ports: _Ports
) -> RequestPart:
    """Carry out what is asked of one list; return what became of it, also if somebody else did it meanwhile."""
    lost = False

    def attempt() -> RequestPart:
        nonlocal lost
        twin = next((part for part in ports.requests.parts(request) if part.place == place), None) if lost else None
        lost = True  # whoever loses the race may have lost it to a twin
        return twin or _part(place, asked, request, there, ports=ports)

    return decided(attempt)


def _part(place: Place, asked: Asked, request: IdempotentRequest, there: set[str], *, ports: _Ports) -> RequestPart:
    numbers = [number for number, operation in asked.operations.items() if operation.place == place]
    operations = [asked.operations[number] for number in numbers]
    try:
        media = ports.products.media(place.sku)
        require_there(media.product)
    except NotFound as error:
        found = refused(error, operations)
    else:
        whom = {"there": there, "origin": asked.origin, "by": asked.by, "now": ports.clock()}
        found = operated(place, media, operations, **whom)  # type: ignore[arg-type]
    part = RequestPart(
        request_id=request.request_id,
        serial=request.serial,
        **place._asdict(),
        outcomes={str(number): outcome for number, outcome in zip(numbers, found.outcomes, strict=True)},
        expires_at=request.expires_at,
    )
    ports.requests.carry_out(part, found.arrangement)
    return part
