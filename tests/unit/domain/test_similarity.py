"""Similarity: near is near, and whatever is within the threshold is found through the bands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.similarity import BANDS, COLOUR_BITS, OPPOSED, SHAPE_BITS, THRESHOLD, Pair, bands, distance, pairs

DIGITS = (SHAPE_BITS + 2 * COLOUR_BITS) // 4
SHAPES = st.integers(min_value=0, max_value=2**SHAPE_BITS - 1)


def hashed(shape: int, above: int = 0, below: int = 0) -> str:
    return f"{shape << 2 * COLOUR_BITS | above << COLOUR_BITS | below:0{DIGITS}x}"


@given(SHAPES, st.sets(st.integers(min_value=0, max_value=SHAPE_BITS - 1), max_size=THRESHOLD))
def test_two_hashes_within_the_threshold_share_a_band(shape: int, turned: set[int]) -> None:
    other = shape ^ sum(1 << bit for bit in turned)
    assert distance(hashed(shape), hashed(other)) == len(turned)
    assert set(bands(hashed(shape))) & set(bands(hashed(other)))


@given(SHAPES, SHAPES, *[st.integers(min_value=0, max_value=2**COLOUR_BITS - 1)] * 4)
def test_any_two_hashes_that_share_no_band_are_beyond_the_threshold(
    one: int, other: int, a: int, b: int, c: int, d: int
) -> None:
    first, second = hashed(one, a & ~b, b), hashed(other, c & ~d, d)
    assert distance(first, second) == distance(second, first)
    if not set(bands(first)) & set(bands(second)):
        assert distance(first, second) > THRESHOLD


def test_one_bit_in_every_band_is_just_beyond_the_threshold() -> None:
    per_band = SHAPE_BITS // BANDS
    far = sum(1 << band * per_band for band in range(BANDS))
    assert distance(hashed(0), hashed(far)) == THRESHOLD + 1
    assert not set(bands(hashed(0))) & set(bands(hashed(far)))


def test_a_hash_has_one_key_for_each_band_and_they_are_told_apart_by_place() -> None:
    assert len(set(bands(hashed(0)))) == BANDS <= 16


def test_opposite_colours_count_and_no_colour_is_near_every_colour() -> None:
    red, cyan, grey = hashed(5, 0b1111, 0), hashed(5, 0, 0b0111), hashed(5)
    assert distance(red, cyan) == 3 * OPPOSED
    assert distance(red, grey) == distance(cyan, grey) == distance(red, red) == 0


@given(
    st.lists(SHAPES, min_size=2, max_size=6),
    st.lists(st.sets(st.integers(min_value=0, max_value=SHAPE_BITS - 1), max_size=20), min_size=1, max_size=6),
)
def test_pairs_through_bands_are_those_of_comparing_all_with_all(shapes: list[int], turns: list[set[int]]) -> None:
    shapes = shapes + [shapes[0] ^ sum(1 << bit for bit in turned) for turned in turns]
    hashes = {f"{number:02}": hashed(shape) for number, shape in enumerate(shapes)}
    expected = {
        Pair(one, other, distance(hashes[one], hashes[other])) for one in hashes for other in hashes if one < other
    }
    for within in (0, 7, THRESHOLD, THRESHOLD + 1, 100):
        found = pairs(hashes, within=within)
        assert set(found) == {pair for pair in expected if pair.distance <= within}
        assert len(found) == len(set(found))
        assert [pair.distance for pair in found] == sorted(pair.distance for pair in found)


@pytest.mark.parametrize("hashes", [{}, {"a": hashed(1)}])
def test_fewer_than_two_hashes_make_no_pair(hashes: dict[str, str]) -> None:
    assert pairs(hashes) == []
    assert pairs(hashes, within=200) == []
