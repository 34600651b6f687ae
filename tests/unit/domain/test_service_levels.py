"""Service levels: each queue has them, and an item passes each once, whenever the sweep comes."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from assetwire.domain.due import DueKind
from assetwire.domain.service_levels import ServiceLevels, levels_of
from assetwire.domain.work import Queue, WorkItem
from fakes.some import NOW


def opened(queue: Queue = Queue.LINK_REVIEW) -> WorkItem:
    return WorkItem.opened(queue, "cause", now=NOW)


@pytest.mark.parametrize("queue", Queue)
def test_every_queue_has_service_levels_and_an_item_passes_each_once(queue: Queue) -> None:
    item, moments = opened(queue), []
    while item.due is not None:
        assert (item.due.kind, item.level) == (DueKind.WORK, len(moments))
        moments.append(item.due.at - NOW)
        item = item.woken(item.due.at)
    assert tuple(moments) == levels_of(queue.value)
    assert item.level == len(moments) >= 1


def test_a_sweep_that_comes_late_passes_one_level_at_a_time() -> None:
    late = NOW + timedelta(days=365)
    item = opened().woken(late)
    assert item.level == 1
    assert item.due is not None
    assert item.due.at == NOW + levels_of("link_review")[1]
    assert item.woken(late).level == 2


def test_what_is_decided_is_due_no_more_and_nobodys() -> None:
    closed = opened().claimed("me", now=NOW).closed("linked", by="me", now=NOW)
    assert (closed.due, closed.claim) == (None, None)


def test_a_claim_stops_no_service_level() -> None:
    assert opened().claimed("me", now=NOW).due == opened().due


@pytest.mark.parametrize("hours", [(), (0,), (24, 24), (72, 24), (9000,)])
def test_levels_that_cannot_be_are_refused(hours: tuple[int, ...]) -> None:
    with pytest.raises(ValidationError):
        ServiceLevels(name="house", hours={"link_review": hours})


@pytest.mark.parametrize("queue", Queue)
def test_the_hours_of_each_queue_are_those_in_the_documentation(queue: Queue) -> None:
    first, *rest = (f"{level // timedelta(hours=1)} h" for level in levels_of(queue.value))
    docs = (Path(__file__).parents[3] / "docs" / "review.md").read_text(encoding="utf-8")
    assert f"| `{queue}` | {first} | {', '.join(rest)} |" in docs
