"""Reconcile: what is lost or left over in a bucket is asked for, and is right once those who were asked have run."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from assetwire.domain import lifecycle
from assetwire.domain.archive import Act, Archive, ArchiveState
from assetwire.domain.collection import INHERITANCE, joined
from assetwire.domain.job import Job, JobState
from assetwire.domain.purge import Urgency
from assetwire.domain.rights import Window
from assetwire.domain.shown import Delivered
from assetwire.domain.spec_book import SpecBook
from assetwire.services.enforce import enforce
from assetwire.services.jobs import Advanced, advance
from assetwire.services.purge import want_purge
from assetwire.services.reconcile import RECONCILE, Reconcile, start_reconcile
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.collections import FakeCollections
from fakes.purges import Clock, FakeEdge, FakePurges, run_purge
from fakes.rendition_world import ASSET, GRACE, World, with_quality
from fakes.revocations import FakeRevocations
from fakes.some import NOW
from fakes.stores import FakeDeliveryStore


class Stack(World):
    """An asset that is rendered and delivered, and whoever looks after that."""

    def __init__(self) -> None:
        super().__init__()
        self.delivery = FakeDeliveryStore(self.store)
        self.edge = FakeEdge(self.delivery)
        self.purges = FakePurges(self.catalog)
        self.jobs = 0
        self.upload(1, b"A")
        self.change(lambda asset: asset.with_rights(some.rights(), now=NOW))
        self.make()
        self.enforce()
        self.catalog.changes.clear()

    def change(self, step: Any) -> None:
        FakeCatalog.save_asset(self.catalog, step(self.asset))

    def enforce(self, at: datetime = NOW) -> None:
        enforce(
            ASSET,
            catalog=self.catalog,
            delivery=self.delivery,
            purges=self.purges,
            revocations=FakeRevocations(),
            clock=lambda: at,
        )
        run_purge(self.purges.pending, purges=self.purges, edge=self.edge, clock=Clock(at))

    def reconcile(self, *asset_ids: str, at: datetime = NOW) -> Advanced:
        self.jobs += 1
        job = start_reconcile(asset_ids, by="me", token=str(self.jobs), agenda=self.catalog, now=at)
        work = Reconcile(
            catalog=self.catalog,
            renditions=self.store,
            delivery=self.delivery,
            collections=FakeCollections(self.catalog),
            agenda=self.catalog,
            purges=self.purges,
            book=SpecBook((self.spec,)),
            grace=GRACE,
            now=at,
        )
        return advance(
            job.job_id,
            goes_on=lambda: True,
            agenda=self.catalog,
            catalog=self.catalog,
            progress=self.catalog,
            works={RECONCILE: work},
            now=at,
        )

    def settle(self, at: datetime = NOW) -> tuple[bool, bool]:
        """Reconcile, and let those who are asked run; tell whether renditions and delivery were asked for."""
        before = self.asset
        assert self.reconcile(at=at).state is JobState.DONE
        rendering = self.asset.rendering_asked != before.rendering_asked
        delivery = self.asset.delivery_asked != before.delivery_asked
        if rendering:
            self.make(at)
        if delivery or self.asset.rendered != before.rendered:
            self.enforce(at)
        return rendering, delivery

    def is_right(self) -> bool:
        shown = {rendition.name: rendition for rendition in self.renditions if rendition.superseded_at is None}
        prefix = f"{ASSET}/g{self.asset.generation}/{self.asset.current_version}"
        expected = {f"{prefix}/{name}": self.store.objects[each.key] for name, each in shown.items()}
        return self.delivery.objects == expected and len(expected) == 4


@pytest.fixture
def stack() -> Stack:
    return Stack()


def test_what_is_right_is_left_alone(stack: Stack) -> None:
    asset = stack.asset
    assert stack.settle() == (False, False)
    assert stack.asset == asset


def test_a_lost_rendition_is_made_again(stack: Stack) -> None:
    lost = stack.renditions[0]
    del stack.store.objects[lost.key]
    assert stack.settle() == (True, False)
    assert lost.key in stack.store.objects
    assert stack.is_right()
    assert stack.settle() == (False, False)


def test_both_buckets_may_be_lost_whole(stack: Stack) -> None:
    stack.store.objects.clear()
    stack.delivery.objects.clear()
    assert stack.settle() == (True, False)
    assert stack.is_right()


def test_a_lost_object_of_the_delivery_bucket_is_copied_again(stack: Stack) -> None:
    stack.delivery.objects.popitem()
    assert stack.settle() == (False, True)
    assert stack.is_right()
    assert stack.settle() == (False, False)


@pytest.mark.parametrize("bucket", ["renditions", "delivery"])
def test_an_object_with_other_bytes_is_replaced(stack: Stack, bucket: str) -> None:
    objects = stack.store.objects if bucket == "renditions" else stack.delivery.objects
    objects[next(iter(objects))] = b"planted"
    assert stack.settle() == (bucket == "renditions", bucket == "delivery")
    assert stack.is_right()


def test_a_planted_object_is_removed_and_caches_forget_it(stack: Stack) -> None:
    key = f"{ASSET}/g9/planted.jpg"
    stack.delivery.objects[key] = b"planted"
    stack.edge.view(key)
    assert stack.settle() == (False, True)
    assert stack.is_right()
    assert stack.edge.cached == {}


def test_a_purge_that_is_late_is_asked_for_once_more_and_no_other(stack: Stack) -> None:
    late = NOW + Urgency.URGENT.late_after + timedelta(seconds=1)
    want_purge(ASSET, generation=1, urgency=Urgency.URGENT, purges=stack.purges, clock=lambda: NOW)
    assert stack.settle(NOW + timedelta(minutes=1)) == (False, False)
    key = next(iter(stack.delivery.objects))
    stack.edge.view(key)
    assert stack.settle(late) == (False, True)
    assert (stack.purges.pending, stack.edge.cached) == ([], {})
    wanted = stack.purges.purge(ASSET).wanted  # type: ignore[union-attr]
    assert stack.settle(late) == (False, False)
    stack.enforce(late)
    assert stack.purges.purge(ASSET).wanted == wanted  # type: ignore[union-attr]


def test_what_was_left_of_a_withdrawn_asset_is_removed(stack: Stack) -> None:
    stack.change(lambda asset: lifecycle.withdraw(asset, Act(by="me", at=NOW)))
    assert stack.settle() == (False, True)
    assert stack.delivery.objects == {}


def test_a_window_that_ended_by_itself_is_followed(stack: Stack) -> None:
    later = NOW + timedelta(hours=1)
    stack.change(lambda asset: asset.with_rights(some.rights(windows=(Window(ends=later),)), now=NOW))
    stack.enforce()
    assert stack.settle() == (False, False)
    assert stack.settle(later) == (False, True)
    assert stack.delivery.objects == {}


def test_a_record_of_the_delivery_that_differs_is_mended(stack: Stack) -> None:
    record = stack.asset.delivered
    stack.change(lambda asset: asset.with_delivered(Delivered(generation=1), now=NOW))
    assert stack.settle() == (False, True)
    assert stack.asset.delivered == record


def test_an_object_that_nothing_names_goes_once_it_is_old(stack: Stack) -> None:
    stack.store.hold(f"{ASSET}/stray.jpg", b"x")
    assert stack.settle(NOW + timedelta(days=6)) == (False, False)
    assert stack.settle(NOW + GRACE) == (True, False)
    assert f"{ASSET}/stray.jpg" not in stack.store.objects


def test_specs_that_changed_unnoticed_are_followed(stack: Stack) -> None:
    stack.spec = with_quality(90)
    assert stack.settle() == (True, False)
    assert stack.is_right()


class TestColdStorage:
    """Masters in cold storage are fetched for what is lost alone."""

    @pytest.fixture
    def cold(self, stack: Stack) -> Stack:
        archive = Archive(state=ArchiveState.ARCHIVED, asked=Act(by="me", at=NOW))
        stack.change(lambda asset: asset.with_life(now=NOW, archive=archive))
        return stack

    def test_a_spec_that_changed_waits(self, cold: Stack) -> None:
        cold.spec = with_quality(90)
        assert cold.settle() == (False, False)

    def test_a_lost_rendition_does_not(self, cold: Stack) -> None:
        del cold.store.objects[cold.renditions[0].key]
        assert cold.settle()[0]

    def test_a_lost_copy_needs_no_master(self, cold: Stack) -> None:
        cold.delivery.objects.clear()
        assert cold.settle() == (False, True)
        assert cold.is_right()


def test_named_assets_alone_are_compared_and_one_that_is_not_there_is_counted(stack: Stack) -> None:
    stack.delivery.objects.clear()
    assert stack.reconcile(some.asset_id("nowhere.jpg")) == Advanced(JobState.DONE, 0, 0)
    assert stack.reconcile(ASSET) == Advanced(JobState.DONE, 1, 1)


def test_for_a_member_that_does_not_follow_its_collection_the_job_is_started_that_brings_its_rights() -> None:
    stack = Stack()
    collection = some.collection()
    stack.catalog._write(collection.changed(now=NOW, rights=some.rights(territories=("DE",))))
    stack.change(lambda asset: joined(asset, collection, now=NOW))
    assert stack.settle() == (False, False)
    started = [each for each in stack.catalog.records.values() if isinstance(each, Job) and each.kind == INHERITANCE]
    assert [(each.request["collection_id"], each.by) for each in started] == [(collection.collection_id, "assetwire")]
