"""Looks at a PIM bring the mirror to what it has, with the fewest calls, from wherever one stopped."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from assetwire.adapters import web
from assetwire.adapters.akeneo import AkeneoPim, Connection
from assetwire.domain.akeneo import Kind, change_of
from assetwire.domain.akeneo_mapping import AkeneoMapping, mapping_named
from assetwire.domain.due import DueKind
from assetwire.domain.errors import Misconfigured, NotUnderstood, Unavailable
from assetwire.domain.job import Job, JobState
from assetwire.domain.product import ProductStatus
from assetwire.domain.reconciliation import OVERLAP, PATIENCE
from assetwire.services.products import delete_product, follow, put_product
from assetwire.services.reconcile_products import (
    Patience,
    look_for,
    reconcile_products,
    start_reconciliation,
    start_wanted,
)
from fakes import some
from fakes.akeneo import CREDENTIALS, URL, AkeneoDouble
from fakes.catalog import FakeCatalog
from fakes.feeds import FakeFeeds
from fakes.products import FakeProducts
from fakes.some import NOW

TOKEN, ATTRIBUTES = "POST /api/oauth/v1/token", "GET /api/rest/v1/attributes"
MODELS, PRODUCTS = "GET /api/rest/v1/product-models", "GET /api/rest/v1/products-uuid"


class House:
    """A mirror, a PIM that it looks at, and a clock that both have."""

    def __init__(self) -> None:
        self.products, self.agenda = FakeProducts(), FakeCatalog()
        self.feeds = FakeFeeds(self.agenda, self.products)
        self.pim = AkeneoDouble(NOW)
        self.mapping: AkeneoMapping = mapping_named("default")
        self.left: Callable[[], float] = lambda: 100.0
        self.pauses: list[float] = []

    def later(self, hours: float = 1) -> None:
        self.pim.now += timedelta(hours=hours)

    def start(self, *, full: bool = False, **more: Any) -> Job:
        asked: dict[str, Any] = {"by": "me", "feeds": self.feeds, "agenda": self.agenda, "now": self.pim.now}
        return start_reconciliation("akeneo", full=full, **asked | more)

    def run(self, job: Job) -> Job:
        connection = Connection(url=URL, **CREDENTIALS)  # type: ignore[arg-type]
        reconcile_products(
            job.job_id,
            connect=lambda _source: AkeneoPim(connection),
            patience=Patience(self.left, self.pauses.append),
            mapping=self.mapping,
            feeds=self.feeds,
            products=self.products,
            agenda=self.agenda,
            clock=lambda: self.pim.now,
        )
        return self.agenda.job(job.job_id)

    def look(self, *, full: bool = False, **more: Any) -> tuple[Job, list[str]]:
        """Look once; return the job after it, and the requests that were made."""
        self.pim.requests.clear()
        return self.run(self.start(full=full, **more)), list(self.pim.requests)

    def wanted(self) -> dict[str, Any]:
        """Return what the mirror has to be, from the PIM's own state, by the rules of reading alone."""
        found = {}
        for kind, things in ((Kind.MODEL, self.pim.models), (Kind.PRODUCT, self.pim.products)):
            for each in things.values():
                shown = self.pim.shown(each)
                change = change_of(shown, kind=kind, mapping=self.mapping, source="akeneo", seen_at=NOW)
                if change is not None:
                    found[change.sku] = change.facts
        return found

    def mirrored(self) -> dict[str, Any]:
        return {sku: self.products.product(sku).facts for sku in self.products.listed()}


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    found = House()
    monkeypatch.setattr(web, "ask", found.pim.ask)
    return found


def fill(house: House, *, products: int = 250, models: int = 3) -> None:
    for number in range(models):
        house.pim.model(f"model-{number}", f"Modell {number}")
    for number in range(products):
        parent = f"model-{number % models}" if models and number % 10 == 0 else None
        house.pim.put(f"S-{number}", "" if parent else f"Schuh {number}", parent=parent)


