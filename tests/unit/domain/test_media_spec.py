"""Media specs: what they ask, when, and everything that is refused when one is read."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from assetwire.domain.media_spec import Aspect, Limits, MediaSpec, UrlRules
from assetwire.domain.rights import Usage
from assetwire.domain.spec import Format

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
JPEG = {"format": "jpeg", "quality": 90, "maximum_bytes": 1_000_000}


def slot(name: str = "main", frame: str = "square", /, **said: Any) -> dict[str, Any]:
    limits = {"formats": ["jpeg"], **said.pop("limits", {})}
    return {"name": name, "title": "A slot", "role": "main", "frame": frame, "limits": limits, **said}


def edition(**said: Any) -> dict[str, Any]:
    square = {"width": 1000, "height": 1000, "fit": "pad", "opaque": True}
    return {"frames": {"square": square}, "encodings": [JPEG], "slots": [slot()], **said}


def read(*editions: dict[str, Any], **said: Any) -> MediaSpec:
    known = {"name": "shop", "title": "A shop", "sources": [{"title": "Its rules", "url": "https://shop.test/rules"}]}
    return MediaSpec.model_validate_json(json.dumps(known | {"editions": editions or [edition()]} | said, default=str))


def refusal(*editions: dict[str, Any], **said: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        read(*editions, **said)
    return str(refused.value)


class TestLimits:
    """What a file must keep to: at the bound it does, one beyond it does not."""

    @pytest.mark.parametrize(
        ("limit", "bound", "meets", "misses", "code", "field"),
        [
            ("least_width", 100, (100, 1), (99, 500), "too_small", "width"),
            ("most_width", 100, (100, 500), (101, 1), "too_large", "width"),
            ("least_height", 100, (1, 100), (500, 99), "too_small", "height"),
            ("most_height", 100, (500, 100), (1, 101), "too_large", "height"),
            ("least_longest", 100, (100, 1), (99, 99), "too_small", "longest_edge"),
            ("most_longest", 100, (100, 100), (1, 101), "too_large", "longest_edge"),
            ("least_shortest", 100, (100, 100), (500, 99), "too_small", "shortest_edge"),
            ("most_shortest", 100, (500, 100), (101, 101), "too_large", "shortest_edge"),
            ("most_pixels", 10_000, (100, 100), (73, 137), "too_large", "pixels"),
        ],
    )
    def test_a_bound_is_included(
        self, limit: str, bound: int, meets: tuple[int, int], misses: tuple[int, int], code: str, field: str
    ) -> None:
        limits = Limits(formats=(Format.JPEG,), **{limit: bound})
        assert list(limits.problems(*meets)) == []
        assert [(p.code, p.field) for p in limits.problems(*misses)] == [(code, field)]

    @pytest.mark.parametrize(
        ("tolerance", "admitted", "not_admitted"),
        [(0, [(100, 144), (25, 36)], [(100, 143), (100, 145)]), (0.01, [(762, 1100), (101, 144)], [(102, 144)])],
    )
    def test_a_shape_may_differ_by_its_tolerance(
        self, tolerance: float, admitted: list[tuple[int, int]], not_admitted: list[tuple[int, int]]
    ) -> None:
        aspect = Aspect(width=100, height=144, tolerance=tolerance)
        assert all(aspect.admits(*size) for size in admitted)
        assert not any(aspect.admits(*size) for size in not_admitted)

    def test_every_limit_that_is_missed_is_named(self) -> None:
        limits = Limits(formats=(Format.JPEG,), least_width=9, least_height=9, aspect=Aspect(width=1, height=1))
        assert [p.code for p in limits.problems(1, 2)] == ["too_small", "too_small", "wrong_aspect"]

    @pytest.mark.parametrize("edge", ["width", "height", "longest", "shortest"])
    def test_what_cannot_be_met_is_refused(self, edge: str) -> None:
        with pytest.raises(ValidationError, match=f"least_{edge} 3 is more than most_{edge} 2"):
            Limits(formats=(Format.JPEG,), **{f"least_{edge}": 3, f"most_{edge}": 2})


class TestUrls:
    """What a channel asks of URLs."""

    @pytest.mark.parametrize(
        ("rules", "meets", "misses", "code"),
        [
            ({"https": True}, "https://cdn.test/a", "http://cdn.test/a.jpg", "url_not_https"),
            ({"extension": True}, "https://cdn.test/a.jpg?x=1", "https://cdn.test/a?x=.jpg", "url_extension"),
            ({"extension": True}, "https://cdn.test/a.jpg", "https://cdn.test/a.png", "url_extension"),
            ({"query": False}, "https://cdn.test/a.jpg", "https://cdn.test/a.jpg?", "url_query"),
            (
                {"most_characters": 40},
                f"https://cdn.test/{'a' * 19}.jpg",
                f"https://cdn.test/{'a' * 20}.jpg",
                "url_too_long",
            ),
        ],
    )
    def test_each_rule_is_met_and_missed(self, rules: dict[str, Any], meets: str, misses: str, code: str) -> None:
        said = UrlRules(**rules)
        assert list(said.problems(meets, Format.JPEG)) == []
        assert [problem.code for problem in said.problems(misses, Format.JPEG)] == [code]


class TestEditions:
    """When they hold."""

    def test_a_spec_holds_from_the_moment_of_a_change_on(self) -> None:
        spec = read(edition(ends=NEW_YEAR), edition(starts=NEW_YEAR, ends=NEW_YEAR + timedelta(days=9)))
        before, after = spec.editions
        assert spec.edition(datetime.min.replace(tzinfo=UTC)) is before
        assert spec.edition(NEW_YEAR - timedelta(microseconds=1)) is before
        assert spec.edition(NEW_YEAR) is after
        assert spec.edition(NEW_YEAR + timedelta(days=9)) is None
        assert spec.changes == (NEW_YEAR, NEW_YEAR + timedelta(days=9))

    @pytest.mark.parametrize(
        ("editions", "reason"),
        [
            ([{"ends": NEW_YEAR}, {"starts": NEW_YEAR + timedelta(days=1)}], "there is a gap before edition 1"),
            ([{"ends": NEW_YEAR}, {"starts": NEW_YEAR - timedelta(days=1)}], "editions 0 and 1 overlap"),
            ([{"starts": NEW_YEAR}, {"ends": NEW_YEAR}], "editions 0 and 1 overlap"),
            ([{}, {}], "editions 0 and 1 overlap"),
            ([{"starts": NEW_YEAR, "ends": NEW_YEAR}], "edition 0 ends before it starts"),
        ],
    )
    def test_gaps_and_overlaps_are_refused(self, editions: list[dict[str, Any]], reason: str) -> None:
        assert reason in refusal(*(edition(**said) for said in editions))

    def test_a_moment_without_a_time_zone_is_refused(self) -> None:
        assert "timezone" in refusal(edition(starts="2027-01-01T00:00:00"))


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"colour": "red"}, "editions.0.colour\n  Extra inputs are not permitted"),
    ({"slots": [slot("main", "round")]}, "slot main: there is no frame 'round'"),
    ({"slots": [slot(), slot()]}, "two slots are named main"),
    ({"slots": []}, "editions.0.slots"),
    ({"slots": [slot(limits={"formats": ["png"]})]}, "no encoding is of a format that its limits allow (png)"),
    ({"encodings": [JPEG, {"format": "webp", "quality": 80}]}, "no slot takes webp"),
    ({"encodings": [JPEG, JPEG]}, "two encodings are of jpeg"),
    (
        {"frames": {**edition()["frames"], "wide": {"width": 10, "height": 5, "fit": "pad"}}},
        "no slot shows the frame 'wide'",
    ),
    # Files that would miss their own limits, whatever the master is.
    ({"slots": [slot(limits={"least_width": 1001})]}, "its largest file misses a limit: 1000 × 1000: width 1000"),
    ({"slots": [slot(limits={"least_longest": 1001})]}, "longest edge 1000, at least 1001 is asked"),
    ({"slots": [slot(limits={"most_height": 999})]}, "height 1000, at most 999 is allowed"),
    ({"slots": [slot(limits={"most_pixels": 999_999})]}, "pixels 1000000, at most 999999 is allowed"),
    ({"slots": [slot(limits={"aspect": {"width": 4, "height": 3}})]}, "1000 × 1000 is not 4:3"),
    (
        {"frames": {"square": {"width": 1000}}, "slots": [slot(limits={"most_longest": 5000})]},
        "longest edge 65535, at most 5000 is allowed",
    ),
    ({"frames": {"square": {"width": 20_000, "height": 20_000}}, "encodings": [{"format": "webp", "quality": 80}],
      "slots": [slot(limits={"formats": ["webp"]})]}, "webp holds no edge of 20000 pixels"),
    # Files that could be heavier than they may be.
    ({"slots": [slot(limits={"most_bytes": 999_999})]}, "jpeg needs maximum_bytes of at most 999999"),
    (
        {"encodings": [{"format": "jpeg", "quality": 90}], "slots": [slot(limits={"most_bytes": 9_000})]},
        "jpeg needs maximum_bytes of at most 9000",
    ),
    (
        {"encodings": [{"format": "png"}], "slots": [slot(limits={"formats": ["png"], "most_bytes": 2_999_999})]},
        "1000 × 1000 without loss may have more than 2999999 bytes",
    ),
    # A white background that would not be white.
    (
        {"frames": {"square": {"width": 9, "height": 9, "fit": "pad", "background": "#fefefe"}},
         "slots": [slot(white_border=0.9)]},
        "its background is to be white, and the frame's is #fefefe",
    ),
    (
        {"frames": {"square": {"width": 9, "height": 9}}, "encodings": [{"format": "png"}],
         "slots": [slot(limits={"formats": ["png"]}, white_border=0.9)]},
        "the frame must be opaque",
    ),
]  # fmt: skip


class TestRefusals:
    """What is refused when a media spec is read."""

    def test_the_spec_that_the_others_differ_from_is_read(self) -> None:
        assert read().name == "shop"

    @pytest.mark.parametrize(("said", "reason"), REFUSED, ids=[reason for _, reason in REFUSED])
    def test_a_wrong_spec_is_refused_with_the_reason(self, said: dict[str, Any], reason: str) -> None:
        assert reason in refusal(edition(**said))

    def test_all_that_is_wrong_is_named_at_once(self) -> None:
        first = edition(slots=[slot("a", "round"), slot("b", limits={"least_width": 2000})], unknown=1)
        second = edition(encodings=[JPEG, JPEG], slots=[slot("a", "round"), slot("b", limits={"least_width": 2000})])
        said = refusal(first, second, sources=[], name="Shop!")
        for reason in ("unknown", "sources", "name", "no frame 'round'", "width 1000, at least 2000", "two encodings"):
            assert reason in said

    @pytest.mark.parametrize("url", ["http://shop.test", "shop", "https://shop test"])
    def test_a_source_is_an_address(self, url: str) -> None:
        assert "sources.0.url" in refusal(sources=[{"title": "Its rules", "url": url}])

    def test_bytes_without_loss_are_counted_with_what_is_transparent(self) -> None:
        square = {"width": 1000, "height": 1000}
        png = {"encodings": [{"format": "png"}], "slots": [slot(limits={"formats": ["png"], "most_bytes": 3_000_000})]}
        assert read(edition(frames={"square": square | {"opaque": True}}, **png))
        assert "without loss" in refusal(edition(frames={"square": square}, **png))


class TestOutputs:
    """Which files a spec asks for."""

    def spec(self) -> MediaSpec:
        return read(
            edition(
                frames={"square": {"width": 900, "height": 900}, "large": {"width": 4000, "height": 4000}},
                encodings=[JPEG, {"format": "tiff"}],
                slots=[
                    slot("web", "square", limits={"formats": ["tiff", "jpeg"]}),
                    slot("print", "large", limits={"formats": ["tiff"]}),
                    slot("both", "square", limits={"formats": ["tiff"]}),
                ],
            )
        )

    def test_a_slot_gets_the_first_encoding_that_its_limits_allow(self) -> None:
        spec = self.spec()
        names = [spec.output(spec.editions[0], slot).name for slot in spec.editions[0].slots]
        assert names == ["shop-square.jpg", "shop-large.tif", "shop-square.tif"]

    def test_the_outputs_of_slots_are_specs_and_only_what_they_need_is_made(self) -> None:
        spec = self.spec()
        web, large, both = spec.editions[0].slots
        made = spec.specs(spec.editions[0], (web, large, both), Usage.MARKETPLACE)
        assert [output.name for each in made for output in each.outputs] == [
            *("shop-square.jpg", "shop-square.tif", "shop-large.tif"),
        ]
        assert {each.usage for each in made} == {Usage.MARKETPLACE}
        (alone,) = spec.specs(spec.editions[0], (web, web), Usage.WEB)
        assert [output.name for output in alone.outputs] == ["shop-square.jpg"]
        assert spec.specs(spec.editions[0], (), Usage.WEB) == ()
