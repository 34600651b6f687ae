"""Delivery: what should stand in the bucket, and what must change for it."""

from datetime import timedelta
from typing import ClassVar

import pytest

from assetwire.domain.asset import Asset
from assetwire.domain.delivery import Delivery, correction, delivery_path, desired_delivery, everything_of
from assetwire.domain.inspection import Status
from assetwire.domain.rights import Usage, Window
from assetwire.domain.shown import Delivered, Rendered
from assetwire.domain.transcode_spec import MediaFormat
from fakes import some
from fakes.some import NOW

VERSION = some.version()
ASSET = some.asset(rights=some.rights(), rendered=some.rendered(VERSION))
FILES = [some.rendition(VERSION, name, etag=f"etag of {name}") for name in ("web-640.jpg", "web-320.jpg")]
NOTHING = Delivery({}, Delivered(generation=1))


def wanted(asset: Asset = ASSET) -> Delivery:
    return desired_delivery(asset, FILES, at=NOW)


def test_an_asset_that_may_be_seen_has_all_renditions_of_the_version_rendered_last() -> None:
    prefix = f"{ASSET.asset_id}/g1/{VERSION.version_id}"
    assert wanted().objects == {f"{prefix}/web-320.jpg": FILES[1], f"{prefix}/web-640.jpg": FILES[0]}
    assert wanted().record.renditions == ("web-320.jpg", "web-640.jpg")
    assert (wanted().record.generation, wanted().record.version_id) == (1, VERSION.version_id)


def test_everything_delivered_of_an_asset_stands_under_one_prefix() -> None:
    assert all(key.startswith(everything_of(ASSET.asset_id)) for key in wanted().objects)
    assert everything_of("a1") == "a1/"
    assert delivery_path("a1", 2, "v", "n.jpg") == "a1/g2/v/n.jpg"


@pytest.mark.parametrize(
    "changes",
    [
        {"rights": None},
        {"rights": some.rights(windows=())},
        {"rights": some.rights(windows=(Window(starts=NOW + timedelta(microseconds=1)),))},
        {"rights": some.rights(windows=(Window(ends=NOW),))},
        {"rights": some.rights(territories=())},
        {"rights": some.rights(usages=())},
        {"status": Status.QUARANTINED},
        {"rendered": None},
    ],
)
def test_an_asset_that_may_not_be_seen_has_nothing(changes: dict[str, object]) -> None:
    assert wanted(ASSET.model_copy(update=changes)) == NOTHING


def test_a_rendition_is_there_if_its_usage_is_allowed_anywhere() -> None:
    files = [*FILES, some.rendition(VERSION, "print-a4.tif", usage=Usage.PRINT)]
    outputs = {file.name: file.digest for file in files}
    complete = ASSET.model_copy(update={"rendered": Rendered(version_id=VERSION.version_id, outputs=outputs)})

    def names(*usages: Usage) -> tuple[str, ...]:
        held = some.rights(usages=usages, territories=("AQ",))
        return desired_delivery(complete.model_copy(update={"rights": held}), files, at=NOW).record.renditions

    assert names(Usage.PRINT) == ("print-a4.tif",)
    assert names(Usage.WEB, Usage.SOCIAL) == ("web-320.jpg", "web-640.jpg")
    assert names(Usage.WEB, Usage.PRINT) == ("print-a4.tif", "web-320.jpg", "web-640.jpg")
    assert names(Usage.SOCIAL) == ()


def test_the_record_says_what_the_files_are_for() -> None:
    files = [*FILES, some.rendition(VERSION, "print-a4.tif", usage=Usage.PRINT)]
    outputs = {file.name: file.digest for file in files}
    complete = ASSET.model_copy(update={"rendered": Rendered(version_id=VERSION.version_id, outputs=outputs)})
    held = some.rights(usages=(Usage.WEB, Usage.PRINT, Usage.EMAIL))
    both = desired_delivery(complete.model_copy(update={"rights": held}), files, at=NOW)
    assert both.record.usages == (Usage.PRINT, Usage.WEB)
    assert wanted().record.usages == (Usage.WEB,)
    assert NOTHING.record.usages == ()


