"""Vocabularies: one term by whatever name it is called, and none where nobody can tell which."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assetwire.domain.territories import TERRITORIES
from assetwire.domain.vocabulary import Resolved, Term, Vocabulary, fold, shipped_vocabularies


def term(name: str, **fields: Any) -> Term:
    return Term(**({"id": name, "labels": {"en": name.title()}} | fields))


def vocabulary(*terms: Term) -> Vocabulary:
    return Vocabulary(name="colours", terms=terms)


RED = term(
    "red", notation="R-01", labels={"en": "Red", "de": "Rot"}, synonyms={"en": ("Scarlet",), "fr": ("Écarlate",)}
)
GIFT = vocabulary(
    term("present", labels={"en": "Gift", "de": "Geschenk"}), term("poison", labels={"en": "Poison", "de": "Gift"})
)


@pytest.mark.parametrize(
    "text",
    [
        "red",
        "RED",
        " red ",
        "r-01",
        "Rot",
        "ROT",
        "scarlet",
        "ecarlate",
        "ÉCARLATE",
        "E\u0301carlate",
        "ｒｅｄ",
        "re\u00add",
    ],
)
def test_a_term_is_found_by_id_notation_label_or_synonym_in_any_spelling(text: str) -> None:
    assert vocabulary(RED, term("blue")).resolve(text) == Resolved(RED)


@pytest.mark.parametrize("text", ["", "  ", "reddish", "r", "rouge", "x" * 1_000_000])
def test_a_text_that_is_no_term_is_none(text: str) -> None:
    assert vocabulary(RED).resolve(text) == Resolved(None)


def test_standard_ids_are_found_by_either_scheme() -> None:
    capture = term("http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture")
    assert vocabulary(capture).resolve("https://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture").term == capture


def test_a_name_of_two_terms_is_refused_with_both() -> None:
    assert GIFT.resolve("gift") == Resolved(None, ("poison", "present"))


@pytest.mark.parametrize(
    ("locale", "found"), [("en", "present"), ("de", "poison"), ("de-AT", "poison"), ("DE", "poison"), ("fr", None)]
)
def test_a_language_tells_which_term_a_name_means(locale: str, found: str | None) -> None:
    assert getattr(GIFT.resolve("Gift", locale).term, "id", None) == found


def test_an_id_is_the_term_whatever_else_bears_it_as_a_label() -> None:
    both = vocabulary(term("red"), term("other", labels={"en": "Red"}))
    assert getattr(both.resolve("Red").term, "id", "") == "red"


def test_a_living_term_wins_over_a_deprecated_one_of_the_same_name() -> None:
    old = term("old", labels={"en": "Art"}, deprecated=True, replaced_by="new")
    new = term("new", labels={"en": "Art"})
    assert vocabulary(old, new).resolve("art").term == new
    assert vocabulary(old, new).resolve("old").term == old


def test_only_an_exact_id_or_notation_is_a_code() -> None:
    known = vocabulary(RED)
    assert [known.code(text) for text in ("red", "R-01", "Red", "r-01", "Scarlet")] == [RED, RED, None, None, None]


def test_a_term_is_below_all_that_is_broader_over_however_many_steps() -> None:
    terms = (
        term("colour"),
        term("warm", broader=("colour",)),
        term("reddish", broader=("warm",)),
        term("crimson", broader=("reddish", "colour")),
        term("blue", broader=("colour",)),
    )
    known = vocabulary(*terms)
    assert [known.is_below("crimson", above) for above in ("crimson", "reddish", "warm", "colour", "blue")] == [
        *[True] * 4,
        False,
    ]
    assert not known.is_below("colour", "crimson")
    assert not known.is_below("unheard-of", "unheard-of")


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ((term("a"), term("A")), "two terms have the id"),
        ((term("a", notation="1"), term("b", notation="1")), "two terms have the notation"),
        ((term("a", notation="b"), term("b")), "another term's id"),
        ((term("a", broader=("z",)),), "'z', which is none"),
        ((term("a", broader=("a",)),), "broader than itself"),
        ((term("a", broader=("b",)), term("b", broader=("c",)), term("c", broader=("a",))), "broader than itself"),
        ((term("a", replaced_by="b"), term("b")), "replaced but not deprecated"),
        ((term("a", deprecated=True, replaced_by="z"),), "which is no term"),
        (
            (term("a", deprecated=True, replaced_by="b"), term("b", deprecated=True)),
            "which is deprecated itself",
        ),
    ],
)
def test_a_vocabulary_that_contradicts_itself_is_refused_with_the_reason(terms: tuple[Term, ...], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        vocabulary(*terms)


@pytest.mark.parametrize(
    "fields",
    [{"id": ""}, {"id": "a b"}, {"id": "a\n"}, {"labels": {}}, {"labels": {"en": ""}}, {"labels": {"E N": "a"}}],
)
def test_a_term_without_a_name_that_can_be_written_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        term("a", **fields)


def test_a_lattice_of_broader_terms_costs_no_more_than_its_size() -> None:
    layers = [[f"t{layer}-{place}" for place in range(8)] for layer in range(60)]
    terms = [
        term(name, broader=tuple(layers[number - 1]) if number else ())
        for number, layer in enumerate(layers)
        for name in layer
    ]
    started = time.process_time()
    assert vocabulary(*terms).is_below("t59-0", "t0-7")
    assert time.process_time() - started < 2


@given(st.text())
def test_spelling_is_folded_once_and_for_all(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters()), st.none() | st.sampled_from(["en", "de", "x-default"]))
def test_any_text_has_an_answer(text: str, locale: str | None) -> None:
    found = GIFT.resolve(text, locale)
    assert found.term is None or not found.candidates


class TestShipped:
    """The vocabularies that ship with the code."""

    def test_they_are_named_like_their_files_and_say_where_they_come_from(self) -> None:
        known = shipped_vocabularies()
        assert {"countries", "digital-source-type", "model-release-status", "property-release-status"} <= known.keys()
        assert all(found.source for found in known.values())

    def test_the_countries_are_those_that_rights_know(self) -> None:
        countries = shipped_vocabularies()["countries"]
        assert {found.id for found in countries.terms} == TERRITORIES

    @pytest.mark.parametrize(
        ("text", "code"), [("deu", "DE"), ("Cote d'Ivoire", "CI"), ("turkei", "TR"), ("ALLEMAGNE", "DE"), ("uk", "GB")]
    )
    def test_countries_are_found_in_six_languages(self, text: str, code: str) -> None:
        assert getattr(shipped_vocabularies()["countries"].resolve(text).term, "id", None) == code

    def test_no_name_of_a_country_is_another_countrys(self) -> None:
        countries = shipped_vocabularies()["countries"]
        names = [name for found in countries.terms for name in found.labels.values()]
        assert [name for name in names if countries.resolve(name).term is None] == []

    def test_retired_source_types_name_their_successor(self) -> None:
        types = shipped_vocabularies()["digital-source-type"]
        assert {found.notation: found.replaced_by.rpartition("/")[2] for found in types.terms if found.replaced_by} == {
            "minorHumanEdits": "humanEdits",
            "digitalArt": "digitalCreation",
            "softwareImage": "digitalCreation",
        }
