"""Assets: whichever way its versions come in, the same one is current."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assetwire.domain.asset import Asset, AssetStatus, Edit, Upload, Version
from assetwire.domain.due import LEASE, Due, DueKind
from assetwire.domain.inspection import Problem
from assetwire.domain.metadata import FieldValue, Metadata, Origin
from assetwire.domain.rights import Usage, Window
from assetwire.domain.rights_phase import Phase, State
from assetwire.domain.shown import Delivered
from fakes import some
from fakes.some import NOW

END = datetime(2026, 6, 2, tzinfo=UTC)
"""Less than a day after NOW."""
PROBLEM = Problem(code="undecodable", field="file", message="damaged")


def asset_of(versions: list[Version]) -> Asset:
    first, *others = versions
    asset = Asset.of(first, now=NOW)
    for version in others:
        asset = asset.with_version(version, now=NOW)
    return asset


def shown(asset: Asset) -> dict[str, object]:
    return asset.model_dump(include={"status", "current_version", "current_order", "file_name", "inspection"})


class TestVersions:
    """The newest accepted upload is current, else the newest."""

    @given(
        st.lists(st.booleans(), min_size=1, max_size=6).flatmap(
            lambda a: st.tuples(st.just(a), st.permutations(range(len(a))))
        )
    )
    def test_any_order_of_arrival_ends_with_the_same_current_version(self, case: tuple[list[bool], list[int]]) -> None:
        accepted, order = case
        versions = [some.version(number=n, accepted=good) for n, good in enumerate(accepted)]
        good = [version for version in versions if version.accepted]
        asset = asset_of([versions[n] for n in order])
        assert asset.current_version == (good or versions)[-1].version_id
        assert shown(asset) == shown(asset_of(versions))
        assert asset.status is (AssetStatus.ACCEPTED if good else AssetStatus.QUARANTINED)
        assert asset.revision == len(versions) - 1

    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def test_an_accepted_version_beats_quarantined_ones_of_any_age(self, order: tuple[int, ...]) -> None:
        versions = [some.version(number=n, accepted=n == 1) for n in range(3)]
        asset = asset_of([versions[n] for n in order])
        assert (asset.current_version, asset.status) == (versions[1].version_id, AssetStatus.ACCEPTED)

    @pytest.mark.parametrize("order", list(permutations(range(4))))
    def test_uploads_within_a_second_are_ordered_by_their_sequencer(self, order: tuple[int, ...]) -> None:
        sequencers = ["0055AED6DCD90281E4", "0055AED6DCD90281E5", "0055aed6dcd90281e5ff", "0055AED6DCD90281F"]
        versions = [
            some.version(number=n, uploaded_at=NOW, sequencer=sequencer) for n, sequencer in enumerate(sequencers)
        ]
        assert asset_of([versions[n] for n in order]).current_version == versions[3].version_id

    def test_a_shorter_sequencer_is_as_if_padded_with_zeros(self) -> None:
        short, padded = (some.upload(uploaded_at=NOW, sequencer=text) for text in ("00A", "00a000"))
        assert short.order == padded.order

    def test_a_version_that_is_not_shown_still_counts(self) -> None:
        asset = asset_of([some.version(number=2)])
        later = asset.with_version(some.version(number=1), now=NOW + timedelta(hours=1))
        assert shown(later) == shown(asset)
        assert (later.revision, later.updated_at) == (1, NOW + timedelta(hours=1))

    def test_a_version_does_not_touch_rights_generation_and_creation(self) -> None:
        asset = some.asset(rights=some.rights(), generation=4)
        later = asset.with_version(some.version(number=9), now=NOW + timedelta(hours=1))
        assert (later.rights, later.generation, later.created_at) == (asset.rights, 4, NOW)

    def test_the_id_of_a_version_comes_from_its_upload_alone(self) -> None:
        assert some.upload().version_id == some.upload(sequencer="00FF").version_id
        assert some.upload().version_id != some.upload(s3_version="other").version_id
        assert some.upload().version_id.startswith("20260601t120001-")

    def test_the_time_of_an_upload_is_told_in_utc(self) -> None:
        upload = Upload.model_validate_json(
            '{"bucket": "b", "key": "k", "s3_version": "v", "uploaded_at": "2026-06-01T01:00:00+02:00"}'
        )
        assert upload.version_id.startswith("20260531t230000-")
        assert upload.order.startswith("2026-05-31T23:00:00|")

    def test_a_file_name_is_the_last_part_of_the_key(self) -> None:
        assert some.upload("a/b/shoe.jpg").file_name == "shoe.jpg"
        assert some.upload("shoe.jpg").file_name == "shoe.jpg"


class TestRefusal:
    """A version that turns out to be damaged gives way to the best of the others."""

    def test_the_newest_accepted_of_the_others_is_current(self) -> None:
        versions = [some.version(number=n, accepted=n != 2) for n in range(4)]
        asset = asset_of(versions)
        refused = versions[3].refused(PROBLEM)
        after = asset.judged([*versions[:3], refused], now=NOW)
        assert (after.current_version, after.status) == (versions[1].version_id, AssetStatus.ACCEPTED)
        assert after.revision == asset.revision + 1

    def test_an_only_version_stays_current_and_is_quarantined(self) -> None:
        version = some.version()
        after = asset_of([version]).judged([version.refused(PROBLEM)], now=NOW)
        assert (after.current_version, after.status) == (version.version_id, AssetStatus.QUARANTINED)
        assert after.inspection.problems == (PROBLEM,)

    def test_the_newest_of_all_refused_ones_is_current(self) -> None:
        versions = [some.version(number=n, accepted=n == 0) for n in range(3)]
        after = asset_of(versions).judged([versions[0].refused(PROBLEM), *versions[1:]], now=NOW)
        assert after.current_version == versions[2].version_id

    def test_a_version_that_is_not_current_changes_nothing_but_the_revision(self) -> None:
        versions = [some.version(number=n) for n in range(2)]
        asset = asset_of(versions)
        after = asset.judged([versions[0].refused(PROBLEM), versions[1]], now=NOW)
        assert shown(after) == shown(asset)
        assert after.revision == asset.revision + 1

    @pytest.mark.parametrize("part", ["rendered", "transcoded", "delivered"])
    def test_a_refusal_of_what_may_have_been_seen_ends_every_url(self, part: str) -> None:
        versions = [some.version(number=n) for n in range(2)]
        seen = Delivered(generation=1, version_id=versions[1].version_id, elsewhere={"a.mp4": versions[0].version_id})
        made = seen if part == "delivered" else some.rendered(versions[0])
        asset = asset_of(versions).model_copy(update={part: made})
        assert asset.judged([versions[0].refused(PROBLEM), versions[1]], now=NOW).generation == 2
        assert asset.judged(versions, now=NOW).generation == 1

    def test_a_refusal_of_what_nobody_saw_ends_no_url(self) -> None:
        versions = [some.version(number=n) for n in range(2)]
        asset = asset_of(versions).model_copy(update={"rendered": some.rendered(versions[1])})
        assert asset.judged([versions[0].refused(PROBLEM), versions[1]], now=NOW).generation == 1

    def test_a_refusal_keeps_what_was_known(self) -> None:
        refused = some.version(accepted=False).refused(PROBLEM.model_copy(update={"code": "another"}))
        assert [problem.code for problem in refused.inspection.problems] == ["undecodable", "another"]
        assert not refused.accepted


class TestRights:
    """A narrowing ends every URL minted so far; nothing else does."""

    def test_the_first_rights_narrow_nothing(self) -> None:
        asset = some.asset().with_rights(some.rights(), now=NOW)
        assert (asset.generation, asset.revision, asset.rights) == (1, 1, some.rights())

    def test_a_narrowing_bumps_the_generation(self) -> None:
        asset = some.asset(rights=some.rights()).with_rights(some.rights(usages=(Usage.WEB,)), now=NOW)
        assert asset.generation == 2

    def test_a_widening_keeps_the_generation(self) -> None:
        asset = some.asset(rights=some.rights(territories=("DE",)), generation=3).with_rights(some.rights(), now=NOW)
        assert (asset.generation, asset.revision) == (3, 1)

    def test_the_same_rights_are_no_change_at_all(self) -> None:
        asset = some.asset(rights=some.rights())
        assert asset.with_rights(some.rights(), now=NOW + timedelta(hours=1)) is asset

    def test_narrowing_back_and_forth_never_returns_to_an_old_generation(self) -> None:
        asset = some.asset(rights=some.rights())
        seen = []
        for usages in ((Usage.WEB,), tuple(Usage), (Usage.WEB,), tuple(Usage)):
            asset = asset.with_rights(some.rights(usages=usages), now=NOW)
            seen.append(asset.generation)
        assert seen == [2, 2, 3, 3]


class TestNotes:
    """What functions note on an asset is written once."""

    def test_the_same_note_is_no_change_at_all(self) -> None:
        rendered = some.rendered(some.version())
        delivered = Delivered(generation=1)
        asset = some.asset().with_rendered(rendered, now=NOW).with_delivered(delivered, now=NOW)
        assert asset.revision == 2
        assert asset.with_rendered(rendered, now=NOW) is asset
        assert asset.with_delivered(delivered, now=NOW) is asset

    def test_what_transcode_notes_is_written_once_and_wakes_it(self) -> None:
        made = some.rendered(some.version(), "video-480.mp4")
        asset = some.asset().with_transcoding(now=NOW, transcoded=made, transcode_at=NOW)
        assert asset.due == Due(kind=DueKind.TRANSCODES, at=NOW)
        assert asset.with_transcoding(now=NOW, transcoded=made, transcode_at=NOW) is asset
        done = asset.with_transcoding(now=NOW, transcode_at=None)
        assert (done.due, done.transcoded, done.revision) == (None, made, 2)

    def test_a_refused_version_is_shown_in_no_part(self) -> None:
        version = some.version()
        made = some.rendered(version)
        asset = asset_of([version]).with_transcoding(now=NOW, transcoded=made)
        assert asset.shown_parts == (made,)
        assert asset.judged([version.refused(PROBLEM)], now=NOW).shown_parts == ()

    def test_a_frame_knows_the_spins_that_it_is_part_of(self) -> None:
        frame, spins = some.asset(), [some.asset_id(key) for key in ("b.spin.json", "a.spin.json")]
        for spin in spins:
            frame = frame.with_spin(spin, belongs=True, now=NOW)
        assert frame.part_of == tuple(sorted(spins))
        assert frame.with_spin(spins[0], belongs=True, now=NOW) is frame
        assert frame.with_spin(spins[0], belongs=False, now=NOW).part_of == (spins[1],)

    def test_an_asset_cannot_be_changed_in_place(self) -> None:
        with pytest.raises(ValidationError):
            some.asset().generation = 2


def dated(number: int, ends: str | None, accepted: bool = True) -> Version:
    """Return a version whose metadata says when its licence ends, if it does."""
    version = some.version(number=number, accepted=accepted)
    fields = {} if ends is None else {"license_end_date": FieldValue(value=ends, source=Origin.XMP)}
    inspection = version.inspection.model_copy(update={"metadata": Metadata(fields=fields)})
    return version.model_copy(update={"inspection": inspection})


def ends_of(asset: Asset) -> list[datetime | None]:
    assert asset.effective_rights is not None
    return [window.ends for window in asset.effective_rights.windows]


class TestRightsInForce:
    """What rights come to: within what metadata says, in the course of time."""

    def test_metadata_restricts_what_was_granted_and_follows_edits_and_versions(self) -> None:
        granted = some.asset().with_rights(some.rights(), now=NOW)
        assert (granted.restricted, granted.effective_rights) == (None, some.rights())
        ends = Edit(value="2026-06-02", at=NOW)
        limited = granted.with_declared(now=NOW, edits={"license_end_date": ends})
        assert limited.effective_rights is not None
        assert limited.effective_rights.windows[0].ends == datetime(2026, 6, 2, tzinfo=UTC)
        assert (limited.rights, limited.generation) == (granted.rights, granted.generation + 1)
        freed = limited.with_declared(now=NOW, edits={})
        assert (freed.restricted, freed.generation) == (None, limited.generation)

    def test_collections_restrict_it_too(self) -> None:
        granted = some.asset().with_rights(some.rights(), now=NOW)
        inherited = granted.with_declared(now=NOW, inherited={"c1": some.rights(territories=("DACH",))})
        assert inherited.effective_rights is not None
        assert inherited.effective_rights.territories == ("AT", "CH", "DE")
        assert inherited.generation == granted.generation + 1

    def test_a_new_version_brings_its_own_limits(self) -> None:
        granted = some.asset().with_rights(some.rights(), now=NOW)
        fields = {"expiration_date": FieldValue(value="2026-06-02", source=Origin.XMP)}
        newer = some.version(number=2)
        inspection = newer.inspection.model_copy(update={"metadata": Metadata(fields=fields)})
        changed = granted.with_version(newer.model_copy(update={"inspection": inspection}), now=NOW)
        assert changed.phase == Phase(state=State.OPEN, ends_at=END, ends_within=1, until=END)
        assert changed.due == Due(kind=DueKind.RIGHTS, at=END)

    def test_a_version_that_says_less_of_its_licence_lifts_nothing_until_somebody_does(self) -> None:
        limited = some.asset().with_rights(some.rights(), now=NOW).with_version(dated(2, "2026-06-02"), now=NOW)
        again = limited.with_version(dated(3, None), now=NOW)
        assert again.current_version == dated(3, None).version_id
        assert ends_of(again) == [END]
        assert (again.generation, again.rights) == (limited.generation, limited.rights)
        assert ends_of(again.with_version(dated(4, "2027-01-01"), now=NOW)) == [END]
        lifted = again.with_limits_lifted(now=NOW)
        assert (lifted.held_limits, lifted.effective_rights) == (None, some.rights())
        assert lifted.with_limits_lifted(now=NOW) is lifted

    def test_a_version_that_says_the_same_or_more_needs_nothing_held(self) -> None:
        limited = some.asset().with_rights(some.rights(), now=NOW).with_version(dated(2, "2026-06-02"), now=NOW)
        assert limited.with_version(dated(3, "2026-06-02"), now=NOW).held_limits is None

    def test_the_limits_of_every_version_count_in_whatever_order_they_come(self) -> None:
        granted = some.asset().with_rights(some.rights(), now=NOW)
        versions = [dated(2, "2026-08-01"), dated(3, None), dated(4, "2026-06-02"), dated(5, "2027-01-01", False)]
        ends = set()
        for order in permutations(versions):
            asset = granted
            for version in order:
                asset = asset.with_version(version, now=NOW)
            ends.add(asset.effective_rights)
            assert ends_of(asset) == [END]
        assert len(ends) == 1

    def test_an_edit_by_people_lifts_what_it_names_and_a_declaration_does_not(self) -> None:
        limited = some.asset().with_rights(some.rights(), now=NOW).with_version(dated(2, "2026-06-02"), now=NOW)
        by_people = {"license_end_date": Edit(value=None, at=NOW)}
        assert limited.with_declared(now=NOW, edits=by_people).effective_rights == some.rights()
        late = Edit(value="2099-01-01", source=Origin.MANIFEST, at=NOW)
        declared = limited.with_declared(now=NOW, edits={"license_end_date": late})
        assert (ends_of(declared), declared.held_limits) == ([END], None)

    def test_an_asset_without_rights_holds_limits_too(self) -> None:
        bare = some.asset().with_version(dated(2, "2026-06-02"), now=NOW).with_version(dated(3, None), now=NOW)
        assert bare.effective_rights is None
        assert ends_of(bare.with_rights(some.rights(), now=NOW)) == [END]

    def test_what_is_declared_while_a_version_comes_narrows_as_any_other_change(self) -> None:
        granted = some.asset().with_rights(some.rights(territories=("DE", "FR")), now=NOW)
        narrowed = granted.with_version(some.version(number=2), now=NOW, rights=some.rights(territories=("DE",)))
        assert narrowed.generation == granted.generation + 1

    def test_the_end_of_a_window_ends_every_url_and_a_later_one_is_waited_for(self) -> None:
        windows = (Window(ends=END), Window(starts=END + timedelta(days=1)))
        asset = some.asset().with_rights(some.rights(windows=windows), now=NOW)
        assert asset.in_phase(now=END - timedelta(microseconds=1)) is asset
        shut = asset.in_phase(now=END)
        assert (shut.phase.state, shut.generation) == (State.EMBARGOED, asset.generation + 1)
        assert shut.due == Due(kind=DueKind.RIGHTS, at=END + timedelta(days=1))
        again = shut.in_phase(now=END + timedelta(days=1))
        assert (again.phase.state, again.generation, again.due) == (State.OPEN, shut.generation, None)

    def test_a_late_look_narrows_once(self) -> None:
        asset = some.asset().with_rights(some.rights(windows=(Window(ends=END),)), now=NOW)
        late = END + timedelta(days=3)
        assert asset.with_rights(some.rights(windows=(Window(starts=late),)), now=late).generation == asset.generation
        assert asset.in_phase(now=late).generation == asset.generation + 1
        assert asset.in_phase(now=late).in_phase(now=late).revision == asset.revision + 1

    def test_what_else_is_due_does_not_hide_rights_behind_its_lease(self) -> None:
        asset = some.asset(look_at=NOW).with_rights(some.rights(windows=(Window(ends=NOW + LEASE / 2),)), now=NOW)
        assert asset.due == Due(kind=DueKind.MASTERS, at=NOW)
        assert asset.woken(NOW).due == Due(kind=DueKind.RIGHTS, at=NOW + LEASE / 2)

    def test_what_was_declared_before_a_master_came_counts_from_its_first_moment(self) -> None:
        asset = Asset.of(some.version(), now=NOW, rights=some.rights(windows=(Window(ends=END),)))
        assert (asset.phase.state, asset.due) == (State.OPEN, Due(kind=DueKind.RIGHTS, at=END))
        assert (asset.generation, asset.revision) == (1, 0)
