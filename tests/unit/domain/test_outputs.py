"""Wanted outputs: the web's always; others where the rights name their usage, while they may still come."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest

from assetwire.domain.asset import Asset, Edit
from assetwire.domain.channels import Channels, shipped_channels
from assetwire.domain.inspection import Kind, Problem
from assetwire.domain.outputs import is_incomplete, is_outdated, wanted_of_media, wanted_outputs
from assetwire.domain.rights import Rights, Usage, Window
from assetwire.domain.shown import Rendered
from assetwire.domain.spec import Encoding, Fit, Format, Frame, Spec, profiles
from assetwire.domain.spec_book import SpecBook, house_book, shipped_book
from assetwire.domain.transcode_spec import transcodes
from assetwire.domain.transcoding import LeftOut, Transcoding
from fakes import some
from fakes.channel_files import editions_from
from fakes.some import NOW

JPEG = Encoding(format=Format.JPEG, quality=80)
WEB = Spec(name="web", ladder=True, frames={"320": Frame(width=320)}, encodings=(JPEG,))
CROP = {"1x1": Frame(width=300, height=300, fit=Fit.CROP)}
SOCIAL = Spec(name="social", frames=CROP, encodings=(JPEG,), usage=Usage.SOCIAL)
BOOK = SpecBook((SOCIAL, WEB))
HOUR = timedelta(hours=1)
NO_CROPPING = "http://ns.useplus.org/ldf/vocab/AL-CRP"


def names(rights: Rights | None) -> list[str]:
    return [each.name for each in wanted_outputs(some.asset(rights=rights), book=BOOK, at=NOW)]


def digests(asset: Asset, book: SpecBook = BOOK) -> dict[str, str]:
    return {each.name: each.digest for each in wanted_outputs(asset, book=book, at=NOW)}


def edited(**fields: Any) -> Asset:
    edits = {name: Edit(value=value, at=NOW) for name, value in fields.items()}
    return some.asset(rights=some.rights(), edits=edits)


@pytest.mark.parametrize(
    ("rights", "social"),
    [
        (None, False),
        (some.rights(), True),
        (some.rights(usages=(Usage.WEB, Usage.PRINT)), False),
        (some.rights(windows=()), False),
        (some.rights(territories=()), False),
        (some.rights(territories=("DE",), excluded_territories=("DE",)), False),
        (some.rights(windows=(Window(ends=NOW),)), False),
        (some.rights(windows=(Window(ends=NOW + HOUR),)), True),
        (some.rights(windows=(Window(starts=NOW + HOUR),)), True),
        (some.rights(windows=(Window(ends=NOW - HOUR), Window(starts=NOW + HOUR))), True),
    ],
)
def test_the_webs_outputs_are_always_wanted_and_others_where_their_usage_may_still_come(
    rights: Rights | None, social: bool
) -> None:
    assert names(rights) == (["social-1x1.jpg"] if social else []) + ["web-320.jpg"]


def test_what_is_written_inside_changes_every_digest_and_other_fields_none() -> None:
    before = digests(edited())
    assert digests(edited(title={"en": "Shoe"}, keywords=["shoe"])) == before
    after = digests(edited(copyright_notice={"x-default": "© Studio"}))
    assert after.keys() == before.keys()
    assert not set(after.values()) & set(before.values())


def test_a_constraint_changes_what_would_be_cropped() -> None:
    before, after = digests(edited()), digests(edited(image_alteration_constraints=[NO_CROPPING]))
    assert before["social-1x1.jpg"] != after["social-1x1.jpg"]


def test_what_has_no_picture_wants_nothing() -> None:
    inspection = some.inspection(kind=Kind.DOCUMENT, media_type="application/msword", width=None, height=None)
    assert wanted_outputs(some.asset(inspection=inspection, rights=some.rights()), book=BOOK, at=NOW) == ()


class TestChannels:
    """What channels ask for is wanted while they may get it, in the edition that holds."""

    BOOK = SpecBook((WEB,), editions_from(NOW))

    def wanted(self, rights: Rights | None, at: datetime = NOW) -> dict[str, str]:
        found = wanted_outputs(some.asset(rights=rights), book=self.BOOK, at=at)
        assert {each.usage for each in found if each.name.startswith("otto")} <= {Usage.MARKETPLACE}
        return {each.name: each.digest for each in found}

    @pytest.mark.parametrize(
        ("rights", "asked"),
        [
            (some.rights(), True),
            (None, False),
            (some.rights(usages=(Usage.WEB,)), False),
            (some.rights(territories=("AT",)), False),
            (some.rights(windows=(Window(starts=NOW + HOUR),)), True),
            (some.rights(windows=(Window(ends=NOW),)), False),
        ],
    )
    def test_a_channels_outputs_are_wanted_where_its_territory_and_usage_may_come(
        self, rights: Rights | None, asked: bool
    ) -> None:
        assert sorted(self.wanted(rights)) == (["otto-main.jpg"] if asked else []) + ["web-320.jpg"]

    def test_another_edition_touches_its_own_outputs_alone(self) -> None:
        before, after = self.wanted(some.rights(), NOW - HOUR), self.wanted(some.rights(), NOW)
        assert before["web-320.jpg"] == after["web-320.jpg"]
        assert before["otto-main.jpg"] != after["otto-main.jpg"]

    def test_a_master_that_cannot_fill_a_slot_wants_nothing_for_it(self) -> None:
        small = some.asset(rights=some.rights(), inspection=some.inspection(width=900, height=900))
        assert [each.name for each in wanted_outputs(small, book=self.BOOK, at=NOW)] == ["web-320.jpg"]


class TestOutdated:
    """An asset is outdated while what was finished last is not what it wants."""

    ASSET = some.asset(rights=some.rights())
    COMPLETE = Rendered(version_id=ASSET.current_version, outputs=digests(ASSET))

    @pytest.mark.parametrize(
        ("rendered", "outdated"),
        [
            (COMPLETE, False),
            (COMPLETE.model_copy(update={"answers": "jmb6vtrzkq2yxw4n"}), False),
            (None, True),
            (COMPLETE.model_copy(update={"version_id": some.version(number=2).version_id}), True),
            (COMPLETE.model_copy(update={"outputs": COMPLETE.outputs | {"web-320.jpg": "0" * 16}}), True),
            (COMPLETE.model_copy(update={"outputs": COMPLETE.outputs | {"old.jpg": "0" * 16}}), True),
            (COMPLETE.model_copy(update={"outputs": {}}), True),
            (COMPLETE.model_copy(update={"outputs": {}, "unmet": COMPLETE.outputs}), False),
            (COMPLETE.model_copy(update={"outputs": {}, "unmet": dict.fromkeys(COMPLETE.outputs, "0")}), True),
        ],
    )
    def test_what_was_finished_is_compared_by_version_and_digests(
        self, rendered: Rendered | None, outdated: bool
    ) -> None:
        asset = self.ASSET.model_copy(update={"rendered": rendered})
        assert is_outdated(asset, book=BOOK, at=NOW) is outdated


class TestMedia:
    """What is made of films beside their pictures counts as they do; what was given up is not wanted for ever."""

    FILM: ClassVar = some.inspection(kind=Kind.VIDEO, media_type="video/mp4", duration_seconds=9.0)
    BOOK = SpecBook((WEB,), transcodes=transcodes())
    PLAIN = some.asset(rights=some.rights(), inspection=FILM)
    PICTURES = Rendered(
        version_id=PLAIN.current_version,
        outputs={each.name: each.digest for each in wanted_outputs(PLAIN, book=BOOK, at=NOW)},
    )
    WANTED = wanted_of_media(PLAIN, book=BOOK)
    FILMS = Rendered(version_id=PLAIN.current_version, outputs={each.name: each.digest for each in WANTED})
    COMPLETE = PLAIN.model_copy(update={"rendered": PICTURES, "transcoded": FILMS})

    def outdated(self, asset: Asset, book: SpecBook = BOOK) -> bool:
        return is_outdated(asset, book=book, at=NOW)

    def without(self, name: str, *, made: str) -> Asset:
        """Return the asset with one file given up that was to be made by this digest."""
        left_out = {name: LeftOut(made=made, problem=Problem(code="too_long", field="file", message="…"))}
        outputs = {other: digest for other, digest in self.FILMS.outputs.items() if other != name}
        state = Transcoding(version_id=self.PLAIN.current_version, left_out=left_out)
        films = self.FILMS.model_copy(update={"outputs": outputs})
        return self.COMPLETE.model_copy(update={"transcoded": films, "transcoding": state})

    def test_all_of_it_must_be_finished(self) -> None:
        assert not self.outdated(self.COMPLETE)
        assert self.outdated(self.COMPLETE.model_copy(update={"transcoded": None}))
        older = self.FILMS.model_copy(update={"version_id": some.version(number=0).version_id})
        assert self.outdated(self.COMPLETE.model_copy(update={"transcoded": older}))
        assert self.outdated(self.COMPLETE, SpecBook((WEB,), transcodes=transcodes()[:-2]))

    def test_a_title_is_written_inside(self) -> None:
        edits = {"title": Edit(value={"x-default": "Shoe"}, at=NOW)}
        assert self.outdated(self.COMPLETE.model_copy(update={"edits": edits}))

    def test_what_was_given_up_is_not_wanted_until_it_would_be_made_otherwise(self) -> None:
        each = self.WANTED[0]
        given_up = self.without(each.name, made=each.transcode.made)
        assert not self.outdated(given_up)
        assert is_incomplete(given_up)
        assert self.outdated(self.without(each.name, made="otherwise"))
        assert not is_incomplete(self.COMPLETE)

    def test_a_photograph_wants_none_of_it(self) -> None:
        photograph = some.asset(rights=some.rights())
        assert wanted_of_media(photograph, book=self.BOOK) == ()
        outputs = {each.name: each.digest for each in wanted_outputs(photograph, book=self.BOOK, at=NOW)}
        rendered = Rendered(version_id=photograph.current_version, outputs=outputs)
        assert not self.outdated(photograph.model_copy(update={"rendered": rendered}))

    def test_a_spin_is_outdated_when_the_specs_are_that_it_was_made_by(self) -> None:
        read = some.inspection(kind=Kind.SPIN, media_type="application/x", width=None, height=None)
        spin = some.asset(inspection=read, rendered=Rendered(version_id=self.PLAIN.current_version))
        made = Rendered(version_id=self.PLAIN.current_version, made_by=self.BOOK.spin_digest)
        assert self.outdated(spin)
        assert not self.outdated(spin.model_copy(update={"transcoded": made}))
        assert self.outdated(spin.model_copy(update={"transcoded": made}), SpecBook((), transcodes=transcodes()))
        state = self.without("spin.json", made="").transcoding
        assert not self.outdated(spin.model_copy(update={"transcoding": state}))


class TestBook:
    """All specs that hold."""

    def test_its_digest_changes_with_any_spec_and_with_the_renderer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        changed = WEB.model_copy(update={"frames": {"321": Frame(width=321)}})
        dated = SpecBook(BOOK.profiles, editions_from(NOW))
        filmed = BOOK._replace(transcodes=transcodes())
        digests = {BOOK.digest, SpecBook((SOCIAL, changed)).digest, SpecBook((WEB,)).digest, dated.digest}
        digests |= {filmed.digest, filmed._replace(transcodes=transcodes()[:-1]).digest}
        monkeypatch.setattr("assetwire.domain.spec_book.RENDERER", 999)
        digests |= {BOOK.digest}
        monkeypatch.setattr("assetwire.domain.spec_book.TRANSCODER", 999)
        assert len({*digests, BOOK.digest}) == 8

    def test_the_next_change_is_the_first_that_lies_ahead(self) -> None:
        book = SpecBook((), editions_from(NOW - HOUR, NOW, NOW + HOUR))
        assert book.next_change(NOW - 2 * HOUR) == NOW - HOUR
        assert book.next_change(NOW) == NOW + HOUR
        assert book.next_change(NOW + HOUR) is None

    def test_the_book_that_ships_is_read_once_and_holds_every_profile_and_channel(self) -> None:
        assert shipped_book() is shipped_book()
        assert shipped_book() == SpecBook(profiles(), shipped_channels(), transcodes())
        wanted = wanted_outputs(some.asset(rights=some.rights()), book=shipped_book(), at=NOW)
        assert {"web", "social", "print", "marketplace"} == {each.usage.value for each in wanted}

    def test_a_house_has_every_profile_and_the_channels_that_it_switched_on(self) -> None:
        asset = some.asset(rights=some.rights())
        none, two = (house_book(names) for names in ((), ("ebay-de", "shopify-us")))
        assert none == SpecBook(profiles(), Channels({}, {}), transcodes())
        before, after = (digests(asset, book) for book in (none, two))
        assert sorted(after.keys() - before.keys()) == ["ebay-picture.jpg", "shopify-media.jpg"]
        assert before.items() <= after.items()
        assert none.digest != two.digest
