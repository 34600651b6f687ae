"""Refresh: those that want others than they have are asked for, each once, and no others."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from assetwire.domain.applied_specs import SECOND_LOOK
from assetwire.domain.archive import Act, Archive, ArchiveState
from assetwire.domain.asset import Asset, AssetStatus
from assetwire.domain.channels import shipped_channels
from assetwire.domain.due import Due, DueKind
from assetwire.domain.inspection import Problem
from assetwire.domain.job import Job, JobState
from assetwire.domain.outbox import Change, events_of
from assetwire.domain.outputs import is_outdated, wanted_outputs
from assetwire.domain.shown import Rendered
from assetwire.domain.spec import Frame
from assetwire.domain.spec_book import SpecBook
from assetwire.domain.transcoding import LeftOut, Transcoding
from assetwire.services.jobs import Advanced, advance
from assetwire.services.refresh import REFRESH_RENDITIONS, Refresh, apply_specs, start_refresh
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.channel_files import editions_from
from fakes.rendition_world import WEB
from fakes.some import NOW

ASSETS = 120
OLD = SpecBook((WEB,))
NEW = SpecBook((WEB.model_copy(update={"frames": WEB.frames | {"640": Frame(width=600)}}),))
"""Its second width is another: it touches what is wider than the first, 320 pixels."""


class Works:
    """A Catalog whose assets are rendered by the old specs: every third is narrow."""

    def __init__(self) -> None:
        self.catalog = FakeCatalog()
        for number in range(ASSETS):
            self.put(self.asset(number))
        self.catalog.changes.clear()

    def asset(self, number: int, **changes: object) -> Asset:
        version = some.version(f"{number}.jpg", number)
        read = version.inspection.model_copy(update={"width": 2000 if number % 3 else 300})
        version = version.model_copy(update={"inspection": read})
        asset = Asset.of(version, now=version.upload.uploaded_at)
        outputs = {each.name: each.digest for each in wanted_outputs(asset, book=OLD, at=NOW)}
        rendered = Rendered(version_id=asset.current_version, outputs=outputs)
        return asset.model_copy(update={"rendered": rendered, **changes})

    def put(self, asset: Asset) -> Asset:
        self.catalog.save_asset(asset.model_copy(update={"revision": 0}))
        return asset

    def start(self, *asset_ids: str, recall: bool = False, cause: str = "one") -> Job:
        return start_refresh(asset_ids, recall=recall, by="me", token=cause, agenda=self.catalog, now=NOW)

    def run(self, job: Job, goes_on: Callable[[], bool] = lambda: True, book: SpecBook = NEW) -> Advanced:
        works = {REFRESH_RENDITIONS: Refresh(book, now=NOW)}
        known = {"agenda": self.catalog, "catalog": self.catalog, "progress": self.catalog}
        return advance(job.job_id, goes_on=goes_on, works=works, now=NOW, **known)  # type: ignore[arg-type]

    def asked(self) -> Counter[str]:
        """Return how often each asset's renditions were said to be outdated, as the stream tells."""
        events = [
            e for n, (old, new) in enumerate(self.catalog.changes) for e in events_of(Change(str(n), NOW, old, new))
        ]
        return Counter(event.subject for event in events if event.type == "RenditionsOutdated")


@pytest.fixture
def works() -> Works:
    return Works()


def times(number: int) -> Callable[[], bool]:
    left: Iterator[bool] = iter([True] * number)
    return lambda: next(left, False)


WIDE = [some.asset_id(f"{number}.jpg") for number in range(ASSETS) if number % 3]


def test_what_a_changed_spec_touches_is_asked_for_once_and_nothing_else(works: Works) -> None:
    job = works.start()
    assert works.run(job) == Advanced(JobState.DONE, ASSETS, len(WIDE))
    assert works.asked() == Counter(WIDE)
    for record in works.catalog.records.values():
        if isinstance(record, Asset):
            assert is_outdated(record, book=NEW, at=NOW) == (record.rendering_asked == job.job_id)
    assert works.catalog.job(job.job_id).total == ASSETS


def test_a_channel_that_is_switched_on_asks_for_what_it_may_get_alone(works: Works) -> None:
    for number in range(0, ASSETS, 2):
        asset = works.catalog.asset(works.asset(number).asset_id)
        works.catalog.save_asset(asset.with_rights(some.rights(territories=("DE",)), now=NOW))
    book = OLD._replace(channels=shipped_channels().only(["ebay-de", "ebay-us"]))
    works.run(works.start(), book=book)
    assert works.asked() == {works.asset(n).asset_id: 1 for n in range(0, ASSETS, 2)}


def test_specs_that_stayed_as_they_were_write_nothing_but_the_job(works: Works) -> None:
    assert works.run(works.start(), book=OLD) == Advanced(JobState.DONE, ASSETS, 0)
    assert not [new for _, new in works.catalog.changes if isinstance(new, Asset)]


