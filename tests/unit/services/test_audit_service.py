"""The audit: everything in the bucket and every accepted asset is looked at, and what moves meanwhile is no finding."""

from collections.abc import Iterator

import pytest

from assetwire.domain.asset import Asset, UploadRecord
from assetwire.domain.audit import Difference, Kind
from assetwire.domain.collection import joined
from assetwire.domain.shown import Rendered
from assetwire.services import audit as auditing
from assetwire.services.audit import audit
from assetwire.services.enforce import enforce
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.collections import FakeCollections
from fakes.purges import FakePurges
from fakes.revocations import FakeRevocations
from fakes.some import NOW
from fakes.stores import FakeDeliveryStore, FakeRenditionStore

ASSETS = 7


class World:
    """Some assets, each with one rendition in delivery."""

    def __init__(self) -> None:
        self.catalog, self.renditions = FakeCatalog(), FakeRenditionStore()
        self.delivery = FakeDeliveryStore(self.renditions)
        self.assets = [self.add(number) for number in range(ASSETS)]

    def add(self, number: int) -> Asset:
        version = some.version(f"{number}.jpg", number)
        note = UploadRecord(upload=version.upload, asset_id=version.asset_id, version_id=version.version_id)
        asset = Asset.of(version, now=version.upload.uploaded_at)
        self.catalog.record(note, version=version, asset=asset)
        rendition = some.rendition(version, "web-320.jpg")
        etag = self.renditions.hold(rendition.key, f"{number}".encode())
        self.catalog.save_renditions([rendition.model_copy(update={"etag": etag})])
        rendered = Rendered(version_id=version.version_id, outputs={"web-320.jpg": rendition.digest})
        self.change(asset.with_rendered(rendered, now=NOW))
        self.change(self.catalog.asset(asset.asset_id).with_rights(some.rights(), now=NOW))
        self.enforce(asset.asset_id)
        return self.catalog.asset(asset.asset_id)

    def change(self, asset: Asset) -> None:
        self.catalog.save_asset(asset)

    def enforce(self, asset_id: str) -> None:
        enforce(
            asset_id,
            catalog=self.catalog,
            delivery=self.delivery,
            purges=FakePurges(),
            revocations=FakeRevocations(),
            clock=lambda: NOW,
        )

    def findings(self) -> list[Difference]:
        steps = list(
            audit(catalog=self.catalog, delivery=self.delivery, collections=FakeCollections(self.catalog), now=NOW)
        )
        self.counted = steps[-1][:2]
        return [step.difference for step in steps if step.difference is not None]

    def key(self, number: int) -> str:
        asset = self.assets[number]
        return f"{asset.asset_id}/g1/{asset.current_version}/web-320.jpg"


@pytest.fixture(autouse=True, params=[100, 2])
def _pages(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "LARGEST_PAGE", request.param)


@pytest.fixture
def world() -> World:
    return World()


def test_a_bucket_that_is_right_has_no_findings(world: World) -> None:
    assert world.findings() == []
    assert world.counted == (ASSETS, ASSETS)


def test_planted_objects_are_found_wherever_they_stand(world: World) -> None:
    planted = [
        "0.jpg",
        "zzz/x.jpg",
        f"{world.assets[3].asset_id}/g1/planted.jpg",
        f"{some.asset_id('gone')}/g1/v/x.jpg",
    ]
    for key in planted:
        world.delivery.objects[key] = b"x"
    found = world.findings()
    assert [difference.key for difference in found] == sorted(planted)
    assert {difference.kind for difference in found} == {Kind.UNEXPECTED}
    assert world.counted == (ASSETS + 3, ASSETS + 4)


def test_an_asset_of_which_nothing_stands_is_found_from_the_catalog(world: World) -> None:
    del world.delivery.objects[world.key(2)]
    assert [found[:2] for found in world.findings()] == [(world.key(2), Kind.MISSING)]
    assert world.counted == (ASSETS, ASSETS - 1)


def test_an_object_with_other_bytes_is_found(world: World) -> None:
    world.delivery.objects[world.key(4)] = b"other"
    assert [found[:2] for found in world.findings()] == [(world.key(4), Kind.OTHER_BYTES)]


def test_what_is_put_right_while_it_is_looked_at_is_no_finding(world: World) -> None:
    """A narrowing right before: by the second look, enforce has moved everything to the new generation."""
    asset = world.assets[1]
    walked = world.delivery.walked

    def narrowed_meanwhile() -> Iterator[tuple[str, str]]:
        entries = list(walked())
        narrower = some.rights(territories=("DE",))
        world.change(world.catalog.asset(asset.asset_id).with_rights(narrower, now=NOW))
        world.enforce(asset.asset_id)
        yield from entries

    world.delivery.walked = narrowed_meanwhile  # type: ignore[method-assign]
    assert world.findings() == []


def test_a_member_is_held_against_what_its_collection_allows_now_whether_it_follows_or_not() -> None:
    world = World()
    collection = some.collection()
    world.catalog._write(collection.changed(now=NOW, rights=some.rights(usages=("print",))))
    member = joined(world.assets[0], collection, now=NOW)
    world.change(member)
    (found,) = world.findings()
    assert (found.key.split("/")[0], found.kind) == (member.asset_id, Kind.UNEXPECTED)
    assert found.reason == "web: usage_not_licensed"