def test_the_first_look_is_at_all_and_costs_a_call_for_a_hundred(house: House) -> None:
    fill(house)
    job, calls = house.look()
    assert calls == [TOKEN, ATTRIBUTES, MODELS, PRODUCTS, PRODUCTS, PRODUCTS]
    assert (job.state, job.request["full"], job.done, job.changed, job.failed) == (JobState.DONE, True, 253, 253, 0)
    assert house.mirrored() == house.wanted()
    assert house.mirrored()["S-10"].texts["de-DE"].name == "Modell 1"
    feed = house.feeds.feed("akeneo")
    assert feed is not None
    assert feed.since == NOW


def test_what_webhooks_missed_is_found_with_the_fewest_calls(house: House) -> None:
    fill(house)
    house.later()
    house.look()
    house.later()
    for number in range(101, 106):
        house.pim.put(f"S-{number}", f"Stiefel {number}")
    house.pim.put("S-new", "Neu")
    house.pim.put("S-1", "Schuh 1", enabled=False)
    house.pim.model("model-1", "Anders")  # its 8 variants inherit that, and no event tells so
    writes = house.products.writes
    job, calls = house.look()
    assert calls == [TOKEN, MODELS, PRODUCTS]
    assert house.mirrored() == house.wanted()
    assert house.products.product("S-1").facts.status is ProductStatus.UNPUBLISHED
    assert house.mirrored()["S-10"].texts["de-DE"].name == "Anders"
    assert (job.done, job.changed, house.products.writes - writes) == (16, 16, 16)


def test_a_look_that_finds_nothing_costs_three_calls_and_writes_no_product(house: House) -> None:
    fill(house, products=5)
    house.later()
    house.look()
    house.later(24)
    writes = house.products.writes
    job, calls = house.look()
    assert (calls, job.done, house.products.writes) == ([TOKEN, MODELS, PRODUCTS], 0, writes)
    job, calls = house.look(full=True)
    assert (calls, job.done, house.products.writes) == ([TOKEN, ATTRIBUTES, MODELS, PRODUCTS], 8, writes)


def test_what_the_pims_index_was_late_with_is_looked_at_again(house: House) -> None:
    fill(house, products=3)
    house.look()
    house.pim.put("S-0", "spät")  # in the very second of the look, and by its index found later
    house.later(OVERLAP.total_seconds() / 3600 * 0.9)
    house.look()
    assert house.mirrored() == house.wanted()


def test_only_a_look_at_all_finds_what_was_deleted(house: House) -> None:
    fill(house)
    house.look()
    house.later()
    for number in range(1, 4):
        house.pim.remove(f"S-{number}")
    put_product("ours", some.product().facts, products=house.products, now=NOW)
    house.look()
    assert len(house.mirrored()) == len(house.wanted()) + 4
    _, calls = house.look(full=True)
    assert calls == [TOKEN, ATTRIBUTES, MODELS, PRODUCTS, PRODUCTS, PRODUCTS]
    assert house.mirrored() == house.wanted() | {"ours": some.product().facts}
    assert house.products.product("S-1").is_deleted
    house.later()
    house.pim.put("S-1", "wieder da")
    house.look()
    assert not house.products.product("S-1").is_deleted


def test_what_one_look_did_not_see_is_back_with_the_next_that_does_though_it_did_not_change(house: House) -> None:
    fill(house, products=20, models=0)
    house.look()
    house.later(25)
    hidden = {house.pim.uuid_of("S-7"): house.pim.products.pop(house.pim.uuid_of("S-7"))}
    house.look(full=True)
    assert house.products.product("S-7").is_deleted
    house.pim.products |= hidden
    house.later(25)
    house.look(full=True)
    assert house.mirrored() == house.wanted()
    assert not house.products.product("S-7").is_deleted


@pytest.mark.parametrize(
    "broken", [*({"updated": at} for at in ("2026-06-01T10:00:00", "2099-01-01T00:00:00+00:00")), {"values": "none"}]
)
def test_what_a_look_sees_and_cannot_read_is_not_deleted(house: House, broken: dict[str, Any]) -> None:
    fill(house, products=20, models=0)
    house.look()
    house.later(25)
    shown = house.pim.shown
    unreadable = house.pim.uuid_of("S-7")
    house.pim.shown = lambda resource, codes=None: (  # type: ignore[method-assign]
        shown(resource, codes) | (broken if resource.get("uuid") == unreadable else {})
    )
    job, _ = house.look(full=True)
    assert (job.state, job.failed) == (JobState.DONE, 1)
    assert not house.products.product("S-7").is_deleted


