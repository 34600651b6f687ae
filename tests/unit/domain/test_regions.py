"""Regions: what a picture's metadata marks as worth seeing, as one part of the upright picture."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from assetwire.domain.plan import Region
from assetwire.domain.regions import focus_of

ROLES = "http://cv.iptc.org/newscodes/imageregionrole/"
TYPES = "http://cv.iptc.org/newscodes/imageregiontype/"


def rectangle(
    left: float, top: float, width: float, height: float, *roles: str, unit: str = "relative"
) -> dict[str, Any]:
    numbers = {"rbX": left, "rbY": top, "rbW": width, "rbH": height}
    boundary = {"rbShape": "rectangle", "rbUnit": unit} | {name: str(number) for name, number in numbers.items()}
    return {"RegionBoundary": boundary} | ({"rRole": [{"Identifier": [ROLES + r for r in roles]}]} if roles else {})


def shape(kind: str, unit: str = "relative", **numbers: Any) -> list[dict[str, Any]]:
    return [{"RegionBoundary": {"rbShape": kind, "rbUnit": unit, **numbers}}]


def focus(regions: Any, width: int = 400, height: int = 200) -> tuple[float, ...] | None:
    found = focus_of(regions, width=width, height=height)
    return None if found is None else tuple(found)


class TestBoundaries:
    def test_a_rectangle_in_shares_is_taken_as_it_is(self) -> None:
        assert focus([rectangle(0.1, 0.2, 0.3, 0.4)]) == (0.1, 0.2, 0.3, 0.4)

    def test_a_rectangle_in_pixels_is_brought_to_shares(self) -> None:
        assert focus([rectangle(40, 20, 100, 50, unit="pixel")]) == (0.1, 0.1, 0.25, 0.25)

    def test_a_circles_radius_is_a_share_of_the_width(self) -> None:
        assert focus(shape("circle", rbX="0.5", rbY="0.5", rbRx="0.1")) == (0.4, 0.3, 0.2, 0.4)
        assert focus(shape("circle", "pixel", rbX="200", rbY="100", rbRx="40")) == (0.4, 0.3, 0.2, 0.4)

    def test_a_polygon_counts_as_the_rectangle_around_it_and_a_point_as_a_point(self) -> None:
        points = [{"rbX": "0.2", "rbY": "0.6"}, {"rbX": "0.4", "rbY": "0.1"}, {"rbX": "0.3", "rbY": "0.9"}]
        assert focus(shape("polygon", rbVertices=points)) == (0.2, 0.1, 0.2, 0.8)
        assert focus(shape("polygon", "pixel", rbVertices=[{"rbX": "100", "rbY": "50"}])) == (0.25, 0.25, 0, 0)

    def test_what_lies_beyond_the_picture_is_left_out(self) -> None:
        assert focus([rectangle(-0.1, 0.5, 0.3, 0.9)]) == (0, 0.5, 0.2, 0.5)
        assert focus([rectangle(1.1, 0.5, 0.3, 0.3)]) is None

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_it_counts_from_the_corner_of_the_picture_as_it_is_stored(self, orientation: int) -> None:
        stored = Image.new("L", (400, 200))
        stored.paste(255, (40, 20, 140, 70))
        exif = Image.Exif()
        exif[0x0112] = orientation
        file = io.BytesIO()
        stored.save(file, "PNG", exif=exif)
        upright = ImageOps.exif_transpose(Image.open(file))
        region = rectangle(40, 20, 100, 50, unit="pixel")
        found = focus_of([region], width=upright.width, height=upright.height, orientation=orientation)
        left, top, right, bottom = upright.getbbox()
        across, down = upright.size
        assert found == pytest.approx((left / across, top / down, (right - left) / across, (bottom - top) / down))


class TestRoles:
    def test_the_strongest_role_counts_alone(self) -> None:
        areas = [rectangle(0, 0, 0.1, 0.1, "subjectArea"), rectangle(0.5, 0.5, 0.2, 0.2, "mainSubjectArea")]
        assert focus(areas) == (0.5, 0.5, 0.2, 0.2)
        assert focus([rectangle(0, 0, 1, 1, "cropping"), rectangle(0.5, 0.5, 0.2, 0.2, "recomCropping")]) == (
            0.5,
            0.5,
            0.2,
            0.2,
        )

    def test_all_regions_of_the_strongest_role_stay_in_sight(self) -> None:
        areas = [rectangle(0.1, 0.1, 0.1, 0.1, "subjectArea"), rectangle(0.5, 0.6, 0.2, 0.2, "subjectArea")]
        assert focus(areas) == (0.1, 0.1, 0.6, 0.7)

    def test_a_region_without_a_role_counts_where_no_other_has_one(self) -> None:
        product = rectangle(0.3, 0.3, 0.2, 0.2) | {"rCtype": [{"Identifier": [TYPES + "product"]}]}
        assert focus([product]) == (0.3, 0.3, 0.2, 0.2)
        assert focus([product, rectangle(0, 0, 0.5, 0.5, "cropping")]) == (0, 0, 0.5, 0.5)

    @pytest.mark.parametrize("role", ["copyrightRegion", "compositeImageItem", "squareCropping", "businessUse"])
    def test_a_region_that_is_there_for_another_reason_does_not_count(self, role: str) -> None:
        assert focus([rectangle(0.3, 0.3, 0.2, 0.2, role)]) is None

    def test_a_role_is_known_by_its_name_where_it_has_no_identifier(self) -> None:
        named = rectangle(0.3, 0.3, 0.2, 0.2) | {"rRole": [{"Name": {"en-GB": "main subject area"}}]}
        assert focus([rectangle(0, 0, 1, 1, "subjectArea"), named]) == (0.3, 0.3, 0.2, 0.2)


@given(
    st.recursive(
        st.none() | st.floats() | st.text(max_size=8) | st.sampled_from(["rectangle", "circle", "polygon", "pixel"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "RegionBoundary",
                        "rbShape",
                        "rbUnit",
                        "rbX",
                        "rbY",
                        "rbW",
                        "rbH",
                        "rbRx",
                        "rbVertices",
                        "rRole",
                        "Name",
                    ]
                ),
                inner,
                max_size=7,
            )
        ),
        max_leaves=20,
    ),
    st.integers(1, 8),
)
def test_whatever_stands_there_it_is_a_part_of_the_picture_or_nothing(said: Any, orientation: int) -> None:
    found = focus_of(said if isinstance(said, list) else [said], width=400, height=200, orientation=orientation)
    if found is not None:
        assert isinstance(found, Region)
        assert all(0 <= share <= 1 for share in found)