class TestParts:
    """Pictures and films are finished each by themselves, and shown together."""

    FILM = some.rendition(VERSION, "video-480.mp4", format=MediaFormat.MP4, digest="a" * 16)
    TRANSCODED = Rendered(version_id=VERSION.version_id, outputs={"video-480.mp4": "a" * 16})

    def test_both_are_there(self) -> None:
        found = desired_delivery(ASSET.model_copy(update={"transcoded": self.TRANSCODED}), [*FILES, self.FILM], at=NOW)
        assert found.record.renditions == ("video-480.mp4", "web-320.jpg", "web-640.jpg")
        assert found.record.elsewhere == {}

    def test_films_alone_are_there_alone(self) -> None:
        only = ASSET.model_copy(update={"transcoded": self.TRANSCODED, "rendered": None})
        found = desired_delivery(only, [self.FILM], at=NOW)
        assert (found.record.renditions, found.record.version_id) == (("video-480.mp4",), VERSION.version_id)

    def test_films_of_the_version_before_stay_until_the_new_ones_are_made(self) -> None:
        newer = some.version(number=2)
        pictures = [some.rendition(newer, name) for name in ("web-320.jpg", "web-640.jpg")]
        asset = ASSET.model_copy(update={"transcoded": self.TRANSCODED, "rendered": some.rendered(newer)})
        found = desired_delivery(asset, [*FILES, *pictures, self.FILM], at=NOW)
        assert set(found.objects) == {
            f"{ASSET.asset_id}/g1/{newer.version_id}/web-320.jpg",
            f"{ASSET.asset_id}/g1/{newer.version_id}/web-640.jpg",
            f"{ASSET.asset_id}/g1/{VERSION.version_id}/video-480.mp4",
        }
        assert found.record.elsewhere == {"video-480.mp4": VERSION.version_id}
        assert found.record.version_of("video-480.mp4") == VERSION.version_id
        assert found.record.version_of("web-320.jpg") == newer.version_id

    def test_one_that_is_not_of_the_finished_digest_is_not_there(self) -> None:
        asset = ASSET.model_copy(update={"transcoded": self.TRANSCODED})
        other = self.FILM.model_copy(update={"digest": "b" * 16})
        assert desired_delivery(asset, [*FILES, other], at=NOW) == wanted()


def test_a_rendition_of_another_digest_than_the_one_that_was_finished_is_not_there() -> None:
    newer = some.rendition(VERSION, "web-320.jpg", digest="f" * 16)
    assert desired_delivery(ASSET, [*FILES, newer], at=NOW) == wanted()


def test_renditions_of_another_version_do_not_count() -> None:
    other = [some.rendition(some.version(number=2))]
    assert desired_delivery(ASSET, other, at=NOW).objects == {}
    assert desired_delivery(ASSET, [*other, *FILES], at=NOW) == wanted()


def test_the_digest_is_of_keys_and_bytes() -> None:
    same = desired_delivery(ASSET, FILES[::-1], at=NOW)
    other_bytes = desired_delivery(ASSET, [FILES[0], FILES[1].model_copy(update={"sha256": "0" * 64})], at=NOW)
    other_generation = wanted(ASSET.model_copy(update={"generation": 2}))
    assert same.record == wanted().record
    assert len({d.record.digest for d in (wanted(), other_bytes, other_generation, NOTHING)}) == 4


