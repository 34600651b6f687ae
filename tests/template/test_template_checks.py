"""The template passes every check; and every check reports each damage that it is there for."""

from pathlib import Path

import pytest
from template.checks import access, api, delivery, form, functions, messages, storage
from template.cloudformation import Document, embedded, on_aws
from template.damage import Damage
from template.damages import CHECKS_OF_BOTH_STACKS, DAMAGES, Check


def _called(check: Check) -> str:
    return check.__name__.replace("_", "-")


@pytest.mark.parametrize("check", DAMAGES, ids=_called)
def test_the_template_passes(check: Check, template: Document) -> None:
    assert check(on_aws(template)) == []


@pytest.mark.parametrize("check", CHECKS_OF_BOTH_STACKS, ids=_called)
def test_the_embedded_stack_passes_too(check: Check, template: Document) -> None:
    assert check(embedded(template)) == []


@pytest.mark.parametrize(
    ("check", "damage"),
    [pytest.param(c, d, id=f"{_called(c)}-{n}") for c, damages in DAMAGES.items() for n, d in enumerate(damages)],
)
def test_a_damage_is_reported(check: Check, damage: Damage, template: Document) -> None:
    assert check(on_aws(damage(template))) != []


@pytest.mark.parametrize(
    "module", [access, api, delivery, form, functions, messages, storage], ids=lambda m: Path(m.__file__).stem
)
def test_every_check_stands_in_the_table(module: object) -> None:
    checks = {
        name
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", "") == module.__name__ and not name.startswith("_")
    }
    used = {check.__name__ for check in DAMAGES} | {
        "failure_queues",  # a part of others
        "consumers_hear_of_what_concerns_them",  # as `subscriptions`
        "folders_and_functions_differ",  # as `folders`
        "rules_name_known_events",  # as `patterns`
        "marked_masters_move",  # as `archive`
        "the_embedded_stack_accepts_it",  # in test_template_conditions.py
    }
    assert checks <= used


@pytest.mark.parametrize("name", ["KeyGroup", "PublicKey"])
def test_what_the_embedded_stack_rejects_stands_behind_a_condition(name: str, template: Document) -> None:
    kind = f"AWS::CloudFront::{name}"
    assert kind in {r["Type"] for r in on_aws(template)["Resources"].values()}
    assert kind not in {r["Type"] for r in embedded(template)["Resources"].values()}
