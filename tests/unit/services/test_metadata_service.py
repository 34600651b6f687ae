"""Metadata, edited by people: judged at once, refused by name, forecast without a write."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from assetwire.domain.asset import Asset, AssetStatus, UploadRecord, Version
from assetwire.domain.edits import MetadataEdit
from assetwire.domain.errors import Conflict, InvalidRequest
from assetwire.domain.metadata import FieldValue, Metadata, Origin
from assetwire.domain.rules import RuleKind
from assetwire.services.judging import Judge
from assetwire.services.metadata import edit_metadata, forecast, start_edit
from assetwire.services.rules import put_rule
from assetwire.services.selection import Selection, selection_of
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.some import NOW


class Desk:
    """A Catalog with a template `shoes` that requires a headline, and who edits its assets."""

    def __init__(self, catalog: FakeCatalog | None = None) -> None:
        self.catalog = catalog or FakeCatalog()
        self.judge = Judge(self.catalog)
        self.template(headline={"required": True})

    def template(self, **fields: Any) -> None:
        body = json.dumps({"name": "shoes", "fields": fields})
        put_rule(RuleKind.TEMPLATE, "shoes", body, store=self.catalog, judge=self.judge, now=NOW)

    def asset(self, key: str = "shoe.jpg", *, versions: int = 1, **fields: Any) -> str:
        metadata = Metadata(fields={n: FieldValue(value=v, source=Origin.XMP) for n, v in fields.items()})
        made = [_saying(some.version(key, number), metadata) for number in range(1, versions + 1)]
        asset = Asset.of(made[0], now=NOW)
        for version in made[1:]:
            asset = asset.with_version(version, now=NOW)
        asset = asset.model_copy(update={"revision": 0})
        upload = some.upload(key)
        note = UploadRecord(upload=upload, asset_id=asset.asset_id)
        self.catalog.record(note, version=made[0], asset=asset)
        for version in made[1:]:
            self.catalog._write(version)
        return asset.asset_id

    def edit(self, asset_id: str, **asked: Any) -> Asset:
        known = {name: asked.pop(name) for name in ("if_revision",) if name in asked}
        edit = MetadataEdit(**asked)
        return edit_metadata(
            asset_id, edit, may_set_rights=True, by="ada", catalog=self.catalog, judge=self.judge, now=NOW, **known
        )


def _saying(version: Version, metadata: Metadata) -> Version:
    return version.model_copy(update={"inspection": version.inspection.model_copy(update={"metadata": metadata})})


@pytest.fixture
def desk() -> Desk:
    return Desk()


def codes(asset: Asset) -> list[str]:
    return [problem.code for problem in asset.problems]


class TestOneAsset:
    """PATCH of one asset's metadata."""

    def test_an_asset_that_does_not_meet_its_template_is_quarantined_and_accepted_once_it_does(
        self, desk: Desk
    ) -> None:
        asset_id = desk.asset()
        refused = desk.edit(asset_id, category="shoes")
        assert (refused.status, codes(refused)) == (AssetStatus.QUARANTINED, ["required"])
        mended = desk.edit(asset_id, set={"headline": "Boot"})
        assert (mended.status, codes(mended)) == (AssetStatus.ACCEPTED, [])
        assert desk.catalog.asset(asset_id) == mended
        assert mended.edits["headline"].by == "ada"

    def test_every_version_is_judged_so_that_the_best_is_current(self, desk: Desk) -> None:
        asset_id = desk.asset(versions=3)
        refused = desk.edit(asset_id, category="shoes")
        assert [version.accepted for version in desk.catalog.versions(asset_id)] == [False] * 3
        accepted = desk.edit(asset_id, set={"headline": "Boot"})
        assert [version.accepted for version in desk.catalog.versions(asset_id)] == [True] * 3
        assert accepted.current_version == refused.current_version == some.upload(number=3).version_id

    def test_what_is_shown_and_refused_is_shown_no_longer(self, desk: Desk) -> None:
        asset_id = desk.asset()
        asset = desk.catalog.asset(asset_id)
        desk.catalog.save_asset(asset.with_rendered(some.rendered(desk.catalog.versions(asset_id)[0]), now=NOW))
        assert desk.edit(asset_id, category="shoes").rendered is None

    def test_a_field_is_cleared_whatever_the_master_says_and_reset_to_it(self, desk: Desk) -> None:
        asset_id = desk.asset(headline="Boot")
        desk.edit(asset_id, category="shoes")
        assert codes(desk.edit(asset_id, clear=("headline",))) == ["required"]
        assert desk.edit(asset_id, reset=("headline",)).fields["headline"].value == "Boot"

    def test_the_same_again_changes_nothing(self, desk: Desk) -> None:
        asset_id = desk.asset()
        first = desk.edit(asset_id, set={"headline": "Boot"})
        assert desk.edit(asset_id, set={"headline": "Boot"}) == first

    @pytest.mark.parametrize(
        ("edit", "code", "field"),
        [
            ({"set": {"price": "3"}}, "forbidden_field", "price"),
            ({"set": {"Purchase-Price": "3"}}, "forbidden_field", "Purchase-Price"),
            ({"set": {"headline": "EK: 4,50"}}, "forbidden_field", "headline"),
            ({"set": {"licensor": [{"cost": "3"}]}}, "forbidden_field", "licensor.0.cost"),
            ({"set": {"colour": "red"}}, "unknown_field", "colour"),
            ({"clear": ("colour",)}, "unknown_field", "colour"),
            ({"set": {"headline": 3}}, "wrong_type", "headline"),
            ({"set": {"headline": None}}, "wrong_type", "headline"),
            ({"set": {"headline": "a"}, "reset": ("headline",)}, "named_twice", "headline"),
            ({"category": "hats"}, "unknown_category", "category"),
            ({}, "nothing_to_do", ""),
            ({"set": {"headline": "x" * 100_001}}, "too_large", "set"),
        ],
    )
    def test_what_cannot_be_set_is_refused_by_name_and_nothing_is_written(
        self, desk: Desk, edit: dict[str, Any], code: str, field: str
    ) -> None:
        asset_id = desk.asset()
        with pytest.raises(InvalidRequest) as error:
            desk.edit(asset_id, **edit)
        assert (error.value.problems[0]["code"], error.value.problems[0]["field"]) == (code, field)
        assert desk.catalog.asset(asset_id).revision == 0

    def test_edits_do_not_grow_beyond_what_a_record_holds(self, desk: Desk) -> None:
        asset_id = desk.asset()
        desk.edit(asset_id, set={"headline": "x" * 60_000})
        with pytest.raises(InvalidRequest) as error:
            desk.edit(asset_id, set={"city": "x" * 60_000})
        assert error.value.code == "too_large"

    def test_an_edit_of_another_revision_is_refused(self, desk: Desk) -> None:
        asset_id = desk.asset()
        desk.edit(asset_id, set={"headline": "a"}, if_revision=0)
        with pytest.raises(Conflict) as error:
            desk.edit(asset_id, set={"headline": "b"}, if_revision=0)
        assert error.value.code == "revision"

    def test_a_deleted_asset_is_not_edited(self, desk: Desk) -> None:
        asset_id = desk.asset()
        asset = desk.catalog.asset(asset_id)
        gone = asset.model_copy(update={"status": AssetStatus.DELETED, "revision": 1})
        desk.catalog.save_asset(gone)
        with pytest.raises(InvalidRequest) as error:
            desk.edit(asset_id, set={"headline": "a"})
        assert error.value.code == "asset_deleted"


