"""Validation: every code, in one order, whatever the fields hold; and what others may see of them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assetwire.domain.inspection import Inspection, Kind, Problem
from assetwire.domain.metadata import FIELDS, FieldValue, Metadata, Origin
from assetwire.domain.template import Format, MediaRule, Rule, Template, TermRule, shipped_templates
from assetwire.domain.validation import CODES, no_template, outbound, validate
from assetwire.domain.vocabulary import Term, shipped_vocabularies
from fakes import some
from fakes.judged_fields import COLOURS, KNOWN, fields, found


class TestWhatIsAsked:
    """Each kind of rule, met and missed."""

    @pytest.mark.parametrize(("value", "missing"), [("a", False), ("", True), ("  ", True), (None, True)])
    def test_a_required_field_says_something(self, value: str | None, missing: bool) -> None:
        held = {} if value is None else fields(headline=value)
        assert found(held, headline=Rule(required=True)) == ([("required", "headline")] if missing else [])

    def test_a_member_is_required_of_every_structure(self) -> None:
        rule = Rule(required=True)
        both = fields(product_in_image=[{"ProductGTIN": "1"}, {"product_gtin": "2"}])
        one = fields(product_in_image=[{"ProductGTIN": "1"}, {"ProductName": {"de": "a"}}])
        asked = {"product_in_image.ProductGTIN": rule}
        assert [found(held, **asked) for held in (both, one, {})] == [
            [],
            *[[("required", "product_in_image.ProductGTIN")]] * 2,
        ]

    def test_a_language_is_there_by_its_own_tag_or_a_regions(self) -> None:
        rule = Rule(locales=("de", "en"))
        assert found(fields(alt_text={"DE-at": "Tasse", "en": "Cup"}), alt_text=rule) == []
        assert found(fields(alt_text={"x-default": "Cup", "den": "?", "en": " "}), alt_text=rule) == [
            ("required_locale", "alt_text.de"),
            ("required_locale", "alt_text.en"),
        ]

    @pytest.mark.parametrize(("length", "code"), [(2, "too_short"), (3, None), (5, None), (6, "too_long")])
    def test_lengths_are_of_each_text_and_bounds_belong_to_what_is_allowed(self, length: int, code: str | None) -> None:
        rule = Rule(min_length=3, max_length=5)
        expected = [code] if code else []
        assert [c for c, _ in found(fields(headline="x" * length), headline=rule)] == expected
        assert [c for c, _ in found(fields(keywords=["abc", "x" * length]), keywords=rule)] == expected
        assert [c for c, _ in found(fields(title={"de": "abc", "en": "x" * length}), title=rule)] == expected

    @pytest.mark.parametrize(("items", "code"), [(1, "too_few_items"), (2, None), (3, None), (4, "too_many_items")])
    def test_items_are_counted(self, items: int, code: str | None) -> None:
        rule = Rule(min_items=2, max_items=3)
        assert [c for c, _ in found(fields(keywords=["a"] * items), keywords=rule)] == ([code] if code else [])

    @pytest.mark.parametrize(("rating", "code"), [(0, "below_minimum"), (1, None), (5, None), (6, "above_maximum")])
    def test_numbers_are_within_bounds(self, rating: int, code: str | None) -> None:
        assert [c for c, _ in found(fields(rating=rating), rating=Rule(minimum=1, maximum=5))] == (
            [code] if code else []
        )

    def test_a_pattern_and_a_type_are_of_each_text(self) -> None:
        rule = Rule(pattern="[A-Z]+", type=Format.INTEGER)
        assert found(fields(keywords=["ABC", "12", "x"]), keywords=rule) == [
            ("wrong_format", "keywords.0"),
            ("pattern_mismatch", "keywords.1"),
            ("wrong_format", "keywords.2"),
            ("pattern_mismatch", "keywords.2"),
        ]

    def test_a_pattern_is_not_tried_on_more_than_20000_characters_of_a_field(self) -> None:
        held = fields(keywords=["a" * 2000] * 11)
        assert found(held, keywords=Rule(pattern="a*")) == [("pattern_mismatch", "keywords.10")]

    def test_technical_facts_can_be_asked_for(self) -> None:
        of = some.inspection(metadata=Metadata(technical={"bits_per_sample": 8, "icc_profile": "sRGB"}))
        asked = {
            "technical.bits_per_sample": Rule(minimum=16),
            "technical.icc_profile": Rule(pattern="sRGB.*"),
            "technical.frames": Rule(required=True),
        }
        assert found(of=of, **asked) == [
            ("below_minimum", "technical.bits_per_sample"),
            ("required", "technical.frames"),
        ]

    def test_what_is_not_there_breaks_no_rule_but_required(self) -> None:
        every = Rule(type=Format.URI, pattern="a", min_length=9, min_items=9, vocabulary=TermRule(name="colours"))
        assert found(keywords=every) == []


class TestTerms:
    """Fields whose texts are terms of a vocabulary."""

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("red", None),
            ("ROT", None),
            ("R1", None),
            ("green", "unknown_term"),
            ("Ruby", None),  # the id of one, and only a label of the other
            ("rouge", "deprecated_term"),
        ],
    )
    def test_a_text_is_a_term_by_any_of_its_names(self, text: str, code: str | None) -> None:
        rule = Rule(vocabulary=TermRule(name="colours"))
        assert [c for c, _ in found(fields(label=text), label=rule)] == ([code] if code else [])

    def test_a_name_of_several_terms_is_refused(self) -> None:
        doubled = COLOURS.model_copy(
            update={
                "terms": (
                    *COLOURS.terms,
                    Term(id="s3", labels={"en": "Lumber"}, synonyms={"en": ("Timber",)}),
                    Term(id="s4", labels={"de": "Timber"}),
                )
            }
        )
        template = Template(name="swatch", fields={"label": Rule(vocabulary=TermRule(name="colours"))})
        problems = validate(fields(label="timber"), some.inspection(), template, {"colours": doubled})
        assert [(p.code, p.message) for p in problems] == [
            ("ambiguous_term", "'timber' is the name of several terms of colours: s3, s4")
        ]

    @pytest.mark.parametrize(
        ("text", "code"), [("red", None), ("R1", None), ("Red", "unknown_term"), ("Rot", "unknown_term")]
    )
    def test_a_strict_rule_takes_ids_and_notations_alone(self, text: str, code: str | None) -> None:
        rule = Rule(vocabulary=TermRule(name="colours", strict=True))
        assert [c for c, _ in found(fields(label=text), label=rule)] == ([code] if code else [])

    def test_a_broader_term_admits_itself_and_what_is_below(self) -> None:
        rule = Rule(vocabulary=TermRule(name="colours", broader="colour"))
        assert found(fields(keywords=["colour", "red", "ruby", "wood"]), keywords=rule) == [
            ("term_not_below", "keywords.3")
        ]

    def test_the_text_of_a_language_is_looked_up_in_it(self) -> None:
        rule = Rule(vocabulary=TermRule(name="colours"))
        assert found(fields(title={"de": "Rot", "en": "Rot"}), title=rule) == [("unknown_term", "title.en")]

    def test_without_the_vocabulary_nothing_passes(self) -> None:
        assert found(fields(label="red"), label=Rule(vocabulary=TermRule(name="sizes"))) == [
            ("unknown_vocabulary", "label")
        ]

    def test_a_private_field_is_not_quoted(self) -> None:
        template = Template(name="swatch", fields={"instructions": Rule(vocabulary=TermRule(name="colours"))})
        (problem,) = validate(fields(instructions="secret"), some.inspection(), template, KNOWN)
        assert "secret" not in problem.message


class TestTheFile:
    """What is asked of the file itself."""

    @pytest.mark.parametrize(
        ("rule", "expected"),
        [
            ({"kinds": (Kind.IMAGE,), "media_types": ("image/jpeg",), "colour_spaces": ("SRGB",)}, []),
            ({"kinds": (Kind.VIDEO,)}, [("wrong_kind", "kind")]),
            ({"media_types": ("image/png", "image/tiff")}, [("wrong_media_type", "media_type")]),
            ({"colour_spaces": ("cmyk",)}, [("wrong_colour_space", "technical.colour_space")]),
            ({"min_width": 2000, "min_height": 1000, "min_longest_edge": 2000}, []),
            ({"min_width": 2001}, [("resolution_too_low", "width")]),
            ({"min_height": 1001}, [("resolution_too_low", "height")]),
            ({"min_longest_edge": 2001}, [("resolution_too_low", "longest_edge")]),
        ],
    )
    def test_a_file_meets_a_rule_or_not(self, rule: dict[str, Any], expected: list[tuple[str, str]]) -> None:
        of = some.inspection(metadata=Metadata(technical={"colour_space": "srgb"}))
        assert found(of=of, media=MediaRule(**rule)) == expected

    def test_a_size_that_nobody_knows_is_too_low(self) -> None:
        of = some.inspection(width=None, height=None)
        assert found(of=of, media=MediaRule(min_longest_edge=1)) == [("resolution_too_low", "longest_edge")]


# --- properties -----------------------------------------------------------------------------------------------------

words = st.text(alphabet=st.characters(), max_size=12) | st.sampled_from(
    ["red", "Rot", "EK: 4,50", "2026-01-01", "4006381333931", "price"]
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words | st.binary(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words | st.integers(), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(sorted(FIELDS)) | words
held_fields = st.dictionaries(names, anything.map(lambda v: FieldValue(value=v, source=Origin.XMP)), max_size=5)
counts = st.none() | st.integers(0, 5)
rules = {
    "required": st.booleans(),
    "locales": st.lists(st.sampled_from(["de", "en", "x-default"]), max_size=2).map(tuple),
    "type": st.none() | st.sampled_from(list(Format)),
    "pattern": st.none() | st.sampled_from(["a*", "[A-Z]+", ".*"]),
    "vocabulary": st.none()
    | st.builds(
        TermRule,
        name=st.sampled_from(["colours", "sizes"]),
        broader=st.sampled_from([None, "red"]),
    ),
    "min_length": counts,
    "max_length": counts,
    "min_items": counts,
    "max_items": counts,
    "minimum": counts,
    "maximum": counts,
}
media_rules = {
    "kinds": st.lists(st.sampled_from(list(Kind)), max_size=2).map(tuple),
    "media_types": st.lists(st.sampled_from(["image/jpeg", "video/mp4"]), max_size=2).map(tuple),
    "min_width": st.none() | st.integers(1, 3000),
    "min_longest_edge": st.none() | st.integers(1, 3000),
    "colour_spaces": st.sampled_from([(), ("srgb",)]),
}
places = st.sampled_from(
    [*FIELDS, "technical.frames", "technical.colour_space", "licensor.LicensorName", "product_in_image.ProductGTIN"]
)


def valid(kind: type[Any], **asked: Any) -> Any:
    try:
        return kind(**asked)
    except ValidationError:
        return None


@st.composite
def templates(draw: st.DrawFn) -> Template:
    asked: dict[str, Rule] = {}
    for name in draw(st.lists(places, max_size=4, unique=True)):
        keep = draw(st.sets(st.sampled_from(sorted(rules)), max_size=4))
        rule = valid(Rule, **{one: draw(rules[one]) for one in sorted(keep)})
        if rule is not None and valid(Template, name="swatch", fields={name: rule}):
            asked[name] = rule
    media = MediaRule(**{one: draw(values) for one, values in media_rules.items() if draw(st.booleans())})
    return Template(name="swatch", media=media, fields=asked)


@st.composite
def with_one_rule_more(draw: st.DrawFn, template: Template) -> Template | None:
    """Return the template with one thing more asked of one place, or None where that cannot be met."""
    name = draw(places)
    asked = draw(st.sampled_from(sorted(rules)))
    old = template.fields.get(name, Rule())
    if asked in old.model_fields_set:
        return None
    rule = valid(Rule, **(old.model_dump() | {asked: draw(rules[asked])}))
    return rule and valid(Template, **(template.model_dump() | {"fields": {**template.fields, name: rule}}))


inspections = st.builds(
    some.inspection,
    kind=st.none() | st.sampled_from(list(Kind)),
    width=st.none() | st.integers(0, 4000),
    height=st.none() | st.integers(0, 4000),
    media_type=st.sampled_from([None, "image/jpeg", "image/png"]),
    metadata=st.builds(
        Metadata, technical=st.dictionaries(st.sampled_from(["colour_space", "frames"]), anything, max_size=2)
    ),
)


@given(held_fields, inspections, templates())
def test_any_fields_have_an_answer_of_known_codes_in_one_order(
    held: dict[str, FieldValue], of: Inspection, template: Template
) -> None:
    problems = validate(held, of, template, KNOWN)
    assert {problem.code for problem in problems} <= CODES.keys()
    assert len(set(problems)) == len(problems)
    assert all(problem.field.isprintable() and problem.message.isprintable() for problem in problems)
    backwards = dict(reversed(held.items()))
    again = template.model_copy(update={"fields": dict(reversed(template.fields.items()))})
    assert validate(backwards, of, again, KNOWN) == problems


@given(held_fields, inspections, templates(), st.data())
def test_one_rule_more_never_takes_a_problem_away(
    held: dict[str, FieldValue], of: Inspection, template: Template, data: st.DataObject
) -> None:
    more = data.draw(with_one_rule_more(template))
    if more is not None:
        assert set(validate(held, of, template, KNOWN)) <= set(validate(held, of, more, KNOWN))


@given(held_fields)
def test_what_goes_out_is_on_the_allow_list_and_free_of_money(held: dict[str, FieldValue]) -> None:
    shown = outbound(held)
    assert all(FIELDS[name].public for name in shown)
    plain = Template(name="default")
    assert not [p for p in validate(shown, some.inspection(), plain, {}) if p.code == "forbidden_field"]


@given(held_fields, inspections)
def test_the_default_asks_only_for_shapes_names_and_no_money(held: dict[str, FieldValue], of: Inspection) -> None:
    codes = {p.code for p in validate(held, of, shipped_templates()["default"], shipped_vocabularies())}
    assert codes <= {"unknown_field", "wrong_type", "forbidden_field"}


def test_every_code_can_be_found() -> None:
    held = fields(
        alt_text={"en": "a"},
        headline=7,
        keywords=["a", "b"],
        rating=3,
        scene_code=["a"],
        label="green",
        credit_line="x",
        source="rouge",
        job_id="timber",
        city="wood",
        made_up="a",
        price="3",
    )
    timber = COLOURS.model_copy(
        update={
            "terms": (
                *COLOURS.terms,
                Term(id="s3", labels={"en": "Timber"}),
                Term(id="s4", labels={"de": "Timber"}),
            )
        }
    )
    terms = TermRule(name="colours")
    template = Template(
        name="swatch",
        media=MediaRule(kinds=(Kind.VIDEO,), media_types=("video/mp4",), min_width=9999, colour_spaces=("cmyk",)),
        fields={
            "title": Rule(required=True),
            "alt_text": Rule(locales=("de",), min_length=2, pattern="b"),
            "keywords": Rule(max_items=1, type=Format.DATE, max_length=0),
            "scene_code": Rule(min_items=2),
            "rating": Rule(minimum=4, maximum=5),
            "urgency": Rule(maximum=1),
            "label": Rule(vocabulary=terms),
            "credit_line": Rule(vocabulary=TermRule(name="sizes")),
            "source": Rule(vocabulary=terms),
            "job_id": Rule(vocabulary=terms),
            "city": Rule(vocabulary=TermRule(name="colours", broader="colour")),
        },
    )
    problems = validate(held | fields(urgency=3), some.inspection(), template, {"colours": timber})
    assert {problem.code for problem in (*problems, no_template("shoes"))} == CODES.keys()
    assert all(isinstance(problem, Problem) for problem in problems)
