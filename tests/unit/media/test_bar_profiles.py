"""Digits out of grey levels: what is blurred is still read, what is no code spells nothing."""

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from assetwire.domain import gtin
from assetwire.media import bar_profiles
from fakes.bars import modules

EAN = "4006381333931"
numbers = st.integers(0, 10**12 - 1).map(lambda body: f"{body:012}" + gtin.check_digit(f"{body:012}"))


def profile(
    number: str, *, module: float = 3.0, blur: float = 0.0, bend: float = 0.0, noise: int = 0, seed: int = 1
) -> list[int]:
    """Return grey levels across a code: a module's length, the blur in modules, the middle's shift in modules."""
    code = "0" * 12 + modules(number) + "0" * 12
    chosen = random.Random(seed)  # noqa: S311  # noise, no secrets
    fine = 8
    dark = [int(bit) for bit in code for _ in range(fine)]
    weights = [math.exp(-0.5 * (at / fine / blur) ** 2) for at in range(-24, 25)] if blur else [1.0]
    reach, total = len(weights) // 2, sum(weights)
    padded = [0] * reach + dark + [0] * reach
    blurred = [
        sum(w * d for w, d in zip(weights, padded[at : at + len(weights)], strict=True)) / total
        for at in range(len(dark))
    ]
    levels = []
    for at in range(int(len(code) * module)):
        share = at / (len(code) * module)
        x = at / module + 4 * bend * share * (1 - share)
        levels.append(round(200 - 150 * blurred[min(len(blurred) - 1, int(x * fine))]) + chosen.randint(-noise, noise))
    return levels


def read(line: Sequence[int]) -> set[str]:
    return {reading.text for reading in bar_profiles.read_profile(line)}


@pytest.mark.parametrize("blur", [0.0, 0.4, 0.55])
@pytest.mark.parametrize("bend", [-1.0, 0.0, 1.0])
def test_a_blurred_and_slanted_code_is_read_in_either_direction(blur: float, bend: float) -> None:
    line = profile(EAN, blur=blur, bend=bend)
    assert read(line) == read(line[::-1]) == {EAN}


def test_a_reading_says_where_the_code_is() -> None:
    (reading,) = bar_profiles.read_profile(profile(EAN, module=3))
    assert reading.left == pytest.approx(36, abs=3)
    assert reading.right == pytest.approx(36 + 95 * 3, abs=3)


@settings(max_examples=8, deadline=None)
@given(numbers, st.sampled_from([0.2, 0.35]), st.sampled_from([3.0, 4.5]))
def test_every_number_is_read_as_itself(number: str, blur: float, module: float) -> None:
    assert read(profile(number, blur=blur, module=module)) == {number}


@settings(max_examples=8, deadline=None)
@given(numbers, st.sampled_from([0.6, 0.8, 1.0]), st.integers(0, 60), st.integers(0, 1000))
def test_what_is_too_blurred_or_noisy_is_no_other_number(number: str, blur: float, noise: int, seed: int) -> None:
    assert read(profile(number, blur=blur, noise=noise, seed=seed)) <= {number}


def test_one_wrong_digit_is_no_number() -> None:
    assert read(profile(EAN[:-1] + "2")) == set()


def test_stripes_and_noise_spell_nothing() -> None:
    chosen = random.Random(7)  # noqa: S311  # bars, no secrets
    for _ in range(10):
        line = [200] * 40
        for _ in range(30):
            line += [chosen.choice((30, 60))] * chosen.randint(2, 14) + [200] * chosen.randint(2, 14)
        line += [200] * 40
        assert read(line) == set()


@pytest.mark.parametrize("line", [[], [7], [7, 9], [0, 255] * 600, [128] * 500])
def test_lines_that_are_no_pictures_of_bars_do_no_harm(line: list[int]) -> None:
    assert read(line) == set()


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 2), (40, 40)])
def test_tiny_pictures_have_lines_without_readings(size: tuple[int, int]) -> None:
    grey = Image.new("L", size, 90)
    found = [line for direction in (0, 30, 90) for line in bar_profiles.lines(grey, direction)]
    assert all(not line.readings for line in found)
