"""Templates: they ask only what a field can hold, and no pattern can hang."""

import time
from typing import Any

import pytest
from pydantic import ValidationError

from assetwire.domain.template import Rule, Template, TermRule, matches, shipped_templates
from assetwire.domain.vocabulary import shipped_vocabularies


@pytest.mark.parametrize(
    ("name", "rule", "message"),
    [
        ("colour", {}, "no field of this name"),
        ("price", {}, "no field of this name"),
        ("alt_text.de", {}, "has no members"),
        ("technical", {}, "technical.<fact>"),
        ("technical.frames", {"locales": ("de",)}, "no languages"),
        ("keywords", {"locales": ("de",)}, "no languages"),
        ("headline", {"max_items": 3}, "no items"),
        ("licensor", {"max_length": 3}, "ask for its members"),
        ("rating", {"pattern": "a"}, "ask for its members"),
        ("headline", {"minimum": 3}, "no number"),
    ],
)
def test_a_rule_that_its_field_cannot_meet_is_refused(name: str, rule: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Template(name="swatch", fields={name: Rule(**rule)})


@pytest.mark.parametrize(
    "rule",
    [
        {"min_length": 3, "max_length": 2},
        {"min_items": 3, "max_items": 2},
        {"minimum": 3, "maximum": 2},
        {"minimum": float("nan")},
        {"min_length": -1},
        {"type": "colour"},
        {"owner": "me"},
        {"locales": ("deutsch!",)},
    ],
)
def test_a_rule_that_nothing_can_meet_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Rule(**rule)


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "a)|(b",
        "(?x)a # b",
        "(?=a)",
        r"(a)\1",
        "(a{1000}){1000}",
        r"((\w{50}){50}){4}",
        "",
        "a" * 201,
        "[z-a]",
    ],
)
def test_a_pattern_that_is_none_or_too_large_is_refused(pattern: str) -> None:
    started = time.process_time()
    with pytest.raises(ValidationError):
        Rule(pattern=pattern)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("pattern", "text", "whole"),
    [
        ("[A-Z]{2}-\\d+", "AW-1001", True),
        ("[A-Z]{2}-\\d+", "AW-1001\n", False),
        ("[A-Z]{2}-\\d+", "x AW-1001", False),
        ("a|b", "ab", False),
        ("a|b", "b", True),
        ("^a$", "a", True),
        ("\\p{L}+", "Ärger", True),
        ("(?i)abc", "ABC", True),
        (".*", "a\nb", False),
        (".*", "x" * 2000, True),
        (".*", "x" * 2001, False),
    ],
)
def test_a_pattern_is_about_the_whole_text(pattern: str, text: str, whole: bool) -> None:
    assert matches(pattern, text) is whole


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+",
        "(a|a)*b",
        "(a|aa)+b",
        "(.*.*.*.*x){20}",
        "(\\w\\W?|.){0,80}x",
        ".*[^a].{0,9000}x",
        "(.*a){20}b",
        "(\\w{0,60}\\W?){2}",
    ],
)
@pytest.mark.parametrize("text", ["a" * 1999 + "!", "aé1 -漢" * 300])
def test_no_pattern_hangs_on_any_text(pattern: str, text: str) -> None:
    started = time.process_time()
    matches(pattern, text)
    assert time.process_time() - started < 1


def test_a_template_names_the_vocabularies_that_it_needs() -> None:
    fields = {
        "country_code": Rule(vocabulary=TermRule(name="countries")),
        "keywords": Rule(vocabulary=TermRule(name="colours", broader="red")),
        "title": Rule(required=True),
    }
    assert Template(name="swatch", fields=fields).vocabularies == {"countries", "colours"}


class TestShipped:
    """The templates that ship with the code."""

    def test_there_is_one_a_category(self) -> None:
        assert {"default", "product-image", "lifestyle", "swatch", "video", "document", "print"} == set(
            shipped_templates()
        )

    def test_the_default_asks_nothing(self) -> None:
        default = shipped_templates()["default"]
        assert default.fields == {}
        assert default.media.model_dump(exclude_defaults=True) == {}

    def test_their_vocabularies_ship_too(self) -> None:
        needed = {name for template in shipped_templates().values() for name in template.vocabularies}
        assert needed <= set(shipped_vocabularies())

    def test_each_says_what_it_is_for(self) -> None:
        assert all(template.title and template.description for template in shipped_templates().values())