class Meddling(FakeCatalog):
    """A Catalog in which something happens right before or right after an asset is saved."""

    before: list[Callable[[], Any]]
    after: list[Callable[[], Any]]

    def __init__(self) -> None:
        super().__init__()
        self.before, self.after = [], []

    def save_asset(self, *args: Any, **fields: Any) -> None:
        if self.before:
            self.before.pop()()
        super().save_asset(*args, **fields)
        if self.after:
            self.after.pop()()


class TestAtOnce:
    """Edits, and changes of the rules, at the same time."""

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_an_asset_that_is_written_while_its_template_changes_is_judged_by_the_new_one(self, when: str) -> None:
        catalog = Meddling()
        desk = Desk(catalog)
        asset_id = desk.asset(headline="Boot")
        getattr(catalog, when).append(lambda: desk.template(headline={"max_length": 3}))
        asset = desk.edit(asset_id, category="shoes")
        assert codes(asset) == ["too_long"]
        assert codes(desk.catalog.asset(asset_id)) == ["too_long"]

    def test_two_edits_at_once_both_count(self) -> None:
        catalog = Meddling()
        desk = Desk(catalog)
        asset_id = desk.asset()
        catalog.before.append(lambda: desk.edit(asset_id, set={"city": "Rome"}))
        assert set(desk.edit(asset_id, set={"headline": "Boot"}).edits) == {"city", "headline"}


