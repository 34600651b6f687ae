"""Reconcile products: bring the mirror to what PIM has, page by page, from where a run stopped.

Each page is written to the mirror first, and then the job's next state: a run that dies in between does the page again,
and one that is doubled loses against the other and stops.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from assetwire.domain import ids
from assetwire.domain.akeneo import PRICES, change_of, sku_of, timely
from assetwire.domain.akeneo_mapping import AkeneoMapping
from assetwire.domain.errors import Misconfigured, NotFound, NotUnderstood, Throttled
from assetwire.domain.job import RECONCILE_PRODUCTS, Job, JobState
from assetwire.domain.product import Product
from assetwire.domain.product_change import Followed, Outcome, ProductChange
from assetwire.domain.product_feed import Told
from assetwire.domain.reconciliation import (
    LAG,
    LARGEST_SHARE,
    MOST_DELETIONS,
    OVERLAP,
    PAGE,
    PATIENCE,
    Feed,
    Phase,
    Place,
    SeenPage,
    is_wanted,
    start,
)
from assetwire.ports import Agenda
from assetwire.ports.feeds import Feeds, Pim, PimPage
from assetwire.ports.products import Products
from assetwire.services.conflicts import decided
from assetwire.services.jobs import Advanced, Lost, written
from assetwire.services.products import follow

_MOST_WAITS = 5
"""How often one page is asked for while PIM asks to wait, before the run ends and goes on later."""
_PHASES = list(Phase)
_Answer = TypeVar("_Answer")


class Patience(NamedTuple):
    """How long a run goes on: `left` says how many seconds it has, `pause` waits for some."""

    left: Callable[[], float]
    pause: Callable[[float], None]


def start_reconciliation(
    source: str,
    *,
    full: bool,
    any_number: bool = False,
    by: str,
    token: str = "",
    feeds: Feeds,
    agenda: Agenda,
    now: datetime,
) -> Job:
    """Start a look at a PIM, of all or of what changed since the last, unless one that does as well goes on.

    With `any_number`, it may delete however many products are not there any more: one that stands still for that
    goes on.

    Raises:
        Conflict: others kept starting one.
    """

    def attempt() -> Job:
        known = feeds.feed(source)
        running = None if known is None else _running(known, agenda=agenda)
        if running is not None and (running.request["full"] if full else _sees_changes(running)):
            return _let_go_on(running, any_number, agenda=agenda, now=now)
        job_id = _job_id(source, known, full=full, token=token)
        if token:
            standing = _standing(job_id, agenda=agenda)
            if standing is not None:
                return standing
        begun = start(known, source, full=full, any_number=any_number, job_id=job_id, by=by, now=now)
        feeds.write(begun.job, feed=begun.feed)
        return begun.job

    return decided(attempt)


def look_for(source: str, at: datetime, *, feeds: Feeds, agenda: Agenda, now: datetime) -> bool:
    """See to it that a change of this moment is found, of which an event told; tell whether it needed a look.

    One look finds all changes of some minute; what happens while one goes on has it look once more.

    Raises:
        Conflict: others kept changing the same.
    """

    def attempt() -> bool:
        known = feeds.feed(source)
        if known is not None and known.since is not None and at < known.since - OVERLAP:
            return False
        running = None if known is None else _running(known, agenda=agenda)
        if known is None or running is None or not _sees_changes(running):
            job_id = _job_id(source, known, full=False)
            begun = start(known, source, full=False, delay=PATIENCE, job_id=job_id, by="assetwire", now=now)
            feeds.write(begun.job, feed=begun.feed.model_copy(update={"wanted_at": at}))
        elif known.wanted_at is None or known.wanted_at < at:
            feeds.save(known.changed(wanted_at=at))
        return True

    return decided(attempt)


def start_wanted(*, every: timedelta, full_every: timedelta, feeds: Feeds, agenda: Agenda, now: datetime) -> list[Job]:
    """Start a run of each feed whose last one is long enough ago, and return those."""
    started = []
    for feed in feeds.feeds():
        full = is_wanted(feed, every=every, full_every=full_every, now=now)
        if full is not None:
            job = start_reconciliation(feed.source, full=full, by="assetwire", feeds=feeds, agenda=agenda, now=now)
            started += [job] if job.created_at == now else []
    return started


def reconcile_products(
    job_id: str,
    *,
    connect: Callable[[str], Pim],
    patience: Patience,
    mapping: AkeneoMapping,
    feeds: Feeds,
    products: Products,
    agenda: Agenda,
    clock: Callable[[], datetime],
) -> Advanced:
    """Take a run further while it has time; what is left is due again.

    Raises:
        NotFound: there is no such job.
        Unavailable, Misconfigured: PIM does not answer, or does not know us; the message comes again, and the job is
            woken again.
        NotUnderstood: far more would be deleted than a look may find (`too_many_deletions`).
    """
    job = agenda.job(job_id)
    if job.state is not JobState.RUNNING or job.kind != RECONCILE_PRODUCTS:
        return Advanced(job.state, job.done, job.changed)
    pim = connect(str(job.request["source"]))
    run = _Run(pim, patience=patience, mapping=mapping, feeds=feeds, products=products, agenda=agenda, clock=clock)
    try:
        job = run.to_the_end(job)
    except Lost:
        return Advanced(job.state, job.done, job.changed, lost=True)
    return Advanced(job.state, job.done, job.changed)


class _Run:
    def __init__(
        self,
        pim: Pim,
        *,
        patience: Patience,
        mapping: AkeneoMapping,
        feeds: Feeds,
        products: Products,
        agenda: Agenda,
        clock: Callable[[], datetime],
    ) -> None:
        self._pim, self._patience, self._mapping = pim, patience, mapping
        self._feeds, self._products, self._agenda, self._clock = feeds, products, agenda, clock

    def to_the_end(self, job: Job) -> Job:
        try:
            while self._patience.left() > 0:
                place = Place.of(job)
                job = self._deleted(job, place) if place.phase is Phase.DELETIONS else self._paged(job, place)
                if job.state is not JobState.RUNNING or (job.cursor is None and place.phase is Phase.DELETIONS):
                    return job  # it ended, or looks once more in a while
        except Throttled as error:
            return self._saved(job, job.waiting(timedelta(seconds=error.seconds), now=self._clock()))
        return self._saved(job, job.waiting(timedelta(), now=self._clock()))

    def _paged(self, job: Job, place: Place) -> Job:
        """Mirror the next page, and return the job after it."""
        source = str(job.request["source"])
        page = self._asked(job, place)
        changes, failed, unread = self._changes(page, place.phase, source)
        found = follow(changes, products=self._products, now=self._clock())
        failed += [f"{each.product.sku}: sku_taken" for each in found if each.outcome is Outcome.TAKEN]
        seen = None
        if job.request["full"]:
            skus = (*(change.sku for change in changes), *unread)
            seen = SeenPage(source=source, page=place.pages, job_id=job.job_id, skus=skus)
        after = place.model_copy(
            update={
                "next_page": page.next_page,
                "pages": place.pages + 1,
                "began_at": place.began_at or page.as_of,
                "phase": place.phase if page.next_page else _PHASES[_PHASES.index(place.phase) + 1],
            }
        )
        changed = job.progressed(
            now=self._clock(),
            cursor=after.model_dump_json(),
            done=job.done + len(page.items),
            changed=job.changed + _changed_since(job, found),
            failed=job.failed + len(failed),
            message="; ".join(filter(None, (job.message, *failed)))[:500],
        )
        return self._saved(job, changed, seen=seen)

    def _asked(self, job: Job, place: Place) -> PimPage:
        """Return the next page that PIM has; where it asks to wait, after that, if there is time for it."""
        if place.next_page is not None:
            asked = place.next_page
            return self._patiently(lambda: self._pim.page(asked))
        feed = self._feed(job)
        since = None if job.request["full"] or feed.since is None else feed.since - OVERLAP
        codes = self._codes(job, feed, place)
        return self._patiently(lambda: self._pim.first_page(place.phase.kind, since=since, codes=codes))

    def _codes(self, job: Job, feed: Feed, place: Place) -> tuple[str, ...]:
        """Return the mapping's attributes that PIM has; a full run asks anew, others when the mapping is another."""
        wanted = self._mapping.codes
        if feed.asked_codes == wanted and (place.phase is not Phase.MODELS or not job.request["full"]):
            return feed.known_codes
        types = self._patiently(lambda: self._pim.attributes(wanted))
        if prices := [code for code, kind in types.items() if kind == PRICES]:
            text = f"{', '.join(prices)}: prices, which have no place here: see data/akeneo"
            raise Misconfigured(text, code="price_mapped")
        known = tuple(code for code in wanted if code in types)

        def keep() -> None:
            kept = self._feed(job)
            if (kept.asked_codes, kept.known_codes) != (wanted, known):
                self._feeds.save(kept.changed(asked_codes=wanted, known_codes=known))

        decided(keep)
        return known

    def _patiently(self, ask: Callable[[], _Answer]) -> _Answer:
        for _ in range(_MOST_WAITS - 1):
            try:
                return ask()
            except Throttled as error:
                if error.seconds >= self._patience.left():
                    raise
                self._patience.pause(error.seconds)
        return ask()

    def _changes(self, page: PimPage, phase: Phase, source: str) -> tuple[list[ProductChange], list[str], list[str]]:
        """Return what a page says, what of it failed, and the SKUs of that: PIM has what cannot be read."""
        changes, failed, unread = [], [], []
        about: dict[str, Any] = {"mapping": self._mapping, "source": source, "seen_at": page.as_of}
        for item in page.items:
            try:
                change = timely(change_of(item, kind=phase.kind, **about), now=page.as_of)
            except NotUnderstood as error:
                failed.append(f"{error.message}: {error.code}")
                sku = sku_of(item, kind=phase.kind, mapping=self._mapping)
                unread += [sku] if sku is not None else []
                continue
            changes += [change] if change is not None else []
        return changes, failed, unread

    def _deleted(self, job: Job, place: Place) -> Job:
        """Delete what a full run did not see, and end the run: the feed is known as of when it began."""
        source, began_at = str(job.request["source"]), place.began_at
        if job.request["full"] and began_at is not None:
            gone = self._gone(source, job, began_at)
            for first in range(0, len(gone), PAGE):
                page = [_removal(each, source, began_at) for each in gone[first : first + PAGE]]
                follow(page, products=self._products, now=self._clock())
        ended = job.progressed(now=self._clock(), state=JobState.DONE, total=job.done + job.failed)

        again = job.waiting(PATIENCE, now=self._clock())
        again = again.model_copy(update={"cursor": None, "request": {**job.request, "full": False}})

        def end() -> Job:
            feed = self._feed(job)
            missed = feed.wanted_at is not None and began_at is not None and feed.wanted_at > began_at - LAG
            feed = feed.changed(since=max(filter(None, (feed.since, began_at)), default=None), wanted_at=None)
            after = again if missed else ended
            return written(lambda: self._feeds.write(after, feed=feed), job, after, agenda=self._agenda)

        return decided(end)

    def _gone(self, source: str, job: Job, began_at: datetime) -> list[Product]:
        seen = self._feeds.seen(source, job.job_id)
        unseen = [sku for sku in self._feeds.mirrored() if sku not in seen]
        found: list[Product] = []
        for first in range(0, len(unseen), PAGE):
            for product in self._products.products_named(unseen[first : first + PAGE]):
                told = product.told
                if told is None or told.source != source or product.is_deleted:
                    continue
                if max(told.changed_at, told.seen_at) < began_at:
                    found.append(product)
        most = max(MOST_DELETIONS, LARGEST_SHARE * (len(seen) + len(found)))
        if len(found) > most and not job.request.get("any_number"):
            text = f"{len(found)} products of {source} are not there any more, of {len(seen) + len(found)}"
            raise NotUnderstood(
                f"{text}: start a run that may delete any number, if that is meant", code="too_many_deletions"
            )
        return found

    def _feed(self, job: Job) -> Feed:
        return self._feeds.feed(str(job.request["source"])) or Feed(source=str(job.request["source"]), revision=-1)

    def _saved(self, old: Job, new: Job, *, seen: SeenPage | None = None) -> Job:
        return written(lambda: self._feeds.write(new, seen=seen), old, new, agenda=self._agenda)


