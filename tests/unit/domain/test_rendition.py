"""Rendition plans: every width that fits, nothing enlarged, nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assetwire.domain.errors import InvalidRequest
from assetwire.domain.rendition import FORMATS, Encoding, Format, Plan, Profile, profile
from fakes import some

JPEG = Encoding(format=Format.JPEG, quality=80, effort=0)
WEBP = Encoding(format=Format.WEBP, quality=78, effort=4)
SMALL = Profile(name="web", widths=(320, 1280, 640), encodings=(WEBP, JPEG))


def sizes(plan: Plan) -> list[tuple[int, int]]:
    return [(size.width, size.height) for size in plan.sizes]


@given(st.integers(1, 20_000), st.integers(1, 20_000))
def test_nothing_is_enlarged_and_the_shape_is_kept(width: int, height: int) -> None:
    for size in SMALL.plan(width, height).sizes:
        assert size.width <= width
        assert size.height <= max(1, height)
        assert abs(size.height - height * size.width / width) <= 0.5 or size.height == 1


@given(st.integers(1, 20_000), st.integers(1, 20_000))
def test_the_widest_is_the_image_itself_or_the_widest_that_the_profile_names(width: int, height: int) -> None:
    plan = SMALL.plan(width, height)
    if max(width, height) <= 16_383:  # every format can hold it
        assert plan.sizes[0].width == min(width, 1280)
        assert len(plan.names) == 2 * len(plan.sizes)
    widths = [size.width for size in plan.sizes]
    assert widths == sorted(set(widths), reverse=True)
    assert set(plan.names) <= set(SMALL.file_names)
    assert len(plan.names) == len(set(plan.names)) > 0


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ((2000, 1000), [(1280, 640), (640, 320), (320, 160)]),
        ((1280, 853), [(1280, 853), (640, 426), (320, 213)]),
        ((1000, 500), [(1000, 500), (640, 320), (320, 160)]),
        ((641, 641), [(641, 641), (640, 640), (320, 320)]),
        ((640, 1), [(640, 1), (320, 1)]),
        ((200, 1000), [(200, 1000)]),
        ((1, 1), [(1, 1)]),
    ],
)
def test_the_sizes_of_an_image(image: tuple[int, int], expected: list[tuple[int, int]]) -> None:
    assert sizes(SMALL.plan(*image)) == expected


def test_an_image_between_two_widths_takes_the_name_of_the_next() -> None:
    plan = SMALL.plan(1000, 500)
    assert plan.names == (
        "web-1280.webp",
        "web-1280.jpg",
        "web-640.webp",
        "web-640.jpg",
        "web-320.webp",
        "web-320.jpg",
    )


def test_the_names_of_a_profile_are_all_that_a_plan_can_have() -> None:
    assert sorted(SMALL.file_names) == sorted(SMALL.plan(9999, 9999).names)
    assert SMALL.file_names[:2] == ("web-320.webp", "web-320.jpg")


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "shop"},
        {"widths": (320, 640)},
        {"encodings": (JPEG,)},
        {"encodings": (WEBP, JPEG.model_copy(update={"quality": 81}))},
        {"encodings": (WEBP, JPEG.model_copy(update={"effort": 1}))},
    ],
)
def test_whatever_changes_an_output_changes_the_digest(changes: dict[str, object]) -> None:
    assert SMALL.model_copy(update=changes).digest != SMALL.digest


def test_the_version_of_the_renderer_is_in_the_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    before = SMALL.digest
    monkeypatch.setattr("assetwire.domain.rendition.RENDERER", 2)
    assert SMALL.digest != before


def test_equal_profiles_have_equal_digests() -> None:
    assert Profile(name="web", widths=(320, 1280, 640), encodings=(WEBP, JPEG)).digest == SMALL.digest


@pytest.mark.parametrize(
    ("image", "names"),
    [
        ((320, 16_383), ("web-320.avif", "web-320.webp", "web-320.jpg")),
        ((320, 16_384), ("web-320.avif", "web-320.jpg")),
        ((320, 16_385), ("web-320.jpg",)),
        ((320, 65_535), ("web-320.jpg",)),
        ((320, 65_536), ()),
    ],
)
def test_a_format_is_left_out_where_an_edge_is_longer_than_it_can_hold(
    image: tuple[int, int], names: tuple[str, ...]
) -> None:
    avif = Encoding(format=Format.AVIF, quality=55, effort=3)
    assert Profile(name="web", widths=(320,), encodings=(avif, WEBP, JPEG)).plan(*image).names == names


def test_a_size_that_no_format_can_hold_is_left_out_and_the_smaller_ones_are_made() -> None:
    webp = Profile(name="web", widths=(320, 640), encodings=(WEBP,))
    assert sizes(webp.plan(640, 20_000)) == [(320, 10_000)]


def test_a_part_of_a_plan_keeps_its_sizes() -> None:
    part = SMALL.plan(2000, 1000).only(frozenset({"web-320.jpg", "web-1280.webp"}))
    assert sizes(part) == [(1280, 640), (320, 160)]
    assert part.names == ("web-1280.webp", "web-320.jpg")
    assert SMALL.plan(2000, 1000).only(frozenset()) == Plan(())


def test_the_profile_that_ships_has_every_format_and_is_read_once() -> None:
    web = profile("web")
    assert {e.format for e in web.encodings} == set(Format) == set(FORMATS)
    assert max(web.widths) == 2400
    assert profile("web") is web


@pytest.mark.parametrize("name", ["nothing", "../profiles/web", "", "web.json", "Web/"])
def test_an_unknown_profile_is_an_invalid_request(name: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        profile(name)
    assert refused.value.code == "unknown_profile"


@pytest.mark.parametrize(
    "fields", [{"widths": ()}, {"widths": (0,)}, {"widths": (16385,)}, {"encodings": ()}, {"name": "a/b"}]
)
def test_a_profile_that_makes_no_sense_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Profile.model_validate(SMALL.model_dump() | fields)


def test_the_key_of_a_rendition_names_its_version() -> None:
    version = some.version()
    assert some.rendition(version).key == f"{version.asset_id}/{version.version_id}/web-320.jpg"
