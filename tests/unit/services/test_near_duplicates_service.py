"""Near-duplicates are reported once a pair, whoever comes first and whoever else is at work; a flood costs little."""

from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetwire.domain.asset import Asset, AssetStatus, Deletion, Version
from assetwire.domain.errors import NotFound
from assetwire.domain.similarity import SHAPE_BITS, THRESHOLD
from assetwire.domain.work import Queue, WorkItem
from assetwire.services import near_duplicates
from assetwire.services.near_duplicates import LARGEST_BAND, MOST_PAIRS, Reported, report, similar_to
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.interleaving import every_order, step
from fakes.some import NOW

HASH = "0123456789abcdef" * 3 + "00000000"


def near(bits: int) -> str:
    """Return a hash that is so many bits away from HASH, in as many bands as there can be."""
    return flipped({bit * 17 % SHAPE_BITS for bit in range(bits)})


def flipped(bits: set[int]) -> str:
    """Return HASH with these bits of its shape the other way; below them stand the colours."""
    return f"{int(HASH, 16) ^ sum(1 << 32 + bit for bit in bits):056x}"


def recorded(catalog: FakeCatalog, version: Version) -> Version:
    """Record a version as ingest does, but for its picture."""
    known = catalog.records.get(("asset", version.asset_id))
    asset = known.with_version(version, now=NOW) if isinstance(known, Asset) else Asset.of(version, now=NOW)
    catalog._write(version, asset)
    return version


def reported(catalog: FakeCatalog, version: Version) -> Reported:
    return report(version, index=catalog, catalog=catalog, worklist=catalog, now=NOW)


def taken(catalog: FakeCatalog, key: str, perceptual_hash: str, number: int = 1) -> Reported:
    return reported(catalog, recorded(catalog, some.pictured(key, perceptual_hash, number)))


def pairs(catalog: FakeCatalog) -> list[WorkItem]:
    return [record for record in catalog.records.values() if isinstance(record, WorkItem)]


@pytest.fixture
def catalog() -> FakeCatalog:
    return FakeCatalog()


def test_a_near_picture_opens_one_item_and_is_taken_all_the_same(catalog: FakeCatalog) -> None:
    assert taken(catalog, "a.jpg", HASH) == Reported()
    assert taken(catalog, "b.jpg", near(4)) == Reported(opened=1)
    (item,) = pairs(catalog)
    assert item.queue is Queue.NEAR_DUPLICATE
    assert item.evidence["distance"] == 4
    assert sorted(picture["file_name"] for picture in item.evidence["pictures"]) == ["a.jpg", "b.jpg"]
    assert catalog.asset(some.asset_id("b.jpg")).status is AssetStatus.ACCEPTED


@pytest.mark.parametrize(("bits", "count"), [(0, 1), (THRESHOLD, 1), (THRESHOLD + 1, 0), (128, 0)])
def test_the_threshold_is_the_last_distance_that_is_near(catalog: FakeCatalog, bits: int, count: int) -> None:
    taken(catalog, "a.jpg", HASH)
    assert taken(catalog, "b.jpg", near(bits)).opened == len(pairs(catalog)) == count


@settings(max_examples=30)
@given(st.sets(st.integers(0, SHAPE_BITS - 1), max_size=THRESHOLD))
def test_whatever_is_within_the_threshold_is_found(bits: set[int]) -> None:
    catalog = FakeCatalog()
    taken(catalog, "a.jpg", HASH)
    assert taken(catalog, "b.jpg", flipped(bits)).opened == 1


def test_a_redelivery_changes_nothing(catalog: FakeCatalog) -> None:
    taken(catalog, "a.jpg", HASH)
    version = recorded(catalog, some.pictured("b.jpg", near(4)))
    reported(catalog, version)
    changes = len(catalog.changes)
    assert reported(catalog, version) == Reported()
    assert reported(catalog, catalog.versions(some.asset_id("a.jpg"))[0]) == Reported()
    assert len(catalog.changes) == changes


