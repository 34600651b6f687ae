"""Preflight: which slots an asset can fill, and every reason why not; whatever is known of the asset, it answers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetwire.domain.asset import AssetStatus
from assetwire.domain.channels import Channel, Channels, channels_of, shipped_channels
from assetwire.domain.inspection import Appearance, Inspection, Kind, Problem, Status
from assetwire.domain.media_spec import Edition, Limits, MediaSpec, Slot, Source
from assetwire.domain.metadata import FieldValue, Metadata, Origin
from assetwire.domain.preflight import (
    PROBLEMS,
    WARNINGS,
    Candidate,
    ChannelReport,
    SlotReport,
    candidate_of,
    candidate_of_file,
    preflight,
    wanted_specs,
)
from assetwire.domain.rights import Rights, Usage, Window
from assetwire.domain.spec import Encoding, Fit, Format, Frame
from fakes import some

JPEG = Encoding(format=Format.JPEG, quality=90)
ANY = Limits(formats=(Format.JPEG,))
BOX = {"width": 1000, "height": 1000, "opaque": True}


def spec(frame: Frame | None = None, encoding: Encoding = JPEG, /, **slot: Any) -> MediaSpec:
    """Return a media spec of one slot."""
    known = {"name": "main", "title": "Main", "role": "main", "frame": "f", "limits": ANY, "required": True}
    edition = Edition(
        frames={"f": frame or Frame(width=1000, height=1000, opaque=True)},
        encodings=(encoding,),
        slots=(Slot(**(known | slot)),),
    )
    source = Source(title="Its rules", url="https://shop.test/rules")
    return MediaSpec(name="shop", title="Shop", sources=(source,), editions=(edition,))


SHOP = Channel(name="shop-de", title="Shop", media_spec="shop", territory="DE", locale="de-DE")


def candidate(**said: Any) -> Candidate:
    """Return a photograph of 2000 × 1000 that may be shown everywhere."""
    fields = said.pop("fields", {})
    rights = said.pop("rights", some.rights())
    return Candidate(some.inspection(**said), fields, rights=rights)


def report(of: Candidate, by: MediaSpec, at: datetime = some.NOW) -> SlotReport:
    (slot,) = preflight(of, SHOP, by, at=at).slots
    return slot


def codes(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.code for problem in problems]


def looks(white_border: float) -> Appearance:
    return Appearance(dominant_colour="#ffffff", thumbhash="", white_border=white_border, has_transparency=False)


def text(value: Any) -> dict[str, FieldValue]:
    return {"alt_text": FieldValue(value=value, source=Origin.API)}


class TestSlots:
    """What a slot is told."""

    def test_a_slot_that_can_be_filled_says_with_which_file(self) -> None:
        found = report(candidate(), spec())
        assert (found.fillable, found.problems, found.warnings) == (True, (), ())
        assert (found.output, found.width, found.height) == ("shop-f.jpg", 1000, 500)

    @pytest.mark.parametrize(("border", "problems"), [(0.95, []), (0.9499, ["background_not_white"]), (1.0, [])])
    def test_a_white_background_is_asked_for(self, border: float, problems: list[str]) -> None:
        assert codes(report(candidate(appearance=looks(border)), spec(white_border=0.95)).problems) == problems

    def test_a_border_that_nobody_measured_is_a_warning(self) -> None:
        found = report(candidate(), spec(white_border=0.95))
        assert (found.fillable, codes(found.warnings)) == (True, ["background_unknown"])

    @pytest.mark.parametrize(
        ("texts", "problems"),
        [
            ({"de": "Ein Schuh"}, []),
            ({"de-AT": "Ein Schuh"}, []),
            ({"DE": "Ein Schuh"}, []),
            ({"en": "A shoe"}, ["no_alt_text"]),
            ({"x-default": "A shoe"}, ["no_alt_text"]),
            ({"de": "  "}, ["no_alt_text"]),
            ("Ein Schuh", ["no_alt_text"]),
        ],
    )
    def test_an_alt_text_is_asked_for_in_the_channels_language(self, texts: Any, problems: list[str]) -> None:
        assert codes(report(candidate(fields=text(texts)), spec(alt_text=True)).problems) == problems
        assert codes(report(candidate(fields=text(texts)), spec()).problems) == []

    def test_a_size_that_is_taken_but_not_advised_is_a_warning(self) -> None:
        by = spec(advised_longest=800)
        assert codes(report(candidate(width=800), by).warnings) == []
        assert codes(report(candidate(width=799, height=100), by).warnings) == ["below_advised"]

    def test_every_reason_is_named_at_once(self) -> None:
        by = spec(limits=Limits(formats=(Format.JPEG,), least_shortest=501), white_border=0.9, alt_text=True)
        found = report(candidate(appearance=looks(0), rights=None), by)
        assert codes(found.problems) == ["no_rights", "too_small", "background_not_white", "no_alt_text"]

    @pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.IMAGE])
    def test_a_film_a_page_and_a_sound_are_no_pictures_though_a_picture_stands_for_them(self, kind: Kind) -> None:
        found = report(candidate(kind=kind, media_type="video/mp4"), spec())
        assert (codes(found.problems), found.width, found.height) == (["not_a_picture"], None, None)


class TestShapes:
    """What happens to a picture on its way into a frame."""

    @pytest.mark.parametrize(
        ("frame", "size", "warnings"),
        [
            (Frame(**BOX), (2000, 1000), []),
            (Frame(**BOX, fit=Fit.PAD), (2000, 2000), []),
            (Frame(**BOX, fit=Fit.PAD), (2000, 1000), ["padded"]),
            (Frame(**BOX, fit=Fit.CROP), (2000, 2000), []),
            (Frame(**BOX, fit=Fit.CROP), (2000, 1000), ["cropped"]),
            (Frame(**BOX), (999, 999), []),
            (Frame(**BOX, enlarge=2), (1000, 1000), []),
            (Frame(**BOX, enlarge=2), (999, 999), ["enlarged"]),
            (Frame(**BOX, fit=Fit.CROP, enlarge=2), (2000, 900), ["cropped", "enlarged"]),
            (Frame(**BOX, fit=Fit.CROP, enlarge=1), (2000, 900), ["cropped"]),
        ],
    )
    def test_what_is_done_to_it_is_a_warning(self, frame: Frame, size: tuple[int, int], warnings: list[str]) -> None:
        found = report(candidate(width=size[0], height=size[1]), spec(frame))
        assert (found.fillable, codes(found.warnings)) == (True, warnings)

    @given(width=st.integers(1, 9000), height=st.integers(1, 9000), crop=st.booleans())
    def test_nothing_counts_as_enlarged_in_a_frame_that_never_enlarges(
        self, width: int, height: int, crop: bool
    ) -> None:
        frame = Frame(width=1801, height=2600, fit=Fit.CROP if crop else Fit.PAD)
        assert "enlarged" not in codes(report(candidate(width=width, height=height), spec(frame)).warnings)

    def test_what_must_not_be_cropped_is_padded_and_named(self) -> None:
        fields = {"image_alteration_constraints": FieldValue(value=["AL-CRP"], source=Origin.XMP)}
        found = report(candidate(fields=fields), spec(Frame(**BOX, fit=Fit.CROP)))
        assert (codes(found.warnings), found.width, found.height) == (["cropping_forbidden"], 1000, 1000)
        assert found.warnings[0].field == "image_alteration_constraints"

    def test_a_shape_that_a_frame_keeps_may_be_wrong(self) -> None:
        by = spec(limits=Limits(formats=(Format.JPEG,), aspect={"width": 1, "height": 1}))
        assert codes(report(candidate(), by).problems) == ["wrong_aspect"]
        assert report(candidate(width=1005, height=1000), by).fillable

    def test_a_movement_that_is_lost_is_a_warning(self) -> None:
        moving = candidate(media_type="image/gif", metadata=Metadata(technical={"frames": 12}))
        webp = Encoding(format=Format.WEBP, quality=80, animated=True)
        assert codes(report(moving, spec()).warnings) == ["animation_lost"]
        assert codes(report(moving, spec(None, webp, limits=Limits(formats=(Format.WEBP,)))).warnings) == []


class TestChannels:
    """What a channel is told."""

    @pytest.mark.parametrize(
        ("rights", "problems"),
        [
            (some.rights(), []),
            (some.rights(territories=("DE",)), []),
            (None, ["no_rights"]),
            (some.rights(territories=("AT",)), ["territory_not_licensed"]),
            (some.rights(excluded_territories=("DE",)), ["territory_excluded"]),
            (some.rights(usages=(Usage.WEB,)), ["usage_not_licensed"]),
            (some.rights(windows=(Window(ends=some.NOW),)), ["expired"]),
            (some.rights(windows=(Window(starts=some.NOW + timedelta(seconds=1)),)), ["embargoed"]),
            (some.rights(windows=()), ["no_window"]),
        ],
    )
    def test_rights_are_judged_for_its_territory_and_usage(self, rights: Rights | None, problems: list[str]) -> None:
        assert codes(report(candidate(rights=rights), spec()).problems) == problems

    def test_rights_are_judged_at_the_moment_asked_for(self) -> None:
        ends = some.NOW + timedelta(days=1)
        by, of = spec(), candidate(rights=some.rights(windows=(Window(ends=ends),)))
        assert report(of, by, ends - timedelta(microseconds=1)).fillable
        assert codes(report(of, by, ends).problems) == ["expired"]

    def test_it_is_ready_if_its_required_slots_can_be_filled(self) -> None:
        of = candidate(rights=None)
        assert preflight(candidate(), SHOP, spec(), at=some.NOW).ready
        assert not preflight(of, SHOP, spec(), at=some.NOW).ready
        assert preflight(of, SHOP, spec(required=False), at=some.NOW).ready

    def test_a_spec_that_does_not_hold_has_no_slots(self) -> None:
        known = spec()
        (edition,) = known.editions
        ended = known.model_copy(update={"editions": (edition.model_copy(update={"ends": some.NOW}),)})
        found = preflight(candidate(), SHOP, ended, at=some.NOW)
        assert (found.ready, found.slots, codes(found.problems)) == (False, (), ["no_edition"])

    @pytest.mark.parametrize("status", [status for status in AssetStatus if status is not AssetStatus.ACCEPTED])
    def test_an_asset_that_is_not_accepted_fills_nothing(self, status: AssetStatus) -> None:
        of = candidate_of(some.asset(status=status, rights=some.rights()))
        assert codes(report(of, spec()).problems) == ["not_accepted"]

    def test_an_assets_edits_count(self) -> None:
        asset = some.asset(rights=some.rights())
        edit = {"alt_text": {"value": {"de": "Ein Schuh"}, "at": some.NOW}}
        edited = type(asset).model_validate(asset.model_dump() | {"edits": edit})
        assert codes(report(candidate_of(asset), spec(alt_text=True)).problems) == ["no_alt_text"]
        assert report(candidate_of(edited), spec(alt_text=True)).fillable

    def test_a_file_is_not_judged_by_rights_that_it_cannot_have(self) -> None:
        found = report(candidate_of_file(some.inspection()), spec())
        assert (found.fillable, codes(found.warnings)) == (True, ["rights_unknown"])

    def test_a_file_that_ingest_would_refuse_fills_nothing(self) -> None:
        found = report(candidate_of_file(some.refused_inspection()), spec())
        assert codes(found.problems) == ["not_accepted"]
        assert "undecodable" in found.problems[0].message


class TestWanted:
    """Which outputs of media specs are to be rendered."""

    def wanted(self, of: Candidate, at: datetime = some.NOW) -> set[str]:
        return {output.name for each in wanted_specs(of, at=at) for output in each.outputs}

    def test_they_are_those_of_the_channels_that_the_rights_name(self) -> None:
        only = some.rights(territories=("AT",), usages=(Usage.MARKETPLACE,))
        assert self.wanted(candidate(width=1801, height=2600, rights=only)) == {
            *("zalando-packshot.jpg", "zalando-view.jpg"),
        }
        assert self.wanted(candidate(rights=some.rights(territories=("DE",), usages=(Usage.WEB,)))) == {
            "shopify-media.jpg"
        }
        assert self.wanted(candidate(rights=some.rights(territories=("AQ",)))) == set()
        assert self.wanted(candidate(rights=None)) == set()

    def test_they_are_made_before_an_embargo_ends_and_not_after_the_rights_did(self) -> None:
        later = Window(starts=some.NOW + timedelta(days=1), ends=some.NOW + timedelta(days=2))
        of = candidate(rights=some.rights(windows=(later,)))
        assert "ebay-picture.jpg" in self.wanted(of)
        assert self.wanted(of, some.NOW + timedelta(days=2)) == set()

    def test_they_are_those_of_slots_that_the_picture_can_fill(self) -> None:
        white, grey = candidate(appearance=looks(1.0)), candidate(appearance=looks(0.0), width=900, height=900)
        assert {"amazon-main.jpg", "gs1-primary.jpg", "walmart-square.jpg"} <= self.wanted(white)
        # One slot of the frame is white and too large, another is not: nothing is made for none.
        assert self.wanted(grey) == {
            *("ebay-picture.jpg", "google-merchant-image.jpg", "shopify-media.jpg", "walmart-swatch.jpg"),
        }

    def test_a_frame_is_made_for_one_slot_though_another_of_it_cannot_be_filled(self) -> None:
        assert "amazon-main.jpg" in self.wanted(candidate(appearance=looks(0.0)))  # as PT

    def test_a_text_that_is_missing_holds_nothing_up(self) -> None:
        assert "shopify-media.jpg" in self.wanted(candidate())

    def test_films_and_refused_assets_want_none(self) -> None:
        assert self.wanted(candidate(kind=Kind.VIDEO)) == set()
        assert self.wanted(candidate_of(some.asset(status=AssetStatus.WITHDRAWN, rights=some.rights()))) == set()

    def test_the_edition_of_the_moment_counts(self) -> None:
        of = candidate(width=499, height=499, rights=some.rights(windows=(Window(),)))
        change = datetime(2027, 1, 31, tzinfo=UTC)
        assert "google-merchant-image.jpg" in self.wanted(of, change - timedelta(microseconds=1))
        assert "google-merchant-image.jpg" not in self.wanted(of, change)

    def test_a_spec_that_no_channel_uses_is_not_rendered(self) -> None:
        known = shipped_channels()
        few = channels_of({"ebay-de": known.named("ebay-de")}, known.specs)
        assert {each.name for each in wanted_specs(candidate(), at=some.NOW, channels=few)} == {"ebay"}
        assert wanted_specs(candidate(), at=some.NOW, channels=Channels({}, known.specs)) == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
SIZE = st.none() | st.integers(-5, 5) | st.integers(1, 70_000) | st.integers(2**31, 2**40)
INSPECTIONS = st.builds(
    Inspection,
    status=st.sampled_from(Status),
    kind=st.none() | st.sampled_from(Kind),
    media_type=st.none() | st.sampled_from(["image/jpeg", "image/svg+xml", "application/pdf", "x"]),
    sha256=st.just(""),
    bytes=st.integers(0, 9),
    width=SIZE,
    height=SIZE,
    metadata=st.builds(Metadata, technical=st.dictionaries(st.just("frames"), JSON)),
    appearance=st.none() | st.builds(looks, st.floats(0, 1)),
)
FIELDS = st.dictionaries(
    st.sampled_from(["alt_text", "image_alteration_constraints", "image_region", "title"]),
    st.builds(FieldValue, value=JSON, source=st.just(Origin.XMP)),
)
RIGHTS = st.none() | st.builds(
    some.rights,
    territories=st.sampled_from([("*",), ("DE",), ()]),
    usages=st.sampled_from([tuple(Usage), (Usage.WEB,), ()]),
    windows=st.sampled_from([(), (Window(),), (Window(ends=some.NOW),), (Window(starts=some.NOW),)]),
)
MOMENTS = st.datetimes(timezones=st.just(UTC))


@settings(max_examples=60)
@given(
    st.builds(Candidate, INSPECTIONS, FIELDS, st.sampled_from(["", "withdrawn"]), RIGHTS, st.booleans()),
    st.sampled_from(sorted(shipped_channels().channels)),
    MOMENTS,
)
def test_whatever_is_known_of_an_asset_there_is_an_answer(of: Candidate, name: str, at: datetime) -> None:
    known = shipped_channels()
    channel = known.named(name)
    found = preflight(of, channel, known.spec(channel), at=at)
    assert ChannelReport.model_validate_json(found.model_dump_json()) == found
    assert found.slots
    for slot in found.slots:
        assert slot.fillable is not bool(slot.problems)
        assert set(codes(slot.problems)) <= PROBLEMS.keys()
        assert set(codes(slot.warnings)) <= WARNINGS.keys()
    assert found.ready is all(slot.fillable for slot in found.slots if slot.required)
    wanted = {output.name for each in wanted_specs(of, at=at) for output in each.outputs}
    assert {slot.output for slot in found.slots if slot.fillable and of.has_rights} <= wanted