def test_what_came_while_a_look_went_on_is_not_deleted(house: House) -> None:
    fill(house, products=5)
    job = house.start(full=True)
    house.left = iter([1.0, 1.0, 0.0]).__next__  # as far as the deletions
    house.run(job)
    house.later(0.1)
    house.pim.put("S-new", "Neu")
    resource = house.pim.shown(next(each for each in house.pim.products.values() if each["identifier"] == "S-new"))
    change = change_of(resource, kind=Kind.PRODUCT, mapping=house.mapping, source="akeneo", seen_at=house.pim.now)
    assert change is not None
    follow([change], products=house.products, now=house.pim.now)
    house.left = lambda: 1.0
    assert house.run(job).state is JobState.DONE
    assert house.mirrored() == house.wanted()


def test_a_look_goes_on_from_the_page_where_it_stopped(house: House) -> None:
    fill(house)
    job = house.start()
    for _ in range(5):
        assert house.agenda.job(job.job_id).state is JobState.RUNNING
        house.left = iter([1.0, 0.0]).__next__
        stopped = house.run(job)
    assert (stopped.state, house.mirrored()) == (JobState.DONE, house.wanted())
    assert [call for call in house.pim.requests if call != TOKEN] == [ATTRIBUTES, MODELS, PRODUCTS, PRODUCTS, PRODUCTS]


def test_what_is_left_is_due_at_once(house: House) -> None:
    fill(house)
    job = house.start()
    assert job.due is not None
    assert (job.due.kind, job.due.at) == (DueKind.PRODUCTS, NOW)
    house.left = lambda: 0.0
    waiting = house.run(job)
    assert waiting.due is not None
    assert (waiting.state, waiting.due.kind, waiting.due.at) == (JobState.RUNNING, DueKind.PRODUCTS, NOW)


def test_where_the_pim_asks_to_wait_a_look_waits_as_long_as_it_says(house: House) -> None:
    fill(house)
    house.pim.quota = 4
    waits: list[float] = []

    class Waits(list[float]):
        def append(self, seconds: float) -> None:
            waits.append(seconds)
            house.pim.rest()

    house.pauses = Waits()
    job, _ = house.look()
    assert (job.state, waits) == (JobState.DONE, [3.0])
    assert house.mirrored() == house.wanted()


def test_a_look_without_the_time_to_wait_goes_on_later(house: House) -> None:
    fill(house)
    house.pim.quota, house.left = 4, lambda: 2.0
    job, _ = house.look()
    assert job.due is not None
    assert (job.state, job.due.at) == (JobState.RUNNING, NOW + timedelta(seconds=3))
    house.pim.rest()
    assert house.run(job).state is JobState.DONE
    assert house.mirrored() == house.wanted()


def test_a_pim_that_keeps_asking_to_wait_is_left_alone_for_a_while(house: House) -> None:
    fill(house)
    house.pim.quota = 4
    job, calls = house.look()
    assert (job.state, house.pauses) == (JobState.RUNNING, [3.0] * 4)
    assert len(calls) == 4 + 5


def test_a_pim_that_fails_has_the_message_come_again(house: House) -> None:
    fill(house, products=3)
    house.pim.fails = 1
    job = house.start()
    with pytest.raises(Unavailable):
        house.run(job)
    assert house.run(job).state is JobState.DONE


def test_a_token_that_ends_is_asked_for_anew(house: House) -> None:
    fill(house)
    house.pim.token_seconds = 60
    real = house.pim.answer

    def slow(method: str, target: str, *more: Any) -> Any:
        answer = real(method, target, *more)
        house.pim.now += timedelta(seconds=25)
        return answer

    house.pim.answer = slow  # type: ignore[method-assign]
    job, calls = house.look()
    assert job.state is JobState.DONE
    assert 1 < calls.count(TOKEN) <= 4
    assert set(house.mirrored()) == set(house.wanted())


def test_what_can_be_no_product_here_is_told_and_the_rest_counts(house: House) -> None:
    fill(house, products=3)
    house.pim.put("A/B", "no SKU")
    house.pim.put(None, "not yet")
    house.pim.model("S-1", "a model of a product's code")
    job, _ = house.look()
    assert (job.state, job.done, job.failed) == (JobState.DONE, 9, 2)
    assert "'A/B' is no SKU: invalid_sku" in job.message
    assert "S-1: sku_taken" in job.message
    assert house.mirrored()["S-1"].texts["de-DE"].name == "a model of a product's code"


