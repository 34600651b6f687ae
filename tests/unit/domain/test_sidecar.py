"""Sidecars speak for masters by their names alone, whatever comes first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.sidecar import is_sidecar, masters_of, named_by, names_of, sidecar_of

NAMES = st.text("ab./", min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("sidecar", "masters"),
    [
        ("a/photo.jpg.xmp", ("a/photo.jpg",)),
        ("a/photo.xmp", ("a/photo.jpg", "a/photo.tif")),
        ("a/photo.XMP", ("a/photo.jpg", "a/photo.tif")),
        ("a/PHOTO.xmp", ()),
        ("photo.xmp", ("photo",)),
        ("a/b.xmp", ()),
    ],
)
def test_a_sidecar_speaks_for_the_master_it_names_or_for_all_of_its_stem(
    sidecar: str, masters: tuple[str, ...]
) -> None:
    keys = ("a/photo.jpg", "a/photo.tif", "a/photo.jpg.xmp", "photo", "b/photo.jpg", "a/photos.jpg")
    assert masters_of(sidecar, keys) == masters


def test_the_sidecar_that_bears_the_full_name_counts() -> None:
    sidecars = ("a/photo.xmp", "a/photo.jpg.xmp")
    assert sidecar_of("a/photo.jpg", sidecars) == "a/photo.jpg.xmp"
    assert sidecar_of("a/photo.tif", sidecars) == "a/photo.xmp"
    assert sidecar_of("a/other.jpg", sidecars) is None


@pytest.mark.parametrize(
    ("name", "is_one"), [("a.xmp", True), ("a.XMP", True), (".xmp", False), ("a/.xmp", False), ("xmp", False)]
)
def test_a_sidecar_has_a_name_before_its_extension(name: str, *, is_one: bool) -> None:
    assert is_sidecar(name) is is_one


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("a/photo.jpg", ("a/photo.jpg", "a/photo")),
        ("a.b/photo", ("a.b/photo",)),
        (".hidden", (".hidden",)),
        ("a/b.c.d", ("a/b.c.d", "a/b.c")),
    ],
)
def test_a_master_is_spoken_for_under_its_name_and_its_stem(key: str, names: tuple[str, ...]) -> None:
    assert names_of(key) == names


@given(NAMES, st.lists(NAMES))
def test_both_ways_to_ask_agree(name: str, keys: list[str]) -> None:
    sidecar = f"{name}.xmp"
    for key in masters_of(sidecar, keys):
        assert sidecar_of(key, [sidecar]) == sidecar
        assert named_by(sidecar) in names_of(key)