def test_a_run_that_stops_is_gone_on_with_and_asks_nothing_twice(works: Works) -> None:
    job = works.start()
    assert works.run(job, times(1)) == Advanced(JobState.RUNNING, 100, works.asked().total())
    assert works.catalog.job(job.job_id).due == Due(kind=DueKind.JOB, at=NOW)
    assert works.run(job).state is JobState.DONE
    assert works.asked() == Counter(WIDE)


def test_a_later_job_asks_again_for_what_is_still_outdated(works: Works) -> None:
    works.run(works.start())
    again = works.start(cause="another")
    works.run(again)
    assert works.asked() == Counter(WIDE * 2)
    assert works.start(cause="another") == works.catalog.job(again.job_id)


def test_what_was_never_rendered_is_asked_for(works: Works) -> None:
    asset = works.put(works.asset(999, rendered=None))
    works.run(works.start(), book=OLD)
    assert works.asked() == Counter([asset.asset_id])


def test_what_is_not_accepted_is_left_alone_though_it_is_named(works: Works) -> None:
    asset = works.put(works.asset(998, status=AssetStatus.WITHDRAWN, rendered=None))
    assert works.run(works.start(asset.asset_id)) == Advanced(JobState.DONE, 1, 0)


def test_what_was_given_up_is_asked_for_again(works: Works) -> None:
    asset = works.asset(999)  # narrow: its pictures are as they were
    problem = Problem(code="too_long", field="file", message="…")
    state = Transcoding(version_id=asset.current_version, left_out={"a.mp4": LeftOut(made="", problem=problem)})
    works.put(asset.model_copy(update={"transcoding": state}))
    job = works.start(asset.asset_id)
    assert works.run(job).changed == 1
    assert works.catalog.asset(asset.asset_id).rendering_asked == job.job_id


def test_named_assets_alone_are_looked_at(works: Works) -> None:
    job = works.start(WIDE[0], some.asset_id("0.jpg"), some.asset_id("nowhere.jpg"))
    assert works.run(job) == Advanced(JobState.DONE, 2, 1)
    assert works.catalog.job(job.job_id).failed == 1
    assert works.asked() == Counter(WIDE[:1])


@pytest.mark.parametrize("state", ArchiveState)
def test_masters_in_cold_storage_are_not_fetched_for_it_unless_that_is_asked_for(
    works: Works, state: ArchiveState
) -> None:
    archive = Archive(state=state, asked=Act(by="me", at=NOW))
    asset = works.put(works.asset(997, archive=archive))
    works.run(works.start(asset.asset_id))
    assert works.asked().total() == (state is not ArchiveState.ARCHIVED)
    works.run(works.start(asset.asset_id, recall=True))
    assert works.asked()[asset.asset_id] >= 1


class TestApplying:
    """Other specs start one refresh of everything, however often somebody looks."""

    def test_each_change_starts_one_job_and_a_second_when_older_code_has_ended(self, works: Works) -> None:
        first = apply_specs(book=OLD, store=works.catalog, now=NOW)
        assert first is not None
        assert (first.kind, first.by, first.due) == (REFRESH_RENDITIONS, "assetwire", Due(kind=DueKind.JOB, at=NOW))
        assert apply_specs(book=OLD, store=works.catalog, now=NOW + SECOND_LOOK) is None
        second = apply_specs(book=NEW, store=works.catalog, now=NOW)
        assert second is not None
        assert works.run(second).changed == len(WIDE)
        assert apply_specs(book=NEW, store=works.catalog, now=NOW + SECOND_LOOK / 2) is None
        third = apply_specs(book=NEW, store=works.catalog, now=NOW + SECOND_LOOK)
        assert third is not None
        assert len({first.job_id, second.job_id, third.job_id}) == 3
        assert apply_specs(book=NEW, store=works.catalog, now=NOW + 9 * SECOND_LOOK) is None

    def test_a_moment_at_which_other_specs_hold_starts_one(self, works: Works) -> None:
        dated = SpecBook(OLD.profiles, editions_from(NOW + SECOND_LOOK))
        apply_specs(book=dated, store=works.catalog, now=NOW)
        assert apply_specs(book=dated, store=works.catalog, now=NOW + SECOND_LOOK / 2) is None
        assert apply_specs(book=dated, store=works.catalog, now=NOW + SECOND_LOOK) is not None
        assert apply_specs(book=dated, store=works.catalog, now=NOW + SECOND_LOOK) is None

    def test_of_two_that_look_at_once_one_starts_it(self, works: Works) -> None:
        class Late(FakeCatalog):
            """A store whose reading was overtaken by another's write."""

            def applied(self) -> None:
                apply_specs(book=OLD, store=works.catalog, now=NOW)

        late = Late()
        late.records = works.catalog.records
        assert apply_specs(book=OLD, store=late, now=NOW) is None
        assert [record.kind for record in works.catalog.records.values() if isinstance(record, Job)] == [
            REFRESH_RENDITIONS
        ]