def test_far_more_deletions_than_usual_stop_a_look_until_somebody_says_that_they_are_meant(house: House) -> None:
    fill(house, products=300, models=0)
    house.look()
    house.later()
    for number in range(100, 200):
        house.pim.remove(f"S-{number}")
    job = house.start(full=True)
    for _ in range(2):
        with pytest.raises(NotUnderstood) as caught:
            house.run(job)
        assert caught.value.code == "too_many_deletions"
    assert len(house.mirrored()) == 300
    asked = len(house.pim.requests)
    allowed = house.start(full=True, any_number=True)
    assert allowed.job_id == job.job_id
    assert house.run(allowed).state is JobState.DONE
    assert (house.mirrored(), len(house.pim.requests)) == (house.wanted(), asked)


def test_a_look_that_stands_still_before_its_deletions_keeps_no_change_from_being_found(house: House) -> None:
    fill(house, products=100, models=0)
    house.look()
    house.later()
    for number in range(60):
        house.pim.remove(f"S-{number}")
    stuck = house.start(full=True)
    with pytest.raises(NotUnderstood):
        house.run(stuck)
    house.pim.put("S-99", "Anders")
    job, _ = house.look()
    assert (job.state, job.job_id == stuck.job_id) == (JobState.DONE, False)
    assert house.products.product("S-99").facts.texts["de-DE"].name == "Anders"
    house.look(full=True, any_number=True)
    assert house.mirrored() == house.wanted()
    assert house.run(stuck).state is JobState.DONE


def test_some_deletions_are_a_days_work(house: House) -> None:
    fill(house, products=60, models=0)
    house.look()
    house.later()
    for number in range(50):
        house.pim.remove(f"S-{number}")
    house.look(full=True)
    assert len(house.mirrored()) == 10


def test_a_mapping_that_names_prices_by_another_name_takes_nothing(house: House) -> None:
    fill(house, products=3)
    house.pim.attributes["worth"] = "pim_catalog_price_collection"
    house.mapping = house.mapping.model_copy(update={"gtins": ("worth",)})
    with pytest.raises(Misconfigured) as caught:
        house.look()
    assert (caught.value.code, house.mirrored()) == ("price_mapped", {})


def test_another_mapping_has_its_attributes_asked_for(house: House) -> None:
    fill(house, products=3)
    house.look()
    house.later()
    house.pim.put("S-1", "", values={"image_alt_text": [{"locale": "de_DE", "scope": None, "data": "Alt"}]})
    texts = house.mapping.texts.model_copy(update={"name": ("image_alt_text",), "alt_text": ()})
    house.mapping = house.mapping.model_copy(update={"texts": texts})
    _, calls = house.look()
    assert calls == [TOKEN, ATTRIBUTES, MODELS, PRODUCTS]
    assert house.mirrored()["S-1"].texts["de-DE"].name == "Alt"


def test_a_pim_that_does_not_know_us_is_the_houses_fault(house: House) -> None:
    job = house.start()
    refuse = lambda *_: (422, {}, {"message": "No user found"})  # noqa: E731
    house.pim.answer = refuse  # type: ignore[method-assign]
    with pytest.raises(Misconfigured) as caught:
        house.run(job)
    assert caught.value.code == "pim_refused"


def test_of_two_runs_at_once_one_goes_on(house: House) -> None:
    fill(house)
    job = house.start()
    second = iter([job])

    def left() -> float:
        for each in second:
            house.run(each)
        return 1.0

    house.left = left
    house.run(job)
    assert (house.agenda.job(job.job_id).state, house.mirrored()) == (JobState.DONE, house.wanted())


def test_a_look_that_goes_on_is_not_started_twice(house: House) -> None:
    first = house.start()
    assert first.request["full"]
    assert house.start() == house.start(full=True) == first
    house.run(first)
    later = house.start()
    assert not later.request["full"]
    full = house.start(full=True)
    assert full.request["full"]
    assert full.job_id != later.job_id