def _let_go_on(job: Job, any_number: bool, *, agenda: Agenda, now: datetime) -> Job:
    """Return a run that goes on, after it was allowed what it was not."""
    if not any_number or job.request.get("any_number"):
        return job
    allowed = job.waiting(timedelta(), now=now).model_copy(update={"request": {**job.request, "any_number": True}})
    agenda.save(allowed)
    return allowed


def _changed_since(job: Job, found: list[Followed]) -> int:
    """Count the products that are other than when a run began: whoever does a page again counts the same."""
    return sum(each.product.updated_at >= job.created_at for each in found)


def _removal(product: Product, source: str, at: datetime) -> ProductChange:
    ref = product.told.ref if product.told else ""
    return ProductChange(product.sku, None, Told(source=source, ref=ref, changed_at=at, seen_at=at, inferred=True))


def _job_id(source: str, known: Feed | None, *, full: bool, token: str = "") -> str:
    """Return the id of a run that a call's token asks for, or the feed as it is."""
    return ids.job_id(RECONCILE_PRODUCTS, source, str(full), token or str(0 if known is None else known.revision))


def _running(feed: Feed, *, agenda: Agenda) -> Job | None:
    """Return the run of a feed that goes on."""
    job = agenda.job(feed.job_id) if feed.job_id else None
    return job if job is not None and job.state is JobState.RUNNING else None


def _sees_changes(job: Job) -> bool:
    """Tell whether a run still looks at what changed: one that only deletes may stand still for long."""
    return Place.of(job).phase is not Phase.DELETIONS


def _standing(job_id: str, *, agenda: Agenda) -> Job | None:
    try:
        return agenda.job(job_id)
    except NotFound:
        return None
