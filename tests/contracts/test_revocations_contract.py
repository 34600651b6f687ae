"""The Revocations port: the fake and DynamoDB keep the same promises."""

from datetime import timedelta

import pytest

from assetwire.adapters.catalog.revocations import DynamoRevocations
from assetwire.domain.revocation import Cause, Revocation
from assetwire.ports.revocations import Revocations
from fakes import some
from fakes.revocations import FakeRevocations
from fakes.some import NOW

LATER = NOW + timedelta(seconds=3)


@pytest.fixture(params=["fake", "dynamodb"])
def revocations(request: pytest.FixtureRequest) -> Revocations:
    if request.param == "fake":
        return FakeRevocations()
    return DynamoRevocations(request.getfixturevalue("table"), region="us-east-1")


def revocation(generation: int, asset_id: str = some.asset_id()) -> Revocation:
    return Revocation(
        asset_id=asset_id,
        generation=generation,
        cause=Cause.WITHDRAWN,
        decided_at=NOW,
        removed_at=LATER,
        files=generation,
    )


def test_an_asset_without_any_has_none(revocations: Revocations) -> None:
    assert revocations.of(some.asset_id()) == []


def test_those_of_an_asset_come_newest_first(revocations: Revocations) -> None:
    for generation in (2, 11, 3):
        assert revocations.note(revocation(generation))
    revocations.note(revocation(5, some.asset_id("another")))
    assert revocations.of(some.asset_id()) == [revocation(11), revocation(3), revocation(2)]


def test_the_first_word_about_a_generation_stands(revocations: Revocations) -> None:
    assert revocations.note(revocation(2))
    assert not revocations.note(revocation(2).model_copy(update={"files": 99}))
    assert revocations.of(some.asset_id()) == [revocation(2)]


def test_when_caches_were_told_and_what_is_allowed_stood_again_is_noted_once(revocations: Revocations) -> None:
    revocations.note(revocation(2))
    revocations.note(revocation(3))
    for seconds in (1, 9):
        revocations.purged(some.asset_id(), 2, at=LATER + timedelta(seconds=seconds))
        revocations.restored(some.asset_id(), 2, at=LATER + timedelta(seconds=2 * seconds))
    times = {"purged_at": LATER + timedelta(seconds=1), "restored_at": LATER + timedelta(seconds=2)}
    assert revocations.of(some.asset_id()) == [revocation(3), revocation(2).model_copy(update=times)]


def test_of_what_was_never_noted_there_is_nothing_to_say(revocations: Revocations) -> None:
    revocations.purged(some.asset_id(), 2, at=LATER)
    assert revocations.of(some.asset_id()) == []