def test_a_decision_stays_when_either_side_comes_again(catalog: FakeCatalog) -> None:
    taken(catalog, "a.jpg", HASH)
    taken(catalog, "b.jpg", near(4))
    catalog.save(pairs(catalog)[0].closed("different", by="me", now=NOW))
    taken(catalog, "a.jpg", near(2), 2)
    (item,) = pairs(catalog)
    assert item.resolution == "different"


def test_versions_of_one_asset_are_no_pair(catalog: FakeCatalog) -> None:
    taken(catalog, "a.jpg", HASH)
    assert taken(catalog, "a.jpg", near(1), 2) == Reported()
    assert pairs(catalog) == []


def test_deleted_assets_are_not_reported_whichever_side_they_are(catalog: FakeCatalog) -> None:
    taken(catalog, "a.jpg", HASH)
    asset = catalog.asset(some.asset_id("a.jpg"))
    deletion = Deletion(by="me", at=NOW, due_at=NOW, done_at=NOW)
    catalog._write(asset.model_copy(update={"status": AssetStatus.DELETED, "deletion": deletion}))
    assert taken(catalog, "b.jpg", near(1)) == Reported()
    assert reported(catalog, catalog.versions(asset.asset_id)[0]) == Reported()
    assert similar_to(some.asset_id("b.jpg"), index=catalog, catalog=catalog).similar == []
    catalog.forget(asset.asset_id)  # its versions went with it
    assert similar_to(asset.asset_id, index=catalog, catalog=catalog).similar == []


def test_a_version_without_a_picture_asks_nothing(catalog: FakeCatalog) -> None:
    version = recorded(catalog, some.version("a.mp3"))
    changes = len(catalog.changes)
    assert reported(catalog, version) == Reported()
    assert len(catalog.changes) == changes


class TestAFlood:
    """Thousands of equal pictures: each upload costs a bounded number of items and reads, and says what it left out."""

    @pytest.fixture
    def flooded(self, catalog: FakeCatalog) -> FakeCatalog:
        for number in range(LARGEST_BAND * 3):
            version = recorded(catalog, some.pictured(f"{number}.jpg", HASH))
            catalog.add(near_duplicates.likenesses(version))
        return catalog

    def test_the_nearest_are_reported_and_the_rest_is_counted(self, flooded: FakeCatalog) -> None:
        result = taken(flooded, "one more.jpg", HASH)
        assert result.opened == len(pairs(flooded)) == MOST_PAIRS
        assert 0 < result.left_out <= 2 * LARGEST_BAND * 16
        assert result.cut_bands == 16

    def test_no_more_of_a_band_is_read_than_the_limit(self, flooded: FakeCatalog) -> None:
        mine = some.likenesses("one more.jpg", HASH)
        assert len(flooded.neighbours(mine, limit=LARGEST_BAND).likenesses) <= LARGEST_BAND * len(mine)

    @pytest.mark.parametrize("bits", [1, 5, THRESHOLD])
    def test_the_near_one_among_many_that_share_a_part_is_still_found(self, catalog: FakeCatalog, bits: int) -> None:
        """Half of the bands are the same in all: as if all had one white edge."""
        for number in range(LARGEST_BAND * 3):
            other = HASH[:24] + some.version(f"{number}.jpg").inspection.sha256[:24] + "0" * 8
            catalog.add(near_duplicates.likenesses(recorded(catalog, some.pictured(f"{number}.jpg", other))))
        taken(catalog, "a.jpg", HASH)
        assert taken(catalog, "b.jpg", near(bits)).opened == 1
        assert pairs(catalog)[0].evidence["distance"] == bits


class SteppingCatalog(FakeCatalog):
    """Another upload may go on before each of these calls."""

    steps: Sequence[str] = ("add", "neighbours", "assets_named", "open")

    def __getattribute__(self, name: str) -> Any:
        if name in type(self).steps:
            step()
        return super().__getattribute__(name)


class CoarseCatalog(SteppingCatalog):
    """Another upload may go on before all, and between writing the index and reading it."""

    steps = ("neighbours",)