def test_a_token_makes_a_look_the_same_one_whenever_it_is_asked_for(house: House) -> None:
    first = house.start(token="a")
    house.run(first)
    assert house.start(token="a").job_id == first.job_id
    assert house.start(token="b").job_id != first.job_id


def test_looks_are_started_when_it_is_time(house: House) -> None:
    often: dict[str, Any] = {"every": timedelta(hours=1), "full_every": timedelta(days=1)}

    def tick() -> list[bool]:
        ports: dict[str, Any] = {"feeds": house.feeds, "agenda": house.agenda}
        jobs = start_wanted(**often, **ports, now=house.pim.now)
        for job in jobs:
            house.run(job)
        return [job.request["full"] for job in jobs]

    assert tick() == []  # nobody ever asked for a look
    house.look()
    assert tick() == []
    told = []
    for _ in range(25):
        house.later()
        told += tick()
        told += tick()
    assert told == [*[False] * 23, True, False]


def test_a_look_that_stands_still_is_not_started_again(house: House) -> None:
    house.look()
    house.later(2)
    waiting = house.start()
    ports: dict[str, Any] = {"feeds": house.feeds, "agenda": house.agenda}
    house.later(2)
    often = {"every": timedelta(hours=1), "full_every": timedelta(days=9)}
    assert start_wanted(**often, **ports, now=house.pim.now) == []
    assert house.start().job_id == waiting.job_id


def test_a_product_that_a_person_deleted_comes_back_if_the_pim_has_it(house: House) -> None:
    fill(house, products=1, models=0)
    house.look()
    delete_product("S-0", products=house.products, now=NOW)
    house.later()
    house.look(full=True)
    assert not house.products.product("S-0").is_deleted


class TestLooksThatEventsAskFor:
    """Events that tell which product changed ask for a look: one for many, once more for what it may have missed."""

    def told(self, house: House) -> bool:
        ports: dict[str, Any] = {"feeds": house.feeds, "agenda": house.agenda}
        return look_for("akeneo", house.pim.now, **ports, now=house.pim.now)

    def jobs(self, house: House) -> list[Job]:
        return house.agenda.jobs(limit=10, after=None).jobs

    def test_one_look_finds_all_that_is_told_before_it_begins(self, house: House) -> None:
        house.look()
        house.later()
        for number in range(5):
            house.pim.put(f"S-{number}", "Neu")
            assert self.told(house)
        job = self.jobs(house)[0]
        house.pim.now += PATIENCE
        assert house.run(job).state is JobState.DONE
        assert (len(self.jobs(house)), house.mirrored()) == (2, house.wanted())

    def test_what_is_told_while_a_look_goes_on_has_it_look_once_more(self, house: House) -> None:
        fill(house, products=3)
        house.look()
        house.later()
        job = house.start()
        house.left = iter([1.0, 1.0, 0.0]).__next__  # models and products are looked at
        house.run(job)
        house.later(0.1)
        house.pim.put("S-1", "Anders")
        assert self.told(house)
        house.left = lambda: 1.0
        again = house.run(job)
        assert again.due is not None
        assert (again.state, again.due.at) == (JobState.RUNNING, house.pim.now + PATIENCE)
        assert house.mirrored() != house.wanted()
        assert house.run(job).state is JobState.DONE
        assert house.mirrored() == house.wanted()
        feed = house.feeds.feed("akeneo")
        assert feed is not None
        assert feed.wanted_at is None

    def test_what_was_looked_at_long_since_needs_no_look(self, house: House) -> None:
        at = house.pim.now
        house.later()
        house.look()
        ports: dict[str, Any] = {"feeds": house.feeds, "agenda": house.agenda}
        assert not look_for("akeneo", at, **ports, now=house.pim.now)
        assert len(self.jobs(house)) == 1

    def test_a_look_at_all_that_looks_once_more_looks_at_what_changed(self, house: House) -> None:
        fill(house, products=3)
        job = house.start(full=True)
        house.later(0.1)
        assert self.told(house)
        again = house.run(job)
        assert (again.state, again.request["full"]) == (JobState.RUNNING, False)
        house.pim.requests.clear()
        assert house.run(job).state is JobState.DONE
        assert house.pim.requests == [TOKEN, MODELS, PRODUCTS]
