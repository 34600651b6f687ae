"""High dynamic range: the curves of the standards, at the points that they name."""

from pathlib import Path

import pytest

from assetwire.media.transcode.colours import HLG, PQ, hlg_light, pq_light, pq_signal, standard, toned, write_table


@pytest.mark.parametrize(
    ("signal", "nits"), [(0.0, 0.0), (0.5081, 100.0), (0.5807, 203.0), (0.7518, 1000.0), (1.0, 10_000.0)]
)
def test_pq_is_that_of_st_2084(signal: float, nits: float) -> None:
    assert pq_light(signal) == pytest.approx(nits, rel=2e-3, abs=1e-6)
    assert pq_signal(nits) == pytest.approx(signal, abs=2e-4)


def test_hlg_at_three_quarters_is_reference_white_and_at_full_the_nominal_peak() -> None:
    assert hlg_light(0.75, 0.75, 0.75) == pytest.approx((203.0,) * 3, rel=2e-3)
    assert hlg_light(1, 1, 1) == pytest.approx((1000.0,) * 3, rel=1e-3)
    assert hlg_light(0, 0, 0) == (0, 0, 0)


def test_middle_tones_stay_and_highlights_are_told_apart_up_to_the_peak() -> None:
    assert [toned(nits) for nits in (0, 1, 50)] == pytest.approx([0, 1, 50])
    rolled = [toned(nits) for nits in (100, 203, 400, 700, 1000)]
    assert rolled == sorted(rolled)
    assert len({round(each) for each in rolled}) == 5
    assert rolled[-1] == pytest.approx(203)
    assert toned(4000) == pytest.approx(203)


def test_grey_stays_grey_and_every_signal_is_within_range() -> None:
    for nits in (1, 50, 203, 1000):
        red, green, blue = standard((nits, nits, nits))
        assert red == pytest.approx(green, abs=2e-3)
        assert green == pytest.approx(blue, abs=2e-3)
    assert all(0 <= value <= 1 for value in standard((1000.0, 0.0, 300.0)))


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_a_table_has_an_entry_for_every_colour_of_its_grid(tmp_path: Path, transfer: int) -> None:
    write_table(tmp_path / "t.cube", transfer)
    head, *rows = (tmp_path / "t.cube").read_text(encoding="ascii").splitlines()
    assert head == "LUT_3D_SIZE 33"
    assert len(rows) == 33**3
    assert rows[0] == "0.000000 0.000000 0.000000"
    assert rows[-1] == "1.000000 1.000000 1.000000"