def check_every_order(kind: Callable[[], FakeCatalog], *hashes: str, expected: int) -> int:
    """Report pictures at once, in every order of their steps, and require so many pairs; return how many orders."""
    catalog = kind()

    def begin() -> list[Callable[[], object]]:
        nonlocal catalog
        catalog = kind()
        versions = [recorded(catalog, some.pictured(f"{number}.jpg", each)) for number, each in enumerate(hashes)]
        return [lambda version=version: reported(catalog, version) for version in versions]

    orders = 0
    for orders in every_order(begin):
        assert len(pairs(catalog)) == expected, f"order {orders}"
    return orders


def test_of_two_at_once_one_sees_the_other_in_every_order_of_their_steps() -> None:
    assert check_every_order(SteppingCatalog, HASH, near(3), expected=1) > 100


def test_of_three_at_once_all_three_pairs_are_seen_in_every_order() -> None:
    assert check_every_order(CoarseCatalog, HASH, near(3), near(6), expected=3) == 90


def test_a_report_that_reads_before_it_writes_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def mutant(version: Version, *, index: Any, catalog: Any, worklist: Any, now: Any) -> Reported:
        mine = near_duplicates.likenesses(version)
        found = near_duplicates._near(mine, index=index, catalog=catalog)
        index.add(mine)
        opened = [
            worklist.open(near_duplicates.work_item(mine[0], near_duplicates.Near(s.likeness, s.distance), now=now))
            for s in found.similar
        ]
        return Reported(sum(opened))

    monkeypatch.setitem(globals(), "report", mutant)
    with pytest.raises(AssertionError, match="order"):
        check_every_order(SteppingCatalog, HASH, near(3), expected=1)


def test_an_item_that_is_not_of_the_pair_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    real = near_duplicates.work_item

    def mutant(mine: Any, other: Any, *, now: Any) -> WorkItem:
        item = real(mine, other, now=now)
        return item.model_copy(update={"work_id": some.ids.work_id(mine.asset_id, other.likeness.asset_id)})

    monkeypatch.setattr(near_duplicates, "work_item", mutant)
    with pytest.raises(AssertionError, match="order"):
        check_every_order(SteppingCatalog, HASH, near(3), expected=1)


def test_uploads_in_any_order_are_the_same_pairs() -> None:
    found = []
    for order in permutations([("a.jpg", HASH), ("b.jpg", near(2)), ("c.jpg", near(THRESHOLD + 2))]):
        catalog = FakeCatalog()
        for key, perceptual_hash in order:
            taken(catalog, key, perceptual_hash)
        found.append(sorted(pairs(catalog), key=lambda item: item.work_id))
    assert all(items == found[0] for items in found)
    assert len(found[0]) == 2


class TestSimilar:
    """What is near an asset now."""

    def test_the_nearest_come_first_with_what_they_are(self, catalog: FakeCatalog) -> None:
        taken(catalog, "a.jpg", HASH)
        taken(catalog, "b.jpg", near(9))
        taken(catalog, "c.jpg", near(2))
        found = similar_to(some.asset_id("a.jpg"), index=catalog, catalog=catalog)
        assert [(s.likeness.file_name, s.distance, s.current) for s in found.similar] == [
            ("c.jpg", 2, True),
            ("b.jpg", 9, True),
        ]
        assert (found.left_out, found.cut_bands) == (0, 0)

    def test_a_picture_that_was_replaced_is_near_and_not_current(self, catalog: FakeCatalog) -> None:
        taken(catalog, "a.jpg", HASH)
        taken(catalog, "b.jpg", near(1))
        taken(catalog, "b.jpg", near(100), 2)
        (found,) = similar_to(some.asset_id("a.jpg"), index=catalog, catalog=catalog).similar
        assert not found.current
        assert similar_to(some.asset_id("b.jpg"), index=catalog, catalog=catalog).similar == []

    def test_an_asset_without_a_picture_is_near_to_nothing(self, catalog: FakeCatalog) -> None:
        recorded(catalog, some.version("a.mp3"))
        assert similar_to(some.asset_id("a.mp3"), index=catalog, catalog=catalog).similar == []

    def test_an_asset_that_nobody_knows_is_not_found(self, catalog: FakeCatalog) -> None:
        with pytest.raises(NotFound):
            similar_to(some.asset_id("x.jpg"), index=catalog, catalog=catalog)
