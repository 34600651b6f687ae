"""The SpecStore port: the fake and DynamoDB answer alike."""

from typing import Any, NamedTuple

import pytest

from assetwire.adapters.catalog.agenda import DynamoAgenda
from assetwire.adapters.catalog.specs import DynamoSpecs
from assetwire.domain import ids
from assetwire.domain.applied_specs import AppliedSpecs
from assetwire.domain.errors import Conflict
from fakes import some
from fakes.catalog import FakeCatalog


class Places(NamedTuple):
    """The record of applied specs, and the jobs beside it."""

    specs: Any
    agenda: Any


@pytest.fixture(params=["fake", "dynamodb"])
def places(request: pytest.FixtureRequest) -> Places:
    if request.param == "fake":
        fake = FakeCatalog()
        return Places(fake, fake)
    table = request.getfixturevalue("table")
    return Places(DynamoSpecs(table, region="us-east-1"), DynamoAgenda(table, region="us-east-1"))


def applied(digest: str, revision: int) -> AppliedSpecs:
    return AppliedSpecs(digest=digest, applied_at=some.NOW, due_at=some.NOW if revision else None, revision=revision)


def job(number: int) -> Any:
    return some.job(job_id=ids.job_id(str(number)))


def test_specs_that_were_never_applied_have_no_record(places: Places) -> None:
    assert places.specs.applied() is None


def test_the_record_is_written_with_its_job_and_replaced_with_the_next(places: Places) -> None:
    for number, digest in enumerate(("one", "two")):
        places.specs.apply(applied(digest, number), job(number))
        assert places.specs.applied() == applied(digest, number)
        assert places.agenda.job(job(number).job_id) == job(number)


@pytest.mark.parametrize("revision", [0, 2])
def test_a_record_that_moved_is_not_replaced_and_its_job_not_started(places: Places, revision: int) -> None:
    places.specs.apply(applied("one", 0), job(0))
    with pytest.raises(Conflict):
        places.specs.apply(applied("two", revision), job(1))
    assert places.specs.applied() == applied("one", 0)
    with pytest.raises(Conflict):
        places.specs.apply(applied("two", 1), job(0))  # that job is known
    assert places.specs.applied() == applied("one", 0)
