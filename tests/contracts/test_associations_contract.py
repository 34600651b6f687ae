"""The AssociationsKept port: the fake and DynamoDB keep the same promises."""

import pytest

from assetwire.adapters.catalog.associations import DynamoAssociations
from assetwire.domain.associations import nothing_told
from assetwire.domain.errors import Conflict
from assetwire.ports.associations import AssociationsKept
from fakes.pim import FakeAssociations
from fakes.some import NOW, asset_id


@pytest.fixture(params=["fake", "dynamodb"])
def kept(request: pytest.FixtureRequest) -> AssociationsKept:
    if request.param == "fake":
        return FakeAssociations()
    return DynamoAssociations(request.getfixturevalue("table"), region="us-east-1")


def test_what_was_told_is_written_by_who_read_it_last(kept: AssociationsKept) -> None:
    assert kept.told("S-1") is None
    begun = nothing_told("S-1", now=NOW).begun(("hero/any",), now=NOW)
    kept.save_told(begun)
    with pytest.raises(Conflict):
        kept.save_told(begun)
    taken = begun.taken({"hero/any": (asset_id(),)}, now=NOW)
    kept.save_told(taken)
    assert kept.told("S-1") == taken
    with pytest.raises(Conflict):
        kept.save_told(begun.asked_for(["hero/any"], now=NOW))
    assert kept.told("S-2") is None
