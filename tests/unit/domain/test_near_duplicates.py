"""Near-duplicates: what the index holds of a version, which of what it finds is near, and one item a pair."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.inspection import Problem
from assetwire.domain.near_duplicates import Near, likenesses, nearest, work_item
from assetwire.domain.similarity import BANDS, COLOUR_BITS, SHAPE_BITS, THRESHOLD, bands, distance
from assetwire.domain.work import Queue
from fakes import some
from fakes.some import NOW

HASH = "0123456789abcdef" * 3 + "00000000"
BITS, COLOURS = SHAPE_BITS + 2 * COLOUR_BITS, 2 * COLOUR_BITS
hashes = st.integers(0, 2**SHAPE_BITS - 1).map(lambda shape: f"{shape << COLOURS:0{BITS // 4}x}")
flips = st.sets(st.integers(COLOURS, BITS - 1), max_size=THRESHOLD)


def flipped(perceptual_hash: str, bits: set[int] | range) -> str:
    return f"{int(perceptual_hash, 16) ^ sum(1 << bit for bit in bits):0{BITS // 4}x}"


@given(hashes, flips)
def test_whatever_is_near_stands_in_one_partition_at_least(one: str, bits: set[int]) -> None:
    other = flipped(one, bits)
    mine, theirs = some.likenesses("a.jpg", one), some.likenesses("b.jpg", other)
    assert {likeness.band for likeness in mine} & {likeness.band for likeness in theirs}
    (near,) = nearest(mine[0], theirs)
    assert near.distance == len(bits) == distance(one, other)


@given(hashes)
def test_a_likeness_stands_where_its_hash_begins_with_its_band(perceptual_hash: str) -> None:
    found = some.likenesses("a.jpg", perceptual_hash)
    assert len(found) == len({likeness.band for likeness in found}) == BANDS
    assert tuple(likeness.band for likeness in found) == bands(perceptual_hash)
    for likeness in found:
        assert likeness.band.endswith(likeness.place[: SHAPE_BITS // BANDS // 4])
        assert likeness.place in perceptual_hash * 2


@pytest.mark.parametrize("spoilt", [None, "", "0" * 55, "0" * 57, "x" * 56, "A" * 56])
def test_a_version_without_a_hash_of_a_picture_is_not_indexed(spoilt: str | None) -> None:
    version = some.version()
    inspection = version.inspection.model_copy(update={"perceptual_hash": spoilt})
    assert likenesses(version.model_copy(update={"inspection": inspection})) == ()


def test_a_version_whose_bytes_are_refused_is_not_indexed() -> None:
    damaged = some.pictured("a.jpg", HASH).refused(Problem(code="undecodable", field="file", message="damaged"))
    assert likenesses(damaged) == ()


def test_a_version_whose_metadata_is_refused_is_indexed_all_the_same() -> None:
    version = some.pictured("a.jpg", HASH)
    problem = Problem(code="required", field="title", message="a title is required")
    assert likenesses(version.judged((problem,))) == likenesses(version) != ()


def test_the_nearest_come_first_each_asset_once_and_none_beyond_the_threshold() -> None:
    (mine, *_) = some.likenesses("a.jpg", HASH)
    found = [
        *some.likenesses("far.jpg", flipped(HASH, range(COLOURS, COLOURS + THRESHOLD + 1))),
        *some.likenesses("edge.jpg", flipped(HASH, range(COLOURS, COLOURS + THRESHOLD))),
        *some.likenesses("twice.jpg", flipped(HASH, range(COLOURS, COLOURS + 9)), 1),
        *some.likenesses("twice.jpg", flipped(HASH, range(COLOURS, COLOURS + 3)), 2),
        *some.likenesses("equal.jpg", HASH),
        *some.likenesses("a.jpg", flipped(HASH, range(COLOURS, COLOURS + 1)), 7),
    ]
    near = [(each.likeness.file_name, each.distance) for each in nearest(mine, found)]
    assert near == [("equal.jpg", 0), ("twice.jpg", 3), ("edge.jpg", THRESHOLD)]


@given(flips)
def test_either_side_of_a_pair_opens_the_same_item_with_the_same_evidence(bits: set[int]) -> None:
    one, other = some.likenesses("a.jpg", HASH), some.likenesses("b.jpg", flipped(HASH, bits))
    first = work_item(one[0], Near(other[3], len(bits)), now=NOW)
    assert first == work_item(other[9], Near(one[5], len(bits)), now=NOW)
    assert first.queue is Queue.NEAR_DUPLICATE
    assert {first.asset_id, first.other_asset_id} == {some.asset_id("a.jpg"), some.asset_id("b.jpg")}
    assert first.evidence["distance"] == len(bits)
    for picture, likeness in zip(
        first.evidence["pictures"], sorted((one[0], other[0]), key=lambda each: each.asset_id), strict=True
    ):
        assert picture == likeness.model_dump(exclude={"band"})


def test_other_pairs_open_other_items() -> None:
    (mine, *_) = some.likenesses("a.jpg", HASH)
    others = [some.likenesses(f"{n}.jpg", HASH)[0] for n in range(5)]
    assert len({work_item(mine, Near(other, 0), now=NOW).work_id for other in others}) == 5
