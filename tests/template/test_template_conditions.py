"""Whatever the conditions say, nothing in the template refers to what is then absent."""

from itertools import product

import pytest
from template.checks.form import the_embedded_stack_accepts_it
from template.cloudformation import Document, absent_references, embedded, load, references, settle
from template.damage import put, without

KEYS = ["KeyALive", "KeyBLive", "SignsWithB"]
CONDITIONS = ["OnAws", "OwnBaseUrl", "MailAlarms", "ArchivesByAge", "LongFilms", "PurgesByTag", "TellsPim", *KEYS]
COMBINATIONS = [dict(zip(CONDITIONS, values, strict=True)) for values in product([True, False], repeat=len(CONDITIONS))]


def _named(conditions: dict[str, bool]) -> str:
    return "-".join(name for name, value in conditions.items() if value) or "none"


def test_the_conditions_are_those_that_are_combined_here(template: Document) -> None:
    assert sorted(template["Conditions"]) == sorted(CONDITIONS)


@pytest.mark.parametrize("conditions", COMBINATIONS, ids=_named)
def test_nothing_refers_to_what_is_absent(conditions: dict[str, bool], template: Document) -> None:
    assert absent_references(settle(template, conditions)) == []


def test_every_condition_decides_something(template: Document) -> None:
    everything = settle(template, dict.fromkeys(CONDITIONS, True))
    for name in CONDITIONS:
        assert settle(template, dict.fromkeys(CONDITIONS, True) | {name: False}) != everything


@pytest.mark.parametrize(
    "damage",
    [
        put("SignedUrlFunction/Environment/Variables/SIGNING_KEY_PAIR_ID", {"Ref": "SigningKeyA"}),
        put("Distribution/DistributionConfig/DefaultCacheBehavior/TrustedKeyGroups", [{"Ref": "DeliveryKeyGroup"}]),
        put("Outputs/KeyGroup", {"Description": "It.", "Value": {"Fn::Sub": "id=${DeliveryKeyGroup.Id}"}}),
        put("Resources/EventBus/DependsOn", ["MastersBucketPolicy"]),
        put("SignedUrlFunction/Environment/Variables/SIGNING_KEY_PAIR_ID", {"Ref": "SigningKeyB"}),
    ],
)
def test_a_reference_that_dangles_on_the_embedded_stack_is_reported(damage, template: Document) -> None:
    assert absent_references(embedded(damage(template)))


def test_the_embedded_stack_accepts_every_resource(template: Document) -> None:
    assert the_embedded_stack_accepts_it(embedded(template)) == []


@pytest.mark.parametrize("name", ["SigningKeyA", "SigningKeyB", "DeliveryKeyGroup"])
def test_a_rejected_resource_outside_of_a_condition_is_reported(name: str, template: Document) -> None:
    assert the_embedded_stack_accepts_it(embedded(without(f"Resources/{name}/Condition")(template)))


def test_short_tags_are_read_as_cloudformation_reads_them() -> None:
    read = load('a: !Ref A\nb: !GetAtt B.Arn.More\nc: !If [OnAws, !Ref A, !Sub "${B}-${!C}-${D.Arn}"]\n')
    assert read == {
        "a": {"Ref": "A"},
        "b": {"Fn::GetAtt": ["B", "Arn.More"]},
        "c": {"Fn::If": ["OnAws", {"Ref": "A"}, {"Fn::Sub": "${B}-${!C}-${D.Arn}"}]},
    }
    assert [name for _, name in references(read["c"]["Fn::If"])] == ["A", "B", "D"]
