"""A number of bytes is met by few encodes, at nearly the best quality that fits, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.errors import Unmet
from assetwire.domain.spec import Encoding, Format
from assetwire.media.encoding import met


class Encoder:
    """Writes files whose bytes halve with so many points of quality, a little more or less where quality is low."""

    def __init__(self, *, largest: int, halving: float, bend: float) -> None:
        self.largest, self.halving, self.bend = largest, halving, bend
        self.tried: list[int] = []

    def bytes_at(self, quality: int) -> int:
        return int(self.largest * 2 ** ((quality - 100) / self.halving + self.bend * ((quality - 50) / 50) ** 2))

    def __call__(self, encoding: Encoding) -> int:
        assert encoding.quality is not None
        self.tried.append(encoding.quality)
        return self.bytes_at(encoding.quality)


ENCODERS = st.builds(
    Encoder, largest=st.integers(10_000, 10_000_000), halving=st.floats(6, 30), bend=st.floats(-0.5, 0.5)
)


@given(ENCODERS, st.integers(2, 100), st.integers(1, 100), st.integers(1_000, 10_000_000))
def test_what_stands_at_the_end_fits_and_is_nearly_the_best_that_does(
    encoder: Encoder, quality: int, least: int, most: int
) -> None:
    encoding = Encoding(format=Format.JPEG, quality=quality, least_quality=least, maximum_bytes=most)
    fitting = [each for each in range(min(quality, least), quality + 1) if encoder.bytes_at(each) <= most]
    if not fitting:
        with pytest.raises(Unmet) as raised:
            met(encoder, encoding)
        assert raised.value.code == "over_maximum_bytes"
    else:
        assert met(encoder, encoding) == encoder.bytes_at(encoder.tried[-1]) <= most
        best = max(fitting)
        assert best - encoder.tried[-1] <= 8
        assert best == encoder.tried[-1] or encoder.bytes_at(encoder.tried[-1]) > 0.5 * encoder.bytes_at(best)
    assert len(encoder.tried) <= 7


def test_a_file_that_fits_is_encoded_once() -> None:
    encoder = Encoder(largest=100_000, halving=14, bend=0)
    met(encoder, Encoding(format=Format.WEBP, quality=80, maximum_bytes=50_000))
    met(encoder, Encoding(format=Format.WEBP, quality=90))
    assert encoder.tried == [80, 90]


def test_a_usual_photograph_takes_three_encodes() -> None:
    encoder = Encoder(largest=8_000_000, halving=14, bend=0)
    size = met(encoder, Encoding(format=Format.JPEG, quality=92, maximum_bytes=2_000_000))
    assert len(encoder.tried) <= 3
    assert size > 1_800_000


def test_what_has_no_quality_to_lower_is_tried_once() -> None:
    tried: list[Encoding] = []

    def write(encoding: Encoding) -> int:
        tried.append(encoding)
        return 2_000

    for encoding in (
        Encoding(format=Format.PNG, maximum_bytes=1_000),
        Encoding(format=Format.JPEG, quality=40, least_quality=40, maximum_bytes=1_000),
    ):
        with pytest.raises(Unmet, match="2000 bytes"):
            met(write, encoding)
    assert len(tried) == 2
