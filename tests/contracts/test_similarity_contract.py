"""The index of near-duplicates: the fake and DynamoDB answer alike."""

from typing import Any

import pytest

from assetwire.adapters.catalog.repository import DynamoCatalog
from assetwire.adapters.catalog.similarity import DynamoSimilarityIndex
from assetwire.domain.near_duplicates import Likeness
from assetwire.domain.similarity import BANDS
from assetwire.ports.similarity import SimilarityIndex
from fakes import some
from fakes.catalog import FakeCatalog

HASH = "0123456789abcdef" * 3 + "00000000"
OPPOSITE = "fedcba9876543210" * 3 + "00000000"


@pytest.fixture(params=["fake", "dynamodb"])
def index(request: pytest.FixtureRequest) -> SimilarityIndex:
    if request.param == "fake":
        return FakeCatalog()
    return DynamoSimilarityIndex(request.getfixturevalue("table"), region="us-east-1")


def flipped(*bits: int) -> str:
    return f"{int(HASH, 16) ^ sum(1 << 32 + bit for bit in bits):056x}"


def found(index: SimilarityIndex, likenesses: tuple[Likeness, ...], limit: int = 10) -> tuple[list[str], int]:
    """Return the file name of each likeness that is found, in order of names, and how many bands were cut."""
    neighbours = index.neighbours(likenesses, limit=limit)
    return sorted(likeness.file_name for likeness in neighbours.likenesses), neighbours.cut


def test_what_was_added_is_found_in_each_band_as_it_was(index: SimilarityIndex) -> None:
    mine = some.likenesses("a.jpg", HASH)
    index.add(mine)
    assert index.neighbours(mine, limit=10).likenesses == list(mine)


def test_what_shares_a_band_is_found_there_alone(index: SimilarityIndex) -> None:
    index.add(some.likenesses("near.jpg", flipped(0, 100)))
    index.add(some.likenesses("far.jpg", OPPOSITE))
    assert found(index, some.likenesses("a.jpg", HASH)) == (["near.jpg"] * (BANDS - 2), 0)


def test_an_empty_index_finds_nothing(index: SimilarityIndex) -> None:
    assert found(index, some.likenesses("a.jpg", HASH)) == ([], 0)


def test_the_same_likenesses_twice_are_there_once(index: SimilarityIndex) -> None:
    mine = some.likenesses("a.jpg", HASH)
    index.add(mine)
    index.add(mine[3:])
    assert found(index, mine) == (["a.jpg"] * BANDS, 0)


def test_versions_of_one_asset_stand_beside_each_other(index: SimilarityIndex) -> None:
    for number in (1, 2):
        index.add(some.likenesses("a.jpg", HASH, number))
    assert len(index.neighbours(some.likenesses("b.jpg", HASH), limit=10).likenesses) == 2 * BANDS


def test_a_band_that_holds_as_many_as_the_limit_is_read_whole(index: SimilarityIndex) -> None:
    for number in range(4):
        index.add(some.likenesses(f"{number}.jpg", HASH)[:1])
    mine = some.likenesses("a.jpg", HASH)[:1]
    assert found(index, mine, limit=4) == (["0.jpg", "1.jpg", "2.jpg", "3.jpg"], 0)
    assert found(index, mine, limit=3)[1] == 1


@pytest.mark.parametrize("limit", [2, 4, 8])
def test_of_a_fuller_band_the_next_on_either_side_are_read(index: SimilarityIndex, limit: int) -> None:
    """Hashes that share the first band, in order of their second."""
    made = [some.likenesses(f"{n:02}.jpg", HASH[:3] + f"{n:03x}" + HASH[6:])[0] for n in range(20)]
    index.add(made)
    mine = some.likenesses("09.jpg", made[9].perceptual_hash)[:1]
    wanted = [f"{n:02}.jpg" for n in range(20) if n != 9 and abs(n - 9) <= limit // 2]
    assert found(index, mine, limit=limit) == (wanted, 1)


def test_more_than_one_request_holds_are_written(index: SimilarityIndex) -> None:
    many = [likeness for n in range(4) for likeness in some.likenesses(f"{n}.jpg", HASH)]
    index.add(many)
    assert found(index, some.likenesses("a.jpg", HASH))[0] == sorted(likeness.file_name for likeness in many)


@pytest.mark.parametrize("kind", ["fake", "dynamodb"])
def test_assets_are_read_by_name_in_the_order_asked_for_and_none_that_is_not_there(kind: str, table: str) -> None:
    catalog: Any = FakeCatalog() if kind == "fake" else DynamoCatalog(table, region="us-east-1")
    for key in ("c.jpg", "a.jpg", "b.jpg"):
        catalog.save_asset(some.asset(key))
    asked = [some.asset_id(key) for key in ("b.jpg", "nothing.jpg", "c.jpg")]
    assert [asset.asset_id for asset in catalog.assets_named(asked)] == [asked[0], asked[2]]
    assert catalog.assets_named([]) == []