class TestCorrection:
    """From what stands there to what should."""

    PRESENT: ClassVar[dict[str, str]] = {key: rendition.etag for key, rendition in wanted().objects.items()}

    def test_an_empty_bucket_gets_everything_and_no_cache_is_purged(self) -> None:
        assert correction({}, wanted(), None) == ((), wanted().objects, (), False, False, False)

    def test_a_bucket_that_is_right_stays_as_it_is(self) -> None:
        assert correction(self.PRESENT, wanted(), wanted().record) == ((), {}, (), False, False, False)

    def test_a_record_of_before_usages_were_noted_is_no_reason_for_a_purge(self) -> None:
        before = wanted().record.model_copy(update={"usages": ()})
        assert correction(self.PRESENT, wanted(), before) == ((), {}, (), False, False, False)

    def test_what_is_not_wanted_is_removed_and_purged(self) -> None:
        todo = correction({**self.PRESENT, "a/g0/old.jpg": "x"}, wanted(), wanted().record)
        assert todo == (("a/g0/old.jpg",), {}, (), True, False, True)

    def test_other_bytes_under_the_same_key_are_copied_and_then_purged(self) -> None:
        key = next(iter(self.PRESENT))
        todo = correction({**self.PRESENT, key: "other"}, wanted(), wanted().record)
        assert todo == ((), {key: wanted().objects[key]}, (), False, True, True)

    def test_what_the_record_says_was_seen_and_is_gone_is_purged_though_the_bucket_is_empty(self) -> None:
        assert correction({}, NOTHING, wanted().record).gone

    def test_a_record_of_nothing_asks_for_no_purge(self) -> None:
        assert not correction({}, wanted(), Delivered(generation=1)).gone
        assert not correction({}, NOTHING, Delivered(generation=7)).gone


NEWER = some.version(number=2)
SUCCESSOR = desired_delivery(
    ASSET.model_copy(update={"rendered": some.rendered(NEWER)}),
    [some.rendition(NEWER, file.name, etag=file.etag) for file in FILES],
    at=NOW,
)


class TestSuccession:
    """What merely has a successor goes after that one is there; what is denied goes first."""

    PRESENT = TestCorrection.PRESENT

    def test_files_of_the_version_before_go_last(self) -> None:
        todo = correction(self.PRESENT, SUCCESSOR, wanted().record)
        assert todo == ((), SUCCESSOR.objects, tuple(sorted(self.PRESENT)), False, False, False)

    def test_what_has_no_successor_goes_first_and_is_purged(self) -> None:
        only = {key: file for key, file in SUCCESSOR.objects.items() if file.name == "web-320.jpg"}
        record = SUCCESSOR.record.model_copy(update={"renditions": ("web-320.jpg",)})
        todo = correction(self.PRESENT, Delivery(only, record), wanted().record)
        assert [key.rsplit("/", 1)[-1] for key in (*todo.remove, *todo.superseded)] == ["web-640.jpg", "web-320.jpg"]
        assert todo.gone

    @pytest.mark.parametrize(
        "recorded",
        [
            None,
            wanted().record.model_copy(update={"generation": 0}),
            wanted().record.model_copy(update={"unsure": True}),
            wanted().record.model_copy(update={"renditions": ()}),
            SUCCESSOR.record,
        ],
    )
    def test_what_was_not_recorded_under_this_generation_goes_first(self, recorded: Delivered | None) -> None:
        todo = correction(self.PRESENT, SUCCESSOR, recorded)
        assert (todo.remove, todo.superseded) == (tuple(sorted(self.PRESENT)), ())

    def test_what_was_planted_goes_first(self) -> None:
        planted = f"{ASSET.asset_id}/g1/{VERSION.version_id}/original.tif"
        todo = correction({**self.PRESENT, planted: "x"}, SUCCESSOR, wanted().record)
        assert todo.remove == (planted,)

    def test_nothing_succeeds_what_is_withdrawn(self) -> None:
        todo = correction(self.PRESENT, NOTHING, wanted().record)
        assert (todo.remove, todo.superseded, todo.gone) == (tuple(sorted(self.PRESENT)), (), True)
