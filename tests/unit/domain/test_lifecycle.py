"""The life cycle of an asset: every step from every state is taken, changes nothing, or is refused by name."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain import lifecycle
from assetwire.domain.archive import Act, Archive, ArchiveState, Tier, Withdrawal
from assetwire.domain.asset import Asset, AssetStatus, Edit
from assetwire.domain.due import Due, DueKind
from assetwire.domain.errors import InvalidRequest, NotPermitted, Refused
from assetwire.domain.shown import Delivered
from assetwire.domain.source import Source
from fakes import some
from fakes.some import NOW

ACT = Act(by="arn:aws:iam::1:user/me", at=NOW, reason="because")
MONTH = timedelta(days=30)
SOURCES = [Source(bucket="masters", key="shoe.jpg", asset_id=some.asset_id())]
Step = Callable[[Asset, Act], Asset]


def deletion(asset: Asset, act: Act, *, grace: timedelta = MONTH) -> Asset:
    return lifecycle.schedule_deletion(asset, act, grace=grace, sources=SOURCES)


def ours(asset: Asset) -> Asset:
    """Withdraw an asset as somebody who may not set rights."""
    return lifecycle.withdraw(asset, ACT, may_set_rights=False)


def later(**much: float) -> Act:
    return ACT.model_copy(update={"at": NOW + timedelta(**much)})


def archived(state: ArchiveState = ArchiveState.ARCHIVED) -> Asset:
    return some.asset(archive=Archive(state=state, asked=ACT))


def deleted() -> Asset:
    begun = lifecycle.begin_deletion(deletion(some.asset(), ACT), now=NOW + MONTH)
    return lifecycle.buried(begun, now=NOW + MONTH)


STEPS: dict[str, Step] = {
    "withdraw": lifecycle.withdraw,
    "restore": lifecycle.restore,
    "delete": deletion,
    "hold": lifecycle.place_hold,
    "release": lifecycle.release_hold,
    "archive": lifecycle.archive,
    "recall": lifecycle.recall,
}
STATES: dict[str, Callable[[], Asset]] = {
    "accepted": some.asset,
    "quarantined": lambda: some.asset(accepted=False),
    "withdrawn": lambda: lifecycle.withdraw(some.asset(), ACT),
    "to be deleted": lambda: deletion(some.asset(), ACT),
    "being deleted": lambda: lifecycle.begin_deletion(deletion(some.asset(), ACT), now=NOW + MONTH),
    "deleted": deleted,
    "held": lambda: lifecycle.place_hold(some.asset(), ACT),
    "held, to be deleted": lambda: lifecycle.place_hold(deletion(some.asset(), ACT), ACT),
    "archiving": lambda: archived(ArchiveState.ARCHIVING),
    "archived": archived,
    "recalling": lambda: archived(ArchiveState.RECALLING),
    "recalled": lambda: archived(ArchiveState.RECALLED),
}
GONE = dict.fromkeys(STEPS, "already_deleted")
AT_HAND = {"recall": "not_archived", "release": "not_on_hold"}
REFUSALS = {
    "accepted": {**AT_HAND, "restore": "not_withdrawn"},
    "quarantined": {**AT_HAND, "restore": "not_withdrawn"},
    "withdrawn": {**AT_HAND, "withdraw": None},
    "to be deleted": AT_HAND,
    "being deleted": GONE,
    "deleted": GONE,
    "held": {"recall": "not_archived", "restore": "not_withdrawn", "delete": "on_legal_hold", "hold": None},
    "held, to be deleted": {"recall": "not_archived", "delete": "on_legal_hold", "hold": None},
    "archiving": {"release": "not_on_hold", "restore": "not_withdrawn", "archive": None},
    "archived": {"release": "not_on_hold", "restore": "not_withdrawn", "archive": None},
    "recalling": {"release": "not_on_hold", "restore": "not_withdrawn", "recall": None},
    "recalled": {"release": "not_on_hold", "restore": "not_withdrawn"},
}
"""What a state does not admit, and by which code; None: it changes nothing. All else is taken."""


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", STATES)
def test_every_step_from_every_state_is_taken_or_refused_by_name(state: str, step: str) -> None:
    asset = STATES[state]()
    outcome = REFUSALS[state].get(step, "taken")
    if outcome == "taken":
        changed = STEPS[step](asset, later(hours=1))
        assert (changed.revision, changed.updated_at) == (asset.revision + 1, NOW + timedelta(hours=1))
    elif outcome is None:
        assert STEPS[step](asset, later(hours=1)) is asset
    else:
        with pytest.raises(Refused) as refused:
            STEPS[step](asset, ACT)
        assert refused.value.code == outcome


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=12))
def test_whatever_happens_the_status_follows_from_the_record_and_no_generation_returns(names: list[str]) -> None:
    asset = some.asset(rights=some.rights())
    visible = {1}
    for name in names:
        before = asset
        try:
            asset = STEPS[name](asset, ACT)
        except Refused:
            continue
        out_of_use = asset.withdrawn is not None or asset.deletion is not None
        assert asset.status is (AssetStatus.WITHDRAWN if out_of_use else AssetStatus.ACCEPTED)
        if before.status is AssetStatus.WITHDRAWN and asset.status is AssetStatus.ACCEPTED:
            assert asset.generation not in visible
            visible.add(asset.generation)
        waits = asset.deletion is not None and asset.legal_hold is None
        assert (asset.due is not None and asset.due.kind is DueKind.DELETION) == waits


def test_a_withdrawal_names_who_and_why_and_voids_every_url() -> None:
    asset = lifecycle.withdraw(some.asset(rights=some.rights()), ACT)
    assert (asset.status, asset.generation) == (AssetStatus.WITHDRAWN, 2)
    assert asset.withdrawn == Withdrawal(**ACT.model_dump(), reserved=True)


def test_what_who_may_set_rights_took_out_of_use_only_such_a_one_restores() -> None:
    theirs = lifecycle.withdraw(some.asset(), ACT, may_set_rights=True)
    for asset in (theirs, deletion(some.asset(), ACT), deletion(ours(some.asset()), ACT)):
        with pytest.raises(NotPermitted) as refused:
            lifecycle.restore(asset, ACT, may_set_rights=False)
        assert refused.value.code == "restore_not_permitted"
        assert lifecycle.restore(asset, ACT, may_set_rights=True).status is AssetStatus.ACCEPTED


def test_what_others_withdrew_everybody_restores_until_who_may_set_rights_withdraws_it_too() -> None:
    asset = ours(some.asset())
    assert lifecycle.restore(asset, ACT, may_set_rights=False).status is AssetStatus.ACCEPTED
    assert ours(asset) is asset
    reserved = lifecycle.withdraw(asset, later(hours=1), may_set_rights=True)
    assert reserved.withdrawn is not None
    assert (reserved.withdrawn.reserved, reserved.withdrawn.at, reserved.generation) == (True, later(hours=1).at, 2)
    assert ours(reserved) is reserved
    with pytest.raises(NotPermitted):
        lifecycle.restore(reserved, ACT, may_set_rights=False)


def test_a_withdrawal_of_which_nobody_noted_whose_it_was_is_reserved() -> None:
    stored = lifecycle.withdraw(some.asset(), ACT).model_dump(mode="json")
    del stored["withdrawn"]["reserved"]
    withdrawn = Asset.model_validate(stored).withdrawn
    assert withdrawn is not None
    assert withdrawn.reserved


def test_a_restored_asset_is_what_its_version_makes_it() -> None:
    for asset, status in ((some.asset(), "accepted"), (some.asset(accepted=False), "quarantined")):
        restored = lifecycle.restore(lifecycle.withdraw(asset, ACT), later(days=1))
        assert (restored.status, restored.withdrawn, restored.generation) == (status, None, 2)


def test_a_deletion_withdraws_at_once_and_waits_for_its_grace_period() -> None:
    asset = deletion(some.asset(), ACT)
    assert (asset.status, asset.generation) == (AssetStatus.WITHDRAWN, 2)
    assert asset.due == Due(kind=DueKind.DELETION, at=NOW + MONTH)
    assert deletion(lifecycle.withdraw(some.asset(), ACT), ACT).generation == 2


def test_a_deletion_records_where_the_asset_was_used_when_it_was_asked_for() -> None:
    shown = Delivered(generation=3, version_id=some.version().version_id, renditions=("web-320.jpg",), digest="d")
    asset = deletion(some.asset(delivered=shown, generation=3), ACT)
    used = (f"delivered g3/{some.version().version_id}/web-320.jpg", "source s3://masters/shoe.jpg")
    assert asset.deletion.used_in == used
    emptied = asset.with_delivered(Delivered(generation=4), now=NOW)
    assert deletion(emptied, later(days=1)).deletion.used_in == used


def test_a_record_of_use_is_bounded() -> None:
    sources = [Source(bucket="masters", key=f"{n}.jpg", asset_id=some.asset_id()) for n in range(5_000)]
    asset = lifecycle.schedule_deletion(some.asset(), ACT, grace=MONTH, sources=sources)
    assert len(asset.deletion.used_in) == lifecycle.MOST_USES


def test_the_last_word_on_a_deletion_counts() -> None:
    asset = deletion(deletion(some.asset(), ACT), later(days=2), grace=timedelta(days=1))
    assert asset.due.at == NOW + timedelta(days=3)


@pytest.mark.parametrize("grace", [timedelta(0), timedelta(hours=23), timedelta(days=366), timedelta(days=-1)])
def test_a_grace_period_that_is_too_short_or_too_long_is_refused(grace: timedelta) -> None:
    with pytest.raises(InvalidRequest, match="between 1 and 365 days"):
        deletion(some.asset(), ACT, grace=grace)


def test_nothing_is_due_while_an_asset_is_held() -> None:
    held = lifecycle.place_hold(deletion(some.asset(), ACT), ACT)
    assert (held.due, held.status) == (None, AssetStatus.WITHDRAWN)
    assert lifecycle.begin_deletion(held, now=NOW + 2 * MONTH) is held


def test_a_released_asset_is_not_deleted_within_the_same_day() -> None:
    held = lifecycle.place_hold(deletion(some.asset(), ACT), ACT)
    soon, late = lifecycle.release_hold(held, later(days=1)), lifecycle.release_hold(held, later(days=90))
    assert soon.due.at == NOW + MONTH
    assert late.due.at == NOW + timedelta(days=91)


def test_a_deletion_begins_when_it_is_due_and_once() -> None:
    asset = deletion(some.asset(), ACT)
    assert lifecycle.begin_deletion(asset, now=NOW + MONTH - timedelta(microseconds=1)) is asset
    begun = lifecycle.begin_deletion(asset, now=NOW + MONTH)
    assert begun.is_gone
    assert begun.due is not None  # whoever began it and died is woken again
    assert lifecycle.begin_deletion(begun, now=NOW + 2 * MONTH) is begun
    assert lifecycle.begin_deletion(some.asset(), now=NOW + MONTH).deletion is None


def test_what_is_left_of_an_asset_says_what_it_was_and_nothing_that_its_masters_said() -> None:
    version = some.version()
    spoken = some.inspection("shoe.jpg, take 1", metadata={"technical": {"orientation": 1}}, perceptual_hash="00ff")
    asset = some.asset(inspection=spoken, edits={"title": Edit(value="Shoe", by="me", at=NOW)}, rights=some.rights())
    begun = lifecycle.begin_deletion(deletion(asset, ACT), now=NOW + MONTH)
    left = lifecycle.buried(begun, now=NOW + MONTH)
    assert (left.asset_id, left.file_name, left.current_version) == (asset.asset_id, "shoe.jpg", version.version_id)
    assert (left.status, left.due, left.edits, left.rendered) == (AssetStatus.DELETED, None, {}, None)
    assert left.inspection.model_dump(exclude_defaults=True) == {
        "status": "accepted",
        "kind": "image",
        "media_type": "image/jpeg",
        "sha256": spoken.sha256,
        "bytes": spoken.bytes,
    }
    assert (left.deletion.by, left.deletion.reason, left.deletion.done_at) == (ACT.by, ACT.reason, NOW + MONTH)
    assert left.deletion.used_in
    assert lifecycle.buried(left, now=NOW + 2 * MONTH) is left


def test_an_asset_is_due_at_the_earliest_of_what_waits() -> None:
    look = some.asset(look_at=NOW + timedelta(days=10))
    assert deletion(look, ACT, grace=timedelta(days=5)).due.kind is DueKind.DELETION
    assert deletion(look, ACT).due == Due(kind=DueKind.MASTERS, at=NOW + timedelta(days=10))
    assert lifecycle.place_hold(deletion(look, ACT), ACT).due.kind is DueKind.MASTERS


def test_a_recall_says_how_fast_and_how_long_and_asking_otherwise_asks_again() -> None:
    asked = lifecycle.recall(archived(), ACT, tier=Tier.BULK, days=3)
    assert (asked.archive.state, asked.archive.tier, asked.archive.days) == (ArchiveState.RECALLING, Tier.BULK, 3)
    assert lifecycle.recall(asked, later(hours=1), tier=Tier.BULK, days=3) is asked
    assert lifecycle.recall(asked, later(hours=1), tier=Tier.EXPEDITED, days=3).archive.tier is Tier.EXPEDITED


def test_masters_that_s3_does_not_let_be_read_are_recalled_whatever_the_catalog_thought() -> None:
    for asset in (some.asset(), archived(), archived(ArchiveState.RECALLED)):
        assert lifecycle.recall_unread(asset, ACT).archive.state is ArchiveState.RECALLING
    assert lifecycle.recall_unread(deleted(), ACT).archive is None


def test_use_is_noted_and_mere_book_keeping_is_no_use() -> None:
    asset = some.asset()
    used = asset.with_version(some.version(number=2), now=NOW + MONTH)
    assert used.used_at == NOW + MONTH
    assert used.judged([some.version(), some.version(number=2)], now=NOW + 2 * MONTH).used_at == NOW + MONTH
    assert asset.with_delivered(Delivered(generation=1), now=NOW + MONTH).used_at is None
    assert asset.woken(NOW + MONTH).used_at is None


def test_a_new_version_is_at_hand_though_the_ones_before_it_are_archived() -> None:
    assert archived().with_version(some.version(number=2), now=NOW).archive is None
    assert archived().with_version(some.version(number=2, accepted=False), now=NOW).archive is not None