class TestManyAssets:
    """POST /metadata/bulk."""

    def forecast(
        self, desk: Desk, selection: Selection, cursor: str | None = None, limit: int = 50, **edit: Any
    ) -> Any:
        return forecast(
            selection,
            MetadataEdit(**edit),
            may_set_rights=True,
            cursor=cursor,
            limit=limit,
            catalog=desk.catalog,
            judge=desk.judge,
            now=NOW,
        )

    def test_a_dry_run_says_what_would_change_and_writes_nothing(self, desk: Desk) -> None:
        good = desk.asset("a.jpg", headline="Boot")
        bad = desk.asset("b.jpg")
        before = dict(desk.catalog.records)
        told = self.forecast(desk, Selection(asset_ids=(good, bad, some.asset_id("c.jpg"))), category="shoes")
        assert desk.catalog.records == before
        assert (told.matched, told.changed, told.quarantined, told.accepted) == (2, 2, 1, 0)
        assert (told.missing, told.problems_new, told.next_cursor) == ([some.asset_id("c.jpg")], {"required": 1}, None)

    def test_a_dry_run_of_a_query_goes_through_every_page(self, desk: Desk) -> None:
        ids = [desk.asset(f"{n}.jpg") for n in range(7)]
        for asset_id in ids[:4]:
            desk.edit(asset_id, category="shoes")
        found, cursor, pages = 0, None, 0
        while True:
            told = self.forecast(desk, Selection(problem="required"), cursor, limit=2, set={"headline": "Boot"})
            found, pages, cursor = found + told.accepted, pages + 1, told.next_cursor
            assert told.problems_gone in ({}, {"required": told.accepted})
            if cursor is None:
                break
        assert (found, pages) == (4, 4)

    def test_the_same_token_and_request_is_the_same_job(self, desk: Desk) -> None:
        chosen = Selection(asset_ids=(desk.asset(),))

        def start(token: str) -> str:
            edit = MetadataEdit(set={"headline": "Boot"})
            return start_edit(
                chosen, edit, may_set_rights=True, token=token, agenda=desk.catalog, judge=desk.judge, now=NOW
            ).job_id

        assert start("a") == start("a") != start("b")

    @pytest.mark.parametrize(
        "asked", [{}, {"asset_ids": (some.asset_id(),), "category": "shoes"}, {"asset_ids": (some.asset_id(),) * 2}]
    )
    def test_a_selection_of_nothing_or_of_two_kinds_is_refused(self, asked: dict[str, Any]) -> None:
        with pytest.raises(InvalidRequest):
            selection_of(**asked)

    @pytest.mark.parametrize("cursor", ["", "x", "bnVsbA", "WzAsWyJhIiwiYiJdXQ", "Wy0xLG51bGxd", "WzAsWzEsMl1d"])
    def test_a_cursor_of_somebody_else_is_refused(self, desk: Desk, cursor: str) -> None:
        with pytest.raises(InvalidRequest):
            self.forecast(desk, Selection(category="shoes"), cursor, category="shoes")
