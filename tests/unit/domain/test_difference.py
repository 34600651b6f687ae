"""What changed between two versions, as people read it."""

from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.difference import differences
from assetwire.domain.template import Rule, Template
from assetwire.domain.vocabulary import Term, Vocabulary


def vocabulary(*terms: Term, version: int = 1) -> Vocabulary:
    return Vocabulary(name="colours", version=version, terms=terms)


RED, BLUE = Term(id="red", labels={"en": "Red"}), Term(id="blue", labels={"en": "Blue"})


def lines(old: Vocabulary | Template | None, new: Vocabulary | Template | None) -> list[str]:
    return [str(change) for change in differences(old, new, but=frozenset({"version"}))]


def test_a_term_that_changes_comes_or_goes_is_named_by_its_id() -> None:
    renamed = RED.model_copy(update={"labels": {"en": "Red", "de": "Rot"}, "deprecated": True})
    green = Term(id="green", labels={"en": "Green"})
    assert lines(vocabulary(RED, BLUE), vocabulary(green, renamed)) == [
        "- terms[blue]: {labels: {en: 'Blue'}}",
        "+ terms[green]: {labels: {en: 'Green'}}",
        "+ terms[red].deprecated: true",
        "+ terms[red].labels.de: 'Rot'",
    ]


def test_a_rule_that_changes_says_from_what_to_what() -> None:
    old = Template(name="swatch", fields={"title": Rule(max_length=100)})
    new = Template(
        name="swatch", fields={"title": Rule(max_length=80, required=True), "alt_text": Rule(locales=("de",))}
    )
    assert lines(old, new) == [
        "+ fields.alt_text: {locales: ['de']}",
        "~ fields.title.max_length: 100 → 80",
        "+ fields.title.required: true",
    ]


def test_order_alone_and_the_version_are_no_change() -> None:
    assert lines(vocabulary(RED, BLUE), vocabulary(BLUE, RED, version=2)) == []


def test_the_first_version_is_all_new() -> None:
    assert lines(None, Template(name="swatch", title="Swatch")) == ["+ name: 'swatch'", "+ title: 'Swatch'"]
    assert lines(Template(name="swatch"), None) == ["- name: 'swatch'"]


def test_the_terms_of_a_first_version_have_their_ids() -> None:
    assert lines(None, vocabulary(RED, BLUE)) == [
        "+ name: 'colours'",
        "+ terms: [{id: 'red', labels: {en: 'Red'}}, {id: 'blue', labels: {en: 'Blue'}}]",
    ]


terms = st.lists(
    st.builds(
        Term,
        id=st.sampled_from("abcd"),
        labels=st.dictionaries(st.sampled_from(["en", "de"]), st.sampled_from(["One", "Two"]), min_size=1),
        deprecated=st.booleans(),
    ),
    unique_by=lambda one: one.id,
    max_size=4,
)


@given(terms, terms)
def test_there_is_a_difference_exactly_where_the_terms_differ(old: list[Term], new: list[Term]) -> None:
    same = {one.id: one for one in old} == {one.id: one for one in new}
    assert (lines(vocabulary(*old), vocabulary(*new)) == []) is same
