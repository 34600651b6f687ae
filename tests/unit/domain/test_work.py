"""Work items: what may be decided about them, and bytes that come with other rights."""

from typing import Any

import pytest

from assetwire.domain.rights import Rights, Usage, Window
from assetwire.domain.work import RESOLUTIONS, Queue, Resolution, rights_conflict
from fakes import some
from fakes.some import NOW

RIGHTS = some.rights(territories=("DE", "AT"), usages=(Usage.WEB, Usage.PRINT))
SPRING, AUTUMN = Window(ends=some.upload(number=1).uploaded_at), Window(starts=some.upload(number=9).uploaded_at)


def test_every_queue_has_its_resolutions_and_every_resolution_its_queue() -> None:
    assert RESOLUTIONS.keys() == set(Queue)
    assert {each for known in RESOLUTIONS.values() for each in known} == set(Resolution)


@pytest.mark.parametrize(
    "declared",
    [
        RIGHTS,
        some.rights(territories=("AT", "DE", "AT"), usages=(Usage.PRINT, Usage.WEB)),
        Rights.model_validate_json(RIGHTS.model_dump_json()),
    ],
)
def test_the_same_rights_are_no_conflict(declared: Rights) -> None:
    assert rights_conflict(some.asset(rights=RIGHTS), declared, "cause", now=NOW) is None


def test_windows_may_stand_in_any_order() -> None:
    asset = some.asset(rights=some.rights(windows=(SPRING, AUTUMN)))
    assert rights_conflict(asset, some.rights(windows=(AUTUMN, SPRING)), "cause", now=NOW) is None


@pytest.mark.parametrize(
    "change",
    [
        {"territories": ("DE",)},
        {"territories": ("*",)},
        {"excluded_territories": ("CH",)},
        {"usages": (Usage.WEB,)},
        {"holder": "Somebody else"},
        {"licence_id": "L-2"},
        {"windows": ()},
        {"windows": (Window(),)},
        {"windows": (*RIGHTS.windows, AUTUMN)},
    ],
)
def test_whatever_differs_is_a_conflict_with_both_rights_as_evidence(change: dict[str, Any]) -> None:
    declared = RIGHTS.model_copy(update=change)
    item = rights_conflict(some.asset(rights=RIGHTS), declared, "cause", now=NOW, key="copy.jpg")
    assert item is not None
    assert (item.queue, item.asset_id, item.opened_at) == (Queue.RIGHTS_CONFLICT, some.asset_id(), NOW)
    assert Rights.model_validate(item.evidence["rights"]) == RIGHTS
    assert Rights.model_validate(item.evidence["declared"]) == declared
    assert item.evidence["key"] == "copy.jpg"


def test_rights_for_an_asset_that_has_none_are_a_conflict_too() -> None:
    item = rights_conflict(some.asset(), RIGHTS, "cause", now=NOW)
    assert item is not None
    assert item.evidence["rights"] is None


def test_each_upload_opens_an_item_of_its_own() -> None:
    items = [rights_conflict(some.asset(), RIGHTS, "a.jpg", str(number), now=NOW) for number in (1, 2, 1)]
    first, second, again = (item.work_id for item in items if item)
    assert first == again != second
