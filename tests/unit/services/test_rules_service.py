"""Templates and vocabularies, changed by people: each version once, with its log and the job that it sets going."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from assetwire.domain.errors import Conflict, InvalidRequest, NotFound
from assetwire.domain.job import Job
from assetwire.domain.outbox import Change, events_of
from assetwire.domain.rules import RuleKind
from assetwire.domain.template import Template
from assetwire.services.judging import Judge
from assetwire.services.rules import Changed, list_rules, put_rule, read_change_log, read_rule
from fakes.catalog import FakeCatalog
from fakes.some import NOW

TEMPLATE, VOCABULARY = RuleKind.TEMPLATE, RuleKind.VOCABULARY
COLOURS = {"name": "colours", "terms": [{"id": "red", "labels": {"en": "Red"}}]}


class House:
    """A Catalog, and who administers its rules."""

    def __init__(self) -> None:
        self.catalog = FakeCatalog()
        self.judge = Judge(self.catalog)

    def put(self, kind: RuleKind, body: dict[str, Any], **asked: Any) -> Changed:
        known = {"store": self.catalog, "judge": self.judge, "now": NOW, "by": "ada"}
        return put_rule(kind, asked.pop("name", body["name"]), json.dumps(body), **(known | asked))

    def read(self, kind: RuleKind, name: str, version: int | None = None) -> Any:
        return read_rule(kind, name, version=version, store=self.catalog, judge=self.judge)

    def jobs(self) -> list[Job]:
        return [record for record in self.catalog.records.values() if isinstance(record, Job)]


@pytest.fixture
def house() -> House:
    return House()


def swatch(**fields: Any) -> dict[str, Any]:
    return {"name": "swatch", "fields": fields}


def test_what_ships_holds_until_it_is_changed(house: House) -> None:
    listed = {each.name: each for each in list_rules(TEMPLATE, store=house.catalog, judge=house.judge)}
    assert {"default", "swatch", "print"} <= listed.keys()
    assert listed["swatch"].shipped
    assert read_change_log(TEMPLATE, "swatch", store=house.catalog).changes == []
    assert house.read(TEMPLATE, "swatch").version == 1


def test_a_change_is_the_next_version_and_the_ones_before_stay(house: House) -> None:
    house.put(TEMPLATE, swatch(title={"max_length": 10}), reason="shorter")
    house.put(TEMPLATE, swatch(title={"max_length": 20}))
    assert house.read(TEMPLATE, "swatch").version == 3
    assert [house.read(TEMPLATE, "swatch", n).fields["title"].max_length for n in (1, 2, 3)] == [100, 10, 20]
    log = read_change_log(TEMPLATE, "swatch", store=house.catalog).changes
    assert [(entry.version, entry.by, entry.at, entry.reason) for entry in log] == [
        (3, "ada", NOW, ""),
        (2, "ada", NOW, "shorter"),
    ]
    assert log[0].changes == ("~ fields.title.max_length: 10 → 20",)


def test_a_new_one_begins_with_version_1(house: House) -> None:
    assert house.put(VOCABULARY, COLOURS, if_version=0).rule.version == 1
    assert house.read(VOCABULARY, "colours").terms[0].id == "red"


def test_the_same_again_makes_no_version_and_no_job(house: House) -> None:
    house.put(TEMPLATE, swatch(title={"max_length": 10}))
    before = dict(house.catalog.records)
    again = house.put(TEMPLATE, swatch(title={"max_length": 10}))
    assert (again.rule.version, again.change) == (2, None)
    assert house.catalog.records == before


def test_the_same_change_twice_is_one_though_it_is_based_on_the_version_before(house: House) -> None:
    for _ in range(2):
        assert house.put(TEMPLATE, swatch(title={"max_length": 10}), if_version=1).rule.version == 2
    assert len(house.jobs()) == 1


def test_a_change_log_is_read_page_by_page(house: House) -> None:
    for length in range(10, 15):
        house.put(TEMPLATE, swatch(title={"max_length": length}))
    versions, cursor, pages = [], None, 0
    while True:
        page = read_change_log(TEMPLATE, "swatch", limit=2, cursor=cursor, store=house.catalog)
        versions += [change.version for change in page.changes]
        cursor, pages = page.cursor, pages + 1
        if cursor is None:
            break
    assert (versions, pages) == ([6, 5, 4, 3, 2], 3)
    with pytest.raises(InvalidRequest):
        read_change_log(TEMPLATE, "swatch", cursor="-1", store=house.catalog)


def test_a_template_sets_going_a_job_for_its_own_category(house: House) -> None:
    change = house.put(TEMPLATE, swatch(title={"max_length": 10})).change
    (job,) = house.jobs()
    assert change is not None
    assert change.job_id == job.job_id
    assert (job.kind, job.request["categories"], job.by) == ("revalidate", ["swatch"], "ada")
    events = [e for n, (old, new) in enumerate(house.catalog.changes) for e in events_of(Change(str(n), NOW, old, new))]
    assert [event.type for event in events] == ["ItemDue"]


def test_a_vocabulary_sets_going_a_job_for_the_categories_that_use_it_as_they_are_now(house: House) -> None:
    house.put(VOCABULARY, COLOURS)
    assert house.jobs() == []
    house.put(TEMPLATE, swatch(keywords={"vocabulary": {"name": "colours"}}))
    house.put(TEMPLATE, {"name": "shoes", "fields": {"label": {"vocabulary": {"name": "colours"}}}})
    more = {**COLOURS, "terms": [*COLOURS["terms"], {"id": "blue", "labels": {"en": "Blue"}}]}  # type: ignore[misc]
    change = house.put(VOCABULARY, more).change
    assert change is not None
    assert house.catalog.job(str(change.job_id)).request["categories"] == ["shoes", "swatch"]


def test_a_change_of_a_version_that_is_not_current_any_more_is_refused(house: House) -> None:
    house.put(TEMPLATE, swatch(), if_version=1)
    with pytest.raises(Conflict) as error:
        house.put(TEMPLATE, swatch(title={}), if_version=1)
    assert error.value.code == "version"
    with pytest.raises(Conflict):
        house.put(VOCABULARY, COLOURS, if_version=3)


@pytest.mark.parametrize(
    ("body", "asked", "code"),
    [
        ({"name": "swatch", "fields": {"colour": {}}}, {}, "invalid_template"),
        ({"name": "swatch", "fields": {"title": {"pattern": "("}}}, {}, "invalid_template"),
        ({"name": "swatch", "price": 3}, {}, "invalid_template"),
        (swatch(), {"name": "shoes"}, "name_mismatch"),
        (swatch(keywords={"vocabulary": {"name": "sizes"}}), {}, "unknown_vocabulary"),
        ({"name": "swatch", "description": "x" * 800_000}, {}, "rule_too_large"),
    ],
)
def test_what_is_no_template_is_refused_and_nothing_is_written(
    house: House, body: dict[str, Any], asked: dict[str, Any], code: str
) -> None:
    with pytest.raises(InvalidRequest) as error:
        house.put(TEMPLATE, body, **asked)
    assert error.value.code == code
    assert house.catalog.records == {}


def test_a_vocabulary_that_does_not_fit_an_item_is_refused(house: House) -> None:
    terms = [{"id": f"t{n}", "labels": {"en": "x" * 150}} for n in range(2000)]
    with pytest.raises(InvalidRequest) as error:
        house.put(VOCABULARY, {"name": "colours", "terms": terms})
    assert error.value.code == "rule_too_large"


@pytest.mark.parametrize("version", [None, 7])
def test_what_is_not_there_is_not_found(house: House, version: int | None) -> None:
    with pytest.raises(NotFound) as error:
        house.read(TEMPLATE, "shoes" if version is None else "swatch", version)
    assert error.value.code == "template_not_found"


class Overtaken(FakeCatalog):
    """A Catalog in which somebody else is faster, so many times."""

    def __init__(self) -> None:
        super().__init__()
        self.first: list[Callable[[], Any]] = []

    def change_rule(self, *args: Any) -> None:
        if self.first:
            self.first.pop()()
        super().change_rule(*args)


def test_two_changes_at_once_are_two_versions(house: House) -> None:
    house.catalog = Overtaken()
    house.judge = Judge(house.catalog)
    house.catalog.first = [lambda: house.put(TEMPLATE, swatch(title={"max_length": 9}), by="bob")]
    house.put(TEMPLATE, swatch(title={"max_length": 8}))
    log = read_change_log(TEMPLATE, "swatch", store=house.catalog).changes
    assert [(entry.version, entry.by) for entry in log] == [(3, "ada"), (2, "bob")]
    assert log[0].changes == ("~ fields.title.max_length: 9 → 8",)
    assert len(house.jobs()) == 2


def test_two_changes_of_one_version_at_once_are_one_where_both_ask_for_it(house: House) -> None:
    house.catalog = Overtaken()
    house.judge = Judge(house.catalog)
    house.catalog.first = [lambda: house.put(TEMPLATE, swatch(title={"max_length": 9}), by="bob", if_version=1)]
    with pytest.raises(Conflict):
        house.put(TEMPLATE, swatch(title={"max_length": 8}), if_version=1)
    rule = house.read(TEMPLATE, "swatch")
    assert isinstance(rule, Template)
    assert rule.fields["title"].max_length == 9
