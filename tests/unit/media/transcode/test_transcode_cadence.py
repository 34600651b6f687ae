"""Clocks, rates and places: arithmetic without a film."""

from fractions import Fraction

import pytest

from assetwire.domain.pace import frame_rate
from assetwire.media.transcode.cadence import Cadence, Clock, Stamps


@pytest.mark.parametrize(
    ("average", "nominal", "maximum", "made"),
    [
        (Fraction(25), Fraction(25), 60, Fraction(25)),
        (Fraction(30_000, 1001), None, 60, Fraction(30_000, 1001)),
        (Fraction(2997, 100), None, 60, Fraction(30_000, 1001)),
        (Fraction(23), Fraction(30), 60, Fraction(30)),
        (Fraction(29_5, 10), Fraction(90_000), 60, Fraction(59, 2)),
        (Fraction(240), None, 60, Fraction(60)),
        (Fraction(50), None, 30, Fraction(25)),
        (None, None, 60, Fraction(30)),
        (None, Fraction(0), 60, Fraction(30)),
        (Fraction(1, 5), None, 60, Fraction(30)),
    ],
)
def test_a_rate_is_a_usual_one_that_is_believed_and_not_too_fast(
    average: Fraction | None, nominal: Fraction | None, maximum: int, made: Fraction
) -> None:
    assert frame_rate(average, nominal, maximum) == made


def test_a_clock_goes_forward_whatever_the_stamps_are() -> None:
    clock = Clock(10.0)
    stamps = [10.0, 10.5, None, 11.5, 5_000.0, 5_000.5, 3.0, 3.5]
    assert [clock.seconds(stamp, 0.5) for stamp in stamps] == pytest.approx([n / 2 for n in range(8)])


def test_a_clock_believes_pauses_and_what_comes_before_the_beginning() -> None:
    clock = Clock(10.0)
    assert [clock.seconds(stamp, 0.5) for stamp in (9.0, 9.5, 29.0)] == [-1.0, -0.5, 19.0]


def test_a_cadence_fills_places_with_the_frame_before_and_leaves_out_what_is_too_much() -> None:
    cadence: Cadence[str] = Cadence(Fraction(10), 8)
    shown: list[tuple[int, str]] = []
    for name, seconds in (("a", 0.2), ("b", 0.23), ("c", 0.3), ("d", 0.5), ("e", 0.9)):
        if cadence.wants(seconds):
            shown += cadence.put(name, seconds)
    assert shown == [(0, "a"), (1, "a"), (2, "a"), (3, "c"), (4, "c"), (5, "d")]
    assert cadence.shown == 6


def test_of_two_kinds_of_stamps_the_one_that_goes_back_less_often_counts() -> None:
    stamps = Stamps()
    assert [stamps.best(*both) for both in ((0, 0), (3, 1), (1, 2), (2, 3), (None, 4), (9, None))] == [0, 3, 2, 3, 4, 9]
