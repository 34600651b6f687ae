"""Webhooks: let in what a known source signed just now, and write what it says into the mirror later."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from assetwire.domain import akeneo_events, cloud_events
from assetwire.domain.akeneo import Kind
from assetwire.domain.akeneo_mapping import AkeneoMapping
from assetwire.domain.akeneo_platform import Hint, event_in, hint_of
from assetwire.domain.errors import NotUnderstood, TooLarge, Unauthenticated
from assetwire.domain.product_change import Outcome, ProductChange
from assetwire.domain.product_feed import Told, ref_name
from assetwire.domain.webhook import LARGEST_DELIVERY, Delivery, Form, Problem, Read, Source, belonging
from assetwire.ports import Agenda
from assetwire.ports.feeds import Feeds
from assetwire.ports.matches import Matches
from assetwire.ports.products import Products
from assetwire.ports.webhooks import DeliveryQueue, WebhookSources
from assetwire.services.products import follow
from assetwire.services.reconcile_products import look_for

Verify = Callable[[Source, Mapping[str, str], bytes], str]
"""Returns the id of a delivery that one of the source's secrets signed just now."""


def receive(
    name: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    sources: WebhookSources,
    verify: Verify,
    queue: DeliveryQueue,
    now: datetime,
) -> str:
    """Let a delivery in, so that the mirror hears of it, and return its id.

    Nothing is read but the sources' secrets, and nothing written but the queue. What its form alone shows to be wrong
    is refused here, so that its sender hears of it.

    Raises:
        TooLarge: its body is larger than is taken.
        Unauthenticated: no such source (`unknown_source`), or not signed by it just now; `code` says why.
        InvalidRequest: it is not of the source's form, or says what is not kept here; `problems` says where.
        Unavailable: the queue did not take it: the sender must try again.
    """
    if len(body) > LARGEST_DELIVERY:
        raise TooLarge(f"{len(body)} bytes, at most {LARGEST_DELIVERY} are taken at once")
    source, delivery_id = _signed(name, headers, body, sources=sources, verify=verify)
    if _says_something(source.form, name, headers, body, now=now):
        about = {"source": name, "form": source.form, "delivery_id": delivery_id, "received_at": now}
        queue.put(Delivery.of(body, **about, headers=belonging(headers)))
    return delivery_id


def mirror(
    delivery: Delivery,
    *,
    mapping: AkeneoMapping,
    products: Products,
    matches: Matches,
    feeds: Feeds,
    agenda: Agenda,
    now: datetime,
) -> Counter[str]:
    """Write what a delivery says of products, and return how many changes became what.

    Of what changed, and is not told how, somebody looks what it is now.

    Raises:
        NotUnderstood: some of it cannot be taken; all else is written.
        InvalidRequest: it is not of its source's form.
        Conflict: others kept changing the same products; the message must come again.
        Misconfigured: the mapping names an attribute of prices.
    """
    read = _read(delivery, mapping=mapping, matches=matches)
    wanted = read.look_for is not None and look_for(delivery.source, read.look_for, feeds=feeds, agenda=agenda, now=now)
    found = follow(read.changes, products=products, now=now)
    problems = [*read.problems, *(_taken(each.product.sku) for each in found if each.outcome is Outcome.TAKEN)]
    if problems:
        told = "; ".join(f"{problem.field}: {problem.code}: {problem.message}" for problem in problems)
        raise NotUnderstood(f"{len(problems)} of a delivery's events cannot be taken: {told}"[:1000])
    return Counter(each.outcome.value for each in found) + Counter(ignored=read.ignored, looked_for=int(wanted))


def _signed(
    name: str, headers: Mapping[str, str], body: bytes, *, sources: WebhookSources, verify: Verify
) -> tuple[Source, str]:
    """Return the source of a delivery and its id; secrets may have been changed since they were read."""
    try:
        return _judged(name, headers, body, sources=sources, verify=verify)
    except Unauthenticated as error:
        if error.code not in {"unknown_source", "wrong_signature"} or not sources.renew():
            raise
        return _judged(name, headers, body, sources=sources, verify=verify)


def _judged(
    name: str, headers: Mapping[str, str], body: bytes, *, sources: WebhookSources, verify: Verify
) -> tuple[Source, str]:
    source = sources.named(name)
    if source is None:
        raise Unauthenticated(f"no source is called {name[:64]!r}", code="unknown_source")
    return source, verify(source, headers, body)


def _says_something(form: Form, name: str, headers: Mapping[str, str], body: bytes, *, now: datetime) -> bool:
    match form:
        case Form.CLOUDEVENTS:
            return bool(cloud_events.read(body, headers, source=name, now=now).changes)
        case Form.AKENEO:
            return bool(akeneo_events.events_in(body))
        case Form.AKENEO_PLATFORM:
            return hint_of(event_in(body)) is not None


def _read(delivery: Delivery, *, mapping: AkeneoMapping, matches: Matches) -> Read:
    came_at = delivery.received_at
    match delivery.form:
        case Form.CLOUDEVENTS:
            return cloud_events.read(delivery.body, delivery.headers, source=delivery.source, now=came_at)
        case Form.AKENEO:
            return akeneo_events.read(delivery.body, source=delivery.source, mapping=mapping, now=came_at)
        case Form.AKENEO_PLATFORM:
            return _hinted(hint_of(event_in(delivery.body)), delivery.source, matches=matches)


def _hinted(hint: Hint | None, source: str, *, matches: Matches) -> Read:
    """Return what a hint says: that something is gone; or that somebody has to look."""
    if hint is None:
        return Read(ignored=1)
    if not hint.is_gone:
        return Read(look_for=hint.at)
    if hint.kind is Kind.MODEL:
        skus: Sequence[str] = (hint.name,)
    else:
        (skus,) = matches.skus_at([ref_name(source, hint.ref)]).values()
    told = Told(source=source, ref=hint.ref, changed_at=hint.at, seen_at=hint.at)
    return Read(tuple(ProductChange(sku, None, told) for sku in skus), ignored=int(not skus))


def _taken(sku: str) -> Problem:
    return Problem(sku, "sku_taken", "the source has another kind of thing under this SKU")
